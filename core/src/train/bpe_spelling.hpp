// The ids of the characters of a BPE training: special tokens and alphabet, in the order that decides ties.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>

#include "bpe_words.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/train_bpe.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::train {

// Calls visit(character, is_first, is_last) for the characters of a word.
template <class Visit>
void for_each_char(std::string_view word, bool raw_bytes, Visit visit) {
  const char* p = word.data();
  const char* end = p + word.size();
  while (p < end) {
    const bool first = p == word.data();
    const char32_t c = raw_bytes ? byte_to_char(static_cast<unsigned char>(*p++)) : utf8::decode_unchecked(p);
    visit(c, first, p >= end);
  }
}

// Which id a character has, by where it stands in the word.
class Spelling {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  // Special tokens, then the alphabet, then the forms of its characters with prefix and suffix enter `tokens`.
  Spelling(const WordCounts& words, const BpeOptions& options, TokenTable& tokens, Control& control);

  // kNone for characters outside a limited alphabet.
  std::uint32_t id(char32_t c, bool first, bool last) const {
    if (plain() && c < fast_.size()) return fast_[c];
    const auto found = forms_.find(c);
    return found == forms_.end() ? kNone : found->second.ids[plain() ? 0 : form(first, last)];
  }
  const BpeOptions& options() const { return options_; }

 private:
  struct Forms {
    std::uint32_t ids[4] = {kNone, kNone, kNone, kNone};  // bit 0: with the prefix, bit 1: with the suffix
    unsigned seen = 0;
  };

  bool plain() const { return !options_.continuing_subword_prefix && !options_.end_of_word_suffix; }
  unsigned form(bool first, bool last) const {
    return (options_.continuing_subword_prefix && !first ? 1u : 0u) | (options_.end_of_word_suffix && last ? 2u : 0u);
  }
  std::string text_of(char32_t c, unsigned kind) const;
  void add_forms(const WordCounts& words, TokenTable& tokens, Control& control);

  const BpeOptions& options_;
  std::map<char32_t, Forms> forms_;
  std::array<std::uint32_t, 0x10000> fast_;
};

// The words written with these ids. Symbol: std::uint16_t when every id of the training fits, else std::uint32_t.
template <class Symbol>
BpeWords<Symbol> spell_words(const WordCounts& words, const Spelling& spelling, Control& control);

}  // namespace tokenspace::train
