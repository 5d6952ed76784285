// What SentencePiece BPE needs to know about its vocabulary, as pairs of symbol numbers instead of strings.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "vocabulary.hpp"

namespace tokenspace::sentencepiece {

// The reference merges two neighbours when their concatenated *text* is a piece, whatever they were merged from.
// Numbering every text that can be a symbol (usable pieces, and single characters inside pieces) and listing every way
// to cut each piece into two symbols gives the same decisions by one probe of a flat table.
class BpeTables {
 public:
  using Symbol = std::uint32_t;
  static constexpr Symbol kNoSymbol = (1u << 21) - 2;  // a character that no piece holds; not all ones, as kEmpty is

  explicit BpeTables(const Vocabulary& vocabulary);

  // The symbol of the character at the start of `rest`; `length` gets its bytes.
  Symbol character(std::string_view rest, std::size_t& length) const {
    const auto lead = static_cast<unsigned char>(rest[0]);
    if (lead < 0x80) {
      length = 1;
      return ascii_[lead];
    }
    length = char_length(rest);
    return long_character(rest.substr(0, length));
  }

  // The piece two neighbours make, kNoSymbol for none.
  Symbol merge(Symbol left, Symbol right) const {
    const std::uint64_t key = static_cast<std::uint64_t>(left) << 21 | right;
    for (std::size_t at = key * kMultiplier >> shift_;; at = (at + 1) & mask_) {
      const std::uint64_t slot = pairs_[at];
      if (slot >> 22 == key) return static_cast<Symbol>(slot & 0x3FFFFF) - 1;
      if (slot == kEmpty) return kNoSymbol;
    }
  }

  // False: no piece holds these two characters side by side, so no merge ever crosses here. True may be a false alarm.
  bool may_join(Symbol left, Symbol right) const {
    const std::uint64_t bit = join_hash(left, right);
    return (joins_[bit >> 6] >> (bit & 63) & 1) != 0;
  }

  // Order of merging: lower first; pieces of equal score have equal rank.
  std::uint32_t rank(Symbol piece) const { return ranks_[piece]; }
  bool is_piece(Symbol symbol) const { return symbol < pieces_; }
  bool has_unused() const { return has_unused_; }

 private:
  static constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ull;
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};

  std::uint64_t join_hash(Symbol left, Symbol right) const {
    return ((static_cast<std::uint64_t>(left) << 32 | right) * kMultiplier) >> join_shift_;
  }
  Symbol long_character(std::string_view character) const;
  static std::uint64_t pack(std::string_view character);
  void add_character(std::string_view character, Symbol symbol);

  std::uint32_t pieces_ = 0;  // symbols below are piece ids, the others characters that are no piece
  bool has_unused_ = false;
  Symbol ascii_[128];
  struct CharSlot {
    std::uint64_t packed = 0;  // 0: free
    Symbol symbol = 0;
  };
  std::vector<CharSlot> characters_;
  std::size_t characters_used_ = 0;
  std::vector<std::uint64_t> pairs_;  // left (21) | right (21) | merged + 1 (22)
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::vector<std::uint64_t> joins_;
  int join_shift_ = 0;
  std::vector<std::uint32_t> ranks_;
};

// Total order of scores in the reference's heap: by their bits, so that -0.0 comes before 0.0 and NaN has a place.
std::int32_t score_order(float score);

}  // namespace tokenspace::sentencepiece
