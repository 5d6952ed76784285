#include "properties.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

namespace tokenspace::regex {
namespace {

using unicode::Category;

constexpr std::uint32_t bit(Category category) { return 1u << static_cast<unsigned>(category); }

constexpr std::uint32_t kLetter = bit(Category::Lu) | bit(Category::Ll) | bit(Category::Lt) | bit(Category::Lm) |
                                  bit(Category::Lo);
constexpr std::uint32_t kMark = bit(Category::Mn) | bit(Category::Mc) | bit(Category::Me);
constexpr std::uint32_t kNumber = bit(Category::Nd) | bit(Category::Nl) | bit(Category::No);
constexpr std::uint32_t kPunctuation = bit(Category::Pc) | bit(Category::Pd) | bit(Category::Ps) | bit(Category::Pe) |
                                       bit(Category::Pi) | bit(Category::Pf) | bit(Category::Po);
constexpr std::uint32_t kSymbol = bit(Category::Sm) | bit(Category::Sc) | bit(Category::Sk) | bit(Category::So);
constexpr std::uint32_t kSeparator = bit(Category::Zs) | bit(Category::Zl) | bit(Category::Zp);
constexpr std::uint32_t kOther = bit(Category::Cn) | bit(Category::Cc) | bit(Category::Cf) | bit(Category::Cs) |
                                 bit(Category::Co);

struct CategoryName {
  std::string_view short_name, long_name;  // in the loose form: lower case, no separators
  std::uint32_t mask;
};

constexpr CategoryName kCategoryNames[] = {
    {"l", "letter", kLetter},
    {"lc", "casedletter", bit(Category::Lu) | bit(Category::Ll) | bit(Category::Lt)},
    {"lu", "uppercaseletter", bit(Category::Lu)},
    {"ll", "lowercaseletter", bit(Category::Ll)},
    {"lt", "titlecaseletter", bit(Category::Lt)},
    {"lm", "modifierletter", bit(Category::Lm)},
    {"lo", "otherletter", bit(Category::Lo)},
    {"m", "mark", kMark},
    {"m", "combiningmark", kMark},
    {"mn", "nonspacingmark", bit(Category::Mn)},
    {"mc", "spacingmark", bit(Category::Mc)},
    {"me", "enclosingmark", bit(Category::Me)},
    {"n", "number", kNumber},
    {"nd", "decimalnumber", bit(Category::Nd)},
    {"nd", "digit", bit(Category::Nd)},
    {"nl", "letternumber", bit(Category::Nl)},
    {"no", "othernumber", bit(Category::No)},
    {"p", "punctuation", kPunctuation},
    {"p", "punct", kPunctuation},
    {"pc", "connectorpunctuation", bit(Category::Pc)},
    {"pd", "dashpunctuation", bit(Category::Pd)},
    {"ps", "openpunctuation", bit(Category::Ps)},
    {"pe", "closepunctuation", bit(Category::Pe)},
    {"pi", "initialpunctuation", bit(Category::Pi)},
    {"pf", "finalpunctuation", bit(Category::Pf)},
    {"po", "otherpunctuation", bit(Category::Po)},
    {"s", "symbol", kSymbol},
    {"sm", "mathsymbol", bit(Category::Sm)},
    {"sc", "currencysymbol", bit(Category::Sc)},
    {"sk", "modifiersymbol", bit(Category::Sk)},
    {"so", "othersymbol", bit(Category::So)},
    {"z", "separator", kSeparator},
    {"zs", "spaceseparator", bit(Category::Zs)},
    {"zl", "lineseparator", bit(Category::Zl)},
    {"zp", "paragraphseparator", bit(Category::Zp)},
    {"c", "other", kOther},
    {"cc", "control", bit(Category::Cc)},
    {"cc", "cntrl", bit(Category::Cc)},
    {"cf", "format", bit(Category::Cf)},
    {"cs", "surrogate", bit(Category::Cs)},
    {"co", "privateuse", bit(Category::Co)},
    {"cn", "unassigned", bit(Category::Cn)},
};

template <class Test>
CharSet collect(Test test) {
  CharSet set;
  char32_t begin = 0;
  bool inside = false;
  for (char32_t c = 0; c <= kMaxCodePoint + 1; ++c) {
    const bool now = c <= kMaxCodePoint && test(c);
    if (now && !inside) begin = c;
    if (!now && inside) set.add(begin, c - 1);
    inside = now;
  }
  return set;
}

CharSet by_category(std::uint32_t mask, unicode::Version tables) {
  return collect([&](char32_t c) { return unicode::in_mask(unicode::category(c, tables), mask); });
}

std::string loose(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == ' ' || c == '-' || c == '_') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  }
  return out;
}

bool category_property(std::string_view loose_name, unicode::Version tables, CharSet& out) {
  for (const CategoryName& entry : kCategoryNames) {
    if (loose_name == entry.short_name || loose_name == entry.long_name) {
      out = by_category(entry.mask, tables);
      return true;
    }
  }
  return false;
}

}  // namespace

CharSet word_set(bool oniguruma, unicode::Version tables) {
  CharSet set = collect([](char32_t c) { return unicode::is_alphabetic(c); });
  set.unite(by_category(kMark | bit(Category::Nd) | bit(Category::Pc), tables));
  if (!oniguruma) set.add(0x200C, 0x200D);
  return set;
}

CharSet digit_set(unicode::Version tables) { return by_category(bit(Category::Nd), tables); }

CharSet space_set() {
  return CharSet{{0x09, 0x0D}, {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
                 {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
}

CharSet hex_digit_set() { return CharSet{{'0', '9'}, {'A', 'F'}, {'a', 'f'}}; }

bool oniguruma_posix(std::string_view name, unicode::Version tables, CharSet& out) {
  if (name == "alpha") {
    out = collect([](char32_t c) { return unicode::is_alphabetic(c); });
  } else if (name == "alnum") {
    out = collect([](char32_t c) { return unicode::is_alphabetic(c); });
    out.unite(digit_set(tables));
  } else if (name == "blank") {
    out = by_category(bit(Category::Zs), tables);
    out.add('\t');
  } else if (name == "cntrl") {
    out = by_category(bit(Category::Cc), tables);
  } else if (name == "digit") {
    out = digit_set(tables);
  } else if (name == "graph" || name == "print") {
    out = space_set();
    out.unite(by_category(bit(Category::Cc) | bit(Category::Cn) | bit(Category::Cs), tables));
    out.negate();
    if (name == "print") out.unite(by_category(bit(Category::Zs), tables));
  } else if (name == "punct") {
    out = by_category(kPunctuation | kSymbol, tables);
  } else if (name == "space") {
    out = space_set();
  } else if (name == "xdigit") {
    out = hex_digit_set();
  } else if (name == "ascii") {
    out = CharSet{{0, 0x7F}};
  } else if (name == "word") {
    out = word_set(true, tables);
  } else {
    return false;
  }
  return true;
}

bool fancy_posix(std::string_view name, CharSet& out) {
  if (name == "alpha") {
    out = CharSet{{'A', 'Z'}, {'a', 'z'}};
  } else if (name == "alnum") {
    out = CharSet{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}};
  } else if (name == "ascii") {
    out = CharSet{{0, 0x7F}};
  } else if (name == "blank") {
    out = CharSet{{'\t', '\t'}, {' ', ' '}};
  } else if (name == "cntrl") {
    out = CharSet{{0, 0x1F}, {0x7F, 0x7F}};
  } else if (name == "digit") {
    out = CharSet{{'0', '9'}};
  } else if (name == "graph") {
    out = CharSet{{'!', '~'}};
  } else if (name == "lower") {
    out = CharSet{{'a', 'z'}};
  } else if (name == "print") {
    out = CharSet{{' ', '~'}};
  } else if (name == "punct") {
    out = CharSet{{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}};
  } else if (name == "space") {
    out = CharSet{{0x09, 0x0D}, {' ', ' '}};
  } else if (name == "upper") {
    out = CharSet{{'A', 'Z'}};
  } else if (name == "word") {
    out = CharSet{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
  } else if (name == "xdigit") {
    out = hex_digit_set();
  } else {
    return false;
  }
  return true;
}

bool oniguruma_property(std::string_view name, unicode::Version tables, CharSet& out) {
  const std::string plain = loose(name);
  return oniguruma_posix(plain, tables, out) || category_property(plain, tables, out);
}

bool fancy_property(std::string_view name, unicode::Version tables, CharSet& out) {
  const std::string plain = loose(name);
  return category_property(plain, tables, out);
}

}  // namespace tokenspace::regex
