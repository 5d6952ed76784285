// Named sets of code points: what \p{..}, \w, \s, \d and POSIX brackets mean in each syntax.
#pragma once

#include <string_view>

#include "char_set.hpp"
#include "tokenspace/unicode.hpp"

namespace tokenspace::regex {

// \w of the regex crate: Alphabetic | M | Nd | Pc | Join_Control.
CharSet fancy_word_set(unicode::Version tables);
// \w of Oniguruma inside brackets and [[:word:]]: the same without Join_Control.
CharSet oniguruma_word_set(unicode::Version tables);
// \w and \p{Word} outside brackets and \b of Oniguruma ask its ISO 8859-1 table below U+0100, which holds six numbers
// more.
CharSet oniguruma_bare_word_set(unicode::Version tables);
CharSet digit_set(unicode::Version tables);  // Nd
CharSet space_set();                         // White_Space
CharSet hex_digit_set();                     // ASCII

// Name between the braces of \p{..}, without '^'. False when the syntax does not know it.
// Oniguruma: POSIX names, categories, scripts, binary properties, ages, blocks ("In_..."), ignoring case, '-', '_', '
// '.
bool oniguruma_property(std::string_view name, unicode::Version tables, CharSet& out);
// The regex crate: categories, scripts, binary properties, "name=value", "is" prefix, same loose matching.
bool fancy_property(std::string_view name, unicode::Version tables, CharSet& out);

// [[:name:]]: Unicode in Oniguruma, ASCII in the regex crate.
bool oniguruma_posix(std::string_view name, unicode::Version tables, CharSet& out);
bool fancy_posix(std::string_view name, CharSet& out);

}  // namespace tokenspace::regex
