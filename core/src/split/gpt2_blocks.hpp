// The GPT-2 split as arithmetic on 64-bit masks: one bit a byte, 64 bytes at a time.
//
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// A byte has the class of its character, so runs of a class are runs of bits. A piece starts
//   - where a run of letters, numbers or other characters starts, unless a single U+0020 stands before it: then at that
//   space;
//   - where a run of white space starts, and at the last white-space character of a run that something follows;
//   - behind a contraction that stands at the start of a run of other characters.
// Runs, their starts and their ends are shifts and ands; only contractions, and characters outside ASCII, are looked at
// singly.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::detail {

// Classes of 64 bytes. What is in none of letter, number, white is "other"; `high` marks bytes above 0x7F, `lead` those
// above 0xBF. `three` are leads of three-byte characters that are letters whatever follows (most ideographs, Hangul),
// `two` of two-byte ones (Cyrillic, Latin with marks).
struct BlockMasks {
  std::uint64_t letter = 0, number = 0, white = 0, space = 0, apostrophe = 0, high = 0, lead = 0, two = 0, three = 0;
};

enum class CharClass : std::uint8_t { other, letter, number, white };

// Class of every code point: two-level table made from the Unicode tables.
class CharClasses {
 public:
  explicit CharClasses(unicode::Version version);
  static const CharClasses& shared();  // of Unicode 16, made once in half a millisecond
  CharClass of(char32_t c) const { return static_cast<CharClass>(blocks_[index_[c >> 8] << 8 | (c & 0xFF)]); }

 private:
  std::vector<std::uint16_t> index_;
  std::vector<char> blocks_;
};

// Lead bytes all of whose characters are letters, as a table to shuffle by the low half of the byte: bits 1, 2, 4 for
// leads 0xC., 0xD., 0xE..  0xE4 would be one but for the hexagrams U+4DC0..U+4DFF, which have 0xB7 next.
struct UniformLeads {
  explicit UniformLeads(const CharClasses& classes);
  std::uint8_t table[16] = {};
  bool e4_but_hexagrams = false;
};

// Turns masks of consecutive blocks into piece starts. Feed with add() in order; state carries over block borders.
class Gpt2Blocks {
 public:
  // Writes base + the places of the bits of `starts`, in order; all of the 64 places at `out` may be written.
  using WriteStarts = void (*)(std::uint64_t starts, std::uint32_t base, std::uint32_t* out);

  Gpt2Blocks(const CharClasses& classes, std::string_view text, Buffer<std::uint32_t>& ends, WriteStarts write)
      : classes_(classes), text_(text), ends_(ends), write_(write) {}

  // ASCII classes of the 64 bytes at `base` in `raw` (bits past the end of the text clear). Blocks are emitted one step
  // behind, because the end of a white-space run needs the first class of the next block.
  void add(std::size_t base, BlockMasks raw) {
    if (raw.high != 0 || spill_.any()) add_high(base, raw);
    if (has_pending_) emit(raw.white & 1);
    pending_ = raw;
    pending_base_ = base;
    pending_last_ = next_last_;
    next_last_ = 0;
    has_pending_ = true;
  }

  void finish() {
    if (!has_pending_) return;
    const std::size_t rest = text_.size() - pending_base_;
    valid_ = rest >= 64 ? ~0ull : (1ull << rest) - 1;
    last_block_ = true;
    emit(true);  // white space at the end of the text stays one piece: as if more followed
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  }

 private:
  struct Spill {  // class bits of a character that reaches into the next block
    std::uint64_t letter = 0, number = 0, white = 0;
    bool any() const { return (letter | number | white) != 0; }
  };

  void add_high(std::size_t base, BlockMasks& raw) {
    raw.letter |= spill_.letter;
    raw.number |= spill_.number;
    raw.white |= spill_.white;
    spill_ = {};
    const std::uint64_t two = raw.two, three = raw.three;
    raw.letter |= two | two << 1 | three | three << 1 | three << 2;
    spill_.letter |= two >> 63 | three >> 63 | three >> 62;
    const char* text = text_.data();
    for (std::uint64_t leads = raw.high & raw.lead & ~(two | three); leads != 0; leads &= leads - 1) {
      const auto i = static_cast<unsigned>(std::countr_zero(leads));
      const char* p = text + base + i;
      const CharClass c = classes_.of(utf8::decode_unchecked(p));
      if (c == CharClass::other) continue;
      const auto length = static_cast<unsigned>(p - (text + base + i));
      const std::uint64_t ones = (1ull << length) - 1;
      const std::uint64_t here = ones << i;
      const std::uint64_t over = i + length > 64 ? ones >> (64 - i) : 0;
      if (c == CharClass::letter) {
        raw.letter |= here;
        spill_.letter |= over;
      } else if (c == CharClass::number) {
        raw.number |= here;
        spill_.number |= over;
      } else {
        raw.white |= here;
        spill_.white |= over;
        // Ends of white-space runs are found by bits only for one-byte characters; this one looks ahead itself.
        const auto next = static_cast<std::size_t>(p - text);
        if (next < text_.size()) {
          const char* q = text + next;
          const char32_t follower = utf8::decode_unchecked(q);
          const bool white = follower < 0x80 ? is_ascii_white(follower) : classes_.of(follower) == CharClass::white;
          if (!white) next_last_ |= 1ull << i;
        }
      }
    }
  }

  static bool is_ascii_white(char32_t c) { return c == ' ' || (c >= 9 && c <= 13); }

  void emit(bool next_is_white) {
    const BlockMasks& m = pending_;
    const std::uint64_t valid = valid_;
    const std::uint64_t other = valid & ~(m.letter | m.number | m.white);
    const auto before = [](std::uint64_t mask, std::uint64_t carry) { return mask << 1 | carry; };
    const std::uint64_t letter_starts = m.letter & ~before(m.letter, carry_letter_);
    const std::uint64_t number_starts = m.number & ~before(m.number, carry_number_);
    const std::uint64_t other_starts = other & ~before(other, carry_other_);
    const std::uint64_t white_starts = m.white & ~before(m.white, carry_white_);
    std::uint64_t followed_by_white = m.white >> 1 | static_cast<std::uint64_t>(next_is_white) << 63;
    if (last_block_ && valid != ~0ull && valid != 0) followed_by_white |= 1ull << (std::bit_width(valid) - 1);
    const std::uint64_t last_white = m.white & ~followed_by_white & ~m.high;
    const std::uint64_t joined = last_white & m.space;
    const std::uint64_t behind_joined = before(joined, carry_joined_);
    std::uint64_t starts =
        ((letter_starts | number_starts | other_starts) & ~behind_joined) | white_starts | last_white | pending_last_;
    starts = (starts | force_) & ~suppress_;
    force_ = suppress_ = 0;
    for (std::uint64_t marks = other_starts & ~behind_joined & m.apostrophe; marks != 0; marks &= marks - 1) {
      const auto i = static_cast<unsigned>(std::countr_zero(marks));
      const std::size_t length = contraction(pending_base_ + i);
      if (length == 0) continue;
      set(starts, force_, i + static_cast<unsigned>(length));
      clear(starts, suppress_, i + 1);
      if (length == 3) clear(starts, suppress_, i + 2);
    }
    starts &= valid;
    if (pending_base_ == 0) starts &= ~1ull;  // the first piece's start is no piece's end
    push(starts);
    carry_letter_ = m.letter >> 63;
    carry_number_ = m.number >> 63;
    carry_other_ = other >> 63;
    carry_white_ = m.white >> 63;
    carry_joined_ = joined >> 63;
  }

  static void set(std::uint64_t& here, std::uint64_t& next, unsigned bit) {
    (bit < 64 ? here : next) |= 1ull << (bit & 63);
  }
  static void clear(std::uint64_t& here, std::uint64_t& next, unsigned bit) {
    if (bit < 64) {
      here &= ~(1ull << bit);
    } else {
      next |= 1ull << (bit & 63);
    }
  }

  // Length of the contraction at `at` (an apostrophe), 0 for none.
  std::size_t contraction(std::size_t at) const {
    const std::size_t left = text_.size() - at;
    if (left < 2) return 0;
    const char a = text_[at + 1];
    if (a == 's' || a == 't' || a == 'm' || a == 'd') return 2;
    if (left < 3) return 0;
    const char b = text_[at + 2];
    return ((a == 'r' || a == 'v') && b == 'e') || (a == 'l' && b == 'l') ? 3 : 0;
  }

  void push(std::uint64_t starts) {
    const std::size_t size = ends_.size();
    if (ends_.capacity() < size + 64) ends_.reserve(size * 2 + 256);
    ends_.resize(size + 64);
    write_(starts, static_cast<std::uint32_t>(pending_base_), ends_.data() + size);
    ends_.resize(size + static_cast<std::size_t>(std::popcount(starts)));
  }

  const CharClasses& classes_;
  std::string_view text_;
  Buffer<std::uint32_t>& ends_;
  WriteStarts write_;
  BlockMasks pending_;
  std::size_t pending_base_ = 0;
  bool has_pending_ = false;
  bool last_block_ = false;
  std::uint64_t valid_ = ~0ull;
  std::uint64_t pending_last_ = 0, next_last_ = 0;  // last characters of white-space runs found by add_high
  Spill spill_;
  std::uint64_t carry_letter_ = 0, carry_number_ = 0, carry_other_ = 0, carry_white_ = 0, carry_joined_ = 0;
  std::uint64_t force_ = 0, suppress_ = 0;  // starts that a contraction sets or clears in the next block
};

}  // namespace tokenspace::detail
