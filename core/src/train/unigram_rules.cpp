#include "train/unigram_rules.hpp"

#include <algorithm>

#include "tokenspace/unicode.hpp"
#include "tokenspace/unicode_scripts.hpp"

namespace tokenspace::train::unigram {

CharacterClass Rules::classify(char32_t c) const {
  using unicode::Script;
  constexpr char32_t kMark = 0x2581;
  constexpr char32_t kLongVowel = 0x30FC;  // Common by Unicode, Katakana in use
  const bool digit = (c >= U'0' && c <= U'9') || (c >= 0xFF10 && c <= 0xFF19);
  if (c == kMark) return {kSpaceMark, false};
  if (!rules_.split_by_unicode_script || (digit && !rules_.split_by_number)) return {kAnyScript, digit};
  const Script script = unicode::script(c);
  if (script == Script::Inherited) return {kInheritedScript, digit};
  if (script == Script::Hiragana || script == Script::Katakana || c == kLongVowel) {
    return {static_cast<std::uint16_t>(Script::Han), digit};
  }
  return {static_cast<std::uint16_t>(script), digit};
}

bool Rules::cuts(CharacterClass left, CharacterClass right) const {
  if (rules_.split_digits && (left.digit || right.digit)) return true;
  if (rules_.split_by_whitespace) {
    const bool both = left.script == kSpaceMark && right.script == kSpaceMark;
    const bool barred = (rules_.whitespace_as_suffix ? left.script : right.script) == kSpaceMark;
    if (barred && !(both && rules_.allow_whitespace_only)) return true;
  }
  // Inherited, free and mark characters can belong to either side: `valid` decides for each piece.
  return left.script < kSpaceMark && right.script < kSpaceMark && left.script != right.script;
}

bool Rules::valid_space(std::size_t pos, std::size_t size) const {
  const bool first = pos == 0;
  const bool last = pos + 1 == size;
  if (rules_.whitespace_as_suffix) return last || (!rules_.split_by_whitespace && !first);
  return first || (!rules_.split_by_whitespace && !last);
}

bool Rules::valid(std::span<const CharacterClass> piece) const {
  const bool only_space =
      std::all_of(piece.begin(), piece.end(), [](CharacterClass c) { return c.script == kSpaceMark; });
  if (only_space && rules_.allow_whitespace_only) return true;
  std::uint16_t current = kAnyScript;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (piece[i].script == kSpaceMark) {
      if (!valid_space(i, piece.size())) return false;
      continue;
    }
    if (rules_.split_digits && piece[i].digit && piece.size() > 1) return false;
    const std::uint16_t script = piece[i].script == kInheritedScript ? current : piece[i].script;
    if (script != kAnyScript && current != kAnyScript && script != current) return false;
    current = script;
  }
  return true;
}

}  // namespace tokenspace::train::unigram
