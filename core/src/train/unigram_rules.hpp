// Which strings may be pieces (SentencePiece 0.2.3, IsValidSentencePiece), and where no piece can reach across.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tokenspace/train_unigram.hpp"

namespace tokenspace::train::unigram {

// What the rules need to know about a character; computed once per character of the alphabet.
struct CharacterClass {
  std::uint16_t script;  // of unicode::Script, or one of the values below
  bool digit;
};
inline constexpr std::uint16_t kAnyScript = 0xFFFF;        // goes with every script (digits without split_by_number)
inline constexpr std::uint16_t kInheritedScript = 0xFFFE;  // takes the script before it
inline constexpr std::uint16_t kSpaceMark = 0xFFFD;        // leaves the script before it in force

class Rules {
 public:
  explicit Rules(const PieceRules& rules) : rules_(rules) {}

  CharacterClass classify(char32_t c) const;

  // True when no piece can hold `left` and `right` next to each other: words may be cut there without changing any
  // count, and the cut parts are far fewer than the words.
  bool cuts(CharacterClass left, CharacterClass right) const;

  // The full rule for two or more characters; every single character may be a piece.
  bool valid(std::span<const CharacterClass> piece) const;

 private:
  bool valid_space(std::size_t pos, std::size_t size) const;
  PieceRules rules_;
};

}  // namespace tokenspace::train::unigram
