// Named properties of code points for regular expressions: categories, scripts, binary properties, blocks, POSIX names.
#pragma once

#include <string_view>
#include <vector>

#include "tokenspace/unicode.hpp"
#include "tokenspace/unicode_scripts.hpp"

namespace tokenspace::unicode {

struct PropertyRange {
  char32_t first;
  char32_t last;  // inclusive
};

// Where a name comes from: the syntaxes of the references do not accept the same kinds.
enum class PropertyKind : std::uint8_t { category, script, binary, block, posix };

// Sorted, disjoint ranges.
struct PropertySet {
  PropertyKind kind = PropertyKind::binary;
  std::vector<PropertyRange> ranges;
  bool contains(char32_t c) const;
};

// The property called `name`; false when there is none. Case, spaces, '_' and '-' are ignored, and so is an "is" prefix
// (which the regex crate accepts and Oniguruma does not).
// - categories, short and long, single and grouped, of `version`: "Lu", "Letter", "LC", "punct" (= P), "digit" (= Nd);
//   also Any, Assigned, ASCII;
// - scripts, short and long; binary properties with their short names; blocks as "In_Basic_Latin": Unicode 16;
// - POSIX names as Oniguruma defines them in Unicode: alnum, blank, graph, print, posixpunct (= P | S, the meaning of
//   [[:punct:]]), word, xdigit, newline. alpha, lower, upper and space are binary properties.
// Traps of Oniguruma 6.9.10, measured over all code points: word lacks U+200C and U+200D there, as in this set, and
// outside of a bracket class (\w, \W, \p{word}, \b) it also has U+00B2 B3 B9 BC BD BE (add_oniguruma_word_extras).
bool property_by_name(std::string_view name, Version version, PropertySet& out);

// Code points whose category is in `mask` (bit = value of Category).
std::vector<PropertyRange> ranges_of_categories(std::uint32_t mask, Version version = Version::v16);
std::vector<PropertyRange> ranges_of_script(Script script);  // Unicode 16
void add_oniguruma_word_extras(std::vector<PropertyRange>& ranges);

}  // namespace tokenspace::unicode
