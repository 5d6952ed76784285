#include "properties.hpp"

#include <string>

#include "tokenspace/unicode_property.hpp"

namespace tokenspace::regex {
namespace {

CharSet from_ranges(const std::vector<unicode::PropertyRange>& ranges) {
  CharSet set;
  for (const unicode::PropertyRange& range : ranges) set.add(range.first, range.last);
  return set;
}

// A property whose name is part of this source.
CharSet named(std::string_view name, unicode::Version tables) {
  unicode::PropertySet found;
  unicode::property_by_name(name, tables, found);
  return from_ranges(found.ranges);
}

}  // namespace

CharSet oniguruma_word_set(unicode::Version tables) {
  return named("word", tables);
}

CharSet fancy_word_set(unicode::Version tables) {
  CharSet set = oniguruma_word_set(tables);
  set.add(0x200C, 0x200D);
  return set;
}

CharSet oniguruma_bare_word_set(unicode::Version tables) {
  CharSet set = oniguruma_word_set(tables);
  set.unite(CharSet{{0xB2, 0xB3}, {0xB9, 0xB9}, {0xBC, 0xBE}});
  return set;
}

CharSet digit_set(unicode::Version tables) {
  return named("Nd", tables);
}

CharSet space_set() {
  return CharSet{{0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
                 {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
}

CharSet hex_digit_set() {
  return CharSet{{'0', '9'}, {'A', 'F'}, {'a', 'f'}};
}

bool oniguruma_posix(std::string_view name, unicode::Version tables, CharSet& out) {
  static constexpr std::string_view kNames[] = {"alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph",
                                                "lower", "print", "space", "upper", "word",  "xdigit"};
  if (name == "punct") {  // P and S, unlike \p{Punct}
    out = named("posixpunct", tables);
    return true;
  }
  for (const std::string_view known : kNames) {
    if (name != known) continue;
    out = named(name, tables);
    return true;
  }
  return false;
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
  unicode::PropertySet found;
  if (!unicode::property_by_name(name, tables, found)) return false;
  out = from_ranges(found.ranges);
  return true;
}

bool fancy_property(std::string_view name, unicode::Version tables, CharSet& out) {
  unicode::PropertySet found;
  const std::size_t equals = name.find('=');
  if (equals != std::string_view::npos) {
    std::string key;
    for (const char c : name.substr(0, equals)) {
      if (c != ' ' && c != '_' && c != '-') key.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
    }
    const bool wants_script = key == "script" || key == "sc";
    const bool wants_category = key == "generalcategory" || key == "gc";
    if (!wants_script && !wants_category) return false;
    if (!unicode::property_by_name(name.substr(equals + 1), tables, found)) return false;
    if (found.kind != (wants_script ? unicode::PropertyKind::script : unicode::PropertyKind::category)) return false;
  } else if (!unicode::property_by_name(name, tables, found) || found.kind == unicode::PropertyKind::block) {
    return false;
  }
  out = from_ranges(found.ranges);
  return true;
}

}  // namespace tokenspace::regex
