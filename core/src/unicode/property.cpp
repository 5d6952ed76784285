#include "tokenspace/unicode_property.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>

#include "tables.hpp"
#include "trie.hpp"

namespace tokenspace::unicode {
namespace {

using Ranges = std::vector<PropertyRange>;
constexpr char32_t kLast = 0x10FFFF;

template <class... Categories>
constexpr std::uint32_t mask_of(Categories... categories) {
  return (0u | ... | (1u << static_cast<unsigned>(categories)));
}

using enum Category;
constexpr std::uint32_t kLetters = mask_of(Lu, Ll, Lt, Lm, Lo), kCasedLetters = mask_of(Lu, Ll, Lt),
                        kMarks = mask_of(Mn, Mc, Me), kNumbers = mask_of(Nd, Nl, No),
                        kPunctuation = mask_of(Pc, Pd, Ps, Pe, Pi, Pf, Po), kSymbols = mask_of(Sm, Sc, Sk, So),
                        kSeparators = mask_of(Zs, Zl, Zp), kOthers = mask_of(Cc, Cf, Cs, Co, Cn),
                        kEvery = (1u << 30) - 1;

struct CategoryName {
  std::string_view key;
  std::uint32_t mask;
};

// Loose names of PropertyValueAliases.txt (gc).
constexpr CategoryName kCategoryNames[] = {{"l", kLetters},
                                           {"letter", kLetters},
                                           {"lc", kCasedLetters},
                                           {"casedletter", kCasedLetters},
                                           {"lu", mask_of(Lu)},
                                           {"uppercaseletter", mask_of(Lu)},
                                           {"ll", mask_of(Ll)},
                                           {"lowercaseletter", mask_of(Ll)},
                                           {"lt", mask_of(Lt)},
                                           {"titlecaseletter", mask_of(Lt)},
                                           {"lm", mask_of(Lm)},
                                           {"modifierletter", mask_of(Lm)},
                                           {"lo", mask_of(Lo)},
                                           {"otherletter", mask_of(Lo)},
                                           {"m", kMarks},
                                           {"mark", kMarks},
                                           {"combiningmark", kMarks},
                                           {"mn", mask_of(Mn)},
                                           {"nonspacingmark", mask_of(Mn)},
                                           {"mc", mask_of(Mc)},
                                           {"spacingmark", mask_of(Mc)},
                                           {"me", mask_of(Me)},
                                           {"enclosingmark", mask_of(Me)},
                                           {"n", kNumbers},
                                           {"number", kNumbers},
                                           {"nd", mask_of(Nd)},
                                           {"decimalnumber", mask_of(Nd)},
                                           {"digit", mask_of(Nd)},
                                           {"nl", mask_of(Nl)},
                                           {"letternumber", mask_of(Nl)},
                                           {"no", mask_of(No)},
                                           {"othernumber", mask_of(No)},
                                           {"p", kPunctuation},
                                           {"punctuation", kPunctuation},
                                           {"punct", kPunctuation},
                                           {"pc", mask_of(Pc)},
                                           {"connectorpunctuation", mask_of(Pc)},
                                           {"pd", mask_of(Pd)},
                                           {"dashpunctuation", mask_of(Pd)},
                                           {"ps", mask_of(Ps)},
                                           {"openpunctuation", mask_of(Ps)},
                                           {"pe", mask_of(Pe)},
                                           {"closepunctuation", mask_of(Pe)},
                                           {"pi", mask_of(Pi)},
                                           {"initialpunctuation", mask_of(Pi)},
                                           {"pf", mask_of(Pf)},
                                           {"finalpunctuation", mask_of(Pf)},
                                           {"po", mask_of(Po)},
                                           {"otherpunctuation", mask_of(Po)},
                                           {"s", kSymbols},
                                           {"symbol", kSymbols},
                                           {"sm", mask_of(Sm)},
                                           {"mathsymbol", mask_of(Sm)},
                                           {"sc", mask_of(Sc)},
                                           {"currencysymbol", mask_of(Sc)},
                                           {"sk", mask_of(Sk)},
                                           {"modifiersymbol", mask_of(Sk)},
                                           {"so", mask_of(So)},
                                           {"othersymbol", mask_of(So)},
                                           {"z", kSeparators},
                                           {"separator", kSeparators},
                                           {"zs", mask_of(Zs)},
                                           {"spaceseparator", mask_of(Zs)},
                                           {"zl", mask_of(Zl)},
                                           {"lineseparator", mask_of(Zl)},
                                           {"zp", mask_of(Zp)},
                                           {"paragraphseparator", mask_of(Zp)},
                                           {"c", kOthers},
                                           {"other", kOthers},
                                           {"cc", mask_of(Cc)},
                                           {"control", mask_of(Cc)},
                                           {"cntrl", mask_of(Cc)},
                                           {"cf", mask_of(Cf)},
                                           {"format", mask_of(Cf)},
                                           {"cs", mask_of(Cs)},
                                           {"surrogate", mask_of(Cs)},
                                           {"co", mask_of(Co)},
                                           {"privateuse", mask_of(Co)},
                                           {"cn", mask_of(Cn)},
                                           {"unassigned", mask_of(Cn)},
                                           {"any", kEvery},
                                           {"assigned", kEvery & ~mask_of(Cn)}};

std::string loose(std::string_view name) {
  std::string key;
  for (char c : name) {
    if (c == ' ' || c == '_' || c == '-') continue;
    key.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  }
  return key;
}

// Number of `key` in a sorted table of names, or -1.
int find(std::span<const tables::Name> names, std::string_view key) {
  const auto it = std::lower_bound(names.begin(), names.end(), key,
                                   [](const tables::Name& name, std::string_view k) { return name.key < k; });
  return it != names.end() && it->key == key ? it->number : -1;
}

// Ranges of a run-length table (first code point << 8 | value) whose value satisfies `wanted`.
template <class Wanted>
Ranges select(std::span<const std::uint32_t> runs, Wanted wanted) {
  Ranges out;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!wanted(runs[i] & 0xFF)) continue;
    const char32_t first = runs[i] >> 8, last = i + 1 < runs.size() ? (runs[i + 1] >> 8) - 1 : kLast;
    if (!out.empty() && out.back().last + 1 == first) {
      out.back().last = last;
    } else {
      out.push_back({first, last});
    }
  }
  return out;
}

Ranges binary(int number) {
  Ranges out;
  for (std::size_t i = tables::kPropertyStart[number]; i < tables::kPropertyStart[number + 1]; i += 2) {
    out.push_back({tables::kPropertyRanges[i], tables::kPropertyRanges[i + 1]});
  }
  return out;
}

// Sorts and joins touching or overlapping ranges.
Ranges join(Ranges ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Ranges out;
  for (const auto& range : ranges) {
    if (!out.empty() && range.first <= out.back().last + 1) {
      out.back().last = std::max(out.back().last, range.last);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

Ranges unite(Ranges a, const Ranges& b) {
  a.insert(a.end(), b.begin(), b.end());
  return join(std::move(a));
}

// The POSIX brackets that are no other property, by the rules of Oniguruma's Unicode tables.
bool posix(std::string_view key, Version version, Ranges& out) {
  const auto alphabetic = [] { return binary(find(tables::kPropertyName, "alphabetic")); };
  if (key == "alnum") {
    out = unite(alphabetic(), ranges_of_categories(mask_of(Nd), version));
  } else if (key == "word") {
    out = unite(alphabetic(), ranges_of_categories(kMarks | mask_of(Nd, Pc), version));
  } else if (key == "blank") {
    out = unite({{'\t', '\t'}}, ranges_of_categories(mask_of(Zs), version));
  } else if (key == "graph") {  // White_Space is Z* and controls
    out = ranges_of_categories(kEvery & ~(kSeparators | mask_of(Cc, Cs, Cn)), version);
  } else if (key == "print") {
    out = ranges_of_categories(kEvery & ~mask_of(Zl, Zp, Cc, Cs, Cn), version);
  } else if (key == "posixpunct") {
    out = ranges_of_categories(kPunctuation | kSymbols, version);
  } else if (key == "xdigit") {
    out = {{'0', '9'}, {'A', 'F'}, {'a', 'f'}};
  } else if (key == "newline") {
    out = {{'\n', '\n'}};
  } else {
    return false;
  }
  return true;
}

bool by_key(std::string_view key, Version version, PropertySet& out) {
  const auto category = std::find_if(std::begin(kCategoryNames), std::end(kCategoryNames),
                                     [&](const CategoryName& name) { return name.key == key; });
  if (category != std::end(kCategoryNames)) {
    out = {PropertyKind::category, ranges_of_categories(category->mask, version)};
    return true;
  }
  if (key == "ascii") {
    out = {PropertyKind::category, {{0, 0x7F}}};
    return true;
  }
  if (const int number = find(tables::kScriptName, key); number >= 0) {
    out = {PropertyKind::script, ranges_of_script(static_cast<Script>(number))};
    return true;
  }
  if (const int number = find(tables::kPropertyName, key); number >= 0) {
    out = {key.starts_with("in") ? PropertyKind::block : PropertyKind::binary, binary(number)};
    return true;
  }
  out.kind = PropertyKind::posix;
  return posix(key, version, out.ranges);
}

}  // namespace

bool PropertySet::contains(char32_t c) const {
  const auto it =
      std::upper_bound(ranges.begin(), ranges.end(), c, [](char32_t x, const PropertyRange& r) { return x < r.first; });
  return it != ranges.begin() && c <= std::prev(it)->last;
}

bool property_by_name(std::string_view name, Version version, PropertySet& out) {
  const std::string key = loose(name);
  if (by_key(key, version, out)) return true;
  return key.starts_with("is") && by_key(std::string_view(key).substr(2), version, out);
}

std::vector<PropertyRange> ranges_of_categories(std::uint32_t mask, Version version) {
  const auto wanted = [mask](std::uint32_t value) { return mask >> value & 1u; };
  return version == Version::v8 ? select(tables::kCategory8Runs, wanted) : select(tables::kCategory16Runs, wanted);
}

std::vector<PropertyRange> ranges_of_script(Script script) {
  return select(tables::kScript16Runs,
                [script](std::uint32_t value) { return value == static_cast<unsigned>(script); });
}

void add_oniguruma_word_extras(std::vector<PropertyRange>& ranges) {
  ranges = unite(std::move(ranges), {{0xB2, 0xB3}, {0xB9, 0xB9}, {0xBC, 0xBE}});
}

Script script(char32_t c) {
  return static_cast<Script>(look_up<tables::kScript9Shift>(tables::kScript9Index, tables::kScript9Data, c));
}

bool script_from_name(std::string_view name, Script& out) {
  const int number = find(tables::kScriptName, loose(name));
  if (number < 0) return false;
  out = static_cast<Script>(number);
  return true;
}

}  // namespace tokenspace::unicode
