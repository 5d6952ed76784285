// Case-insensitive matching, by simple folding (regex crate) and by full folding as Oniguruma applies it.
#pragma once

#include <vector>

#include "ast.hpp"
#include "char_set.hpp"

namespace tokenspace::regex {

// Every code point with the same simple folding (CaseFolding.txt C + S), c included: the regex crate's (?i).
CharSet simple_variants(char32_t c);
void add_simple_variants(CharSet& set);

// Every code point equal to c under status C alone, c included: Oniguruma treats entries with a full folding (F) apart.
CharSet common_variants(char32_t c);

// A literal under (?i) in Oniguruma 6.9.10: from left to right the longest three-, two- or one-character folding, each
// as the alternatives it stands for ("ss" also matches sharp s). In a look-behind only single characters are exchanged.
NodePtr fold_literal(const std::vector<char32_t>& text, bool in_look_behind);

// A bracket class under (?i) in Oniguruma: `raw` is the class before its negation. Members with a full folding add
// alternatives of several characters unless the class is negated.
NodePtr fold_class(CharSet raw, bool negated);

}  // namespace tokenspace::regex
