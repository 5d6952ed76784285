// Making the character map of a SentencePiece normalizer (`precompiled_charsmap`): from the name of a built-in rule set
// or from rules of one's own. docs/formats/sentencepiece.md has the layout.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tokenspace::sentencepiece {

// `source`, wherever it is the longest rule at a position, becomes `target`. Both UTF-8; a target may be empty.
struct CharsMapRule {
  std::string source, target;
};

// The rules of "nmt_nfkc", "nfkc", "nmt_nfkc_cf" or "nfkc_cf" as sentencepiece 0.2.3 has them (Unicode 17), sorted by
// source; "identity" has none. About 225 000 rules, most of them Hangul; takes some tenths of a second.
// Error(invalid_argument) for another name.
std::vector<CharsMapRule> charsmap_rules(std::string_view name);

// The map of any rules; empty for none. Equal subtrees of the trie and equal targets are stored once.
// Error(invalid_argument) for rules that are empty, repeated, not UTF-8 or hold NUL; Error(limit) past 2^21 units.
std::string compile_charsmap(std::vector<CharsMapRule> rules);

// compile_charsmap(charsmap_rules(name)), made once per process and kept.
const std::string& builtin_charsmap(std::string_view name);

}  // namespace tokenspace::sentencepiece
