// One small class per code point, for the compiled splitters: what the split patterns can tell apart, as one table
// lookup.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "tokenspace/utf8.hpp"

namespace tokenspace::split {

// Class ids; a pattern's sets are masks over them (bit = id). ASCII letters, digits, punctuation and symbols fall under
// the general ids except for the characters some pattern names: CR, LF, space, apostrophe, slash.
enum Class : std::uint8_t {
  kOther,        // control, format, unassigned, private use: none of the following
  kNewline,      // CR, LF
  kSpace,        // U+0020
  kWhite,        // any other White_Space
  kUpper,        // Lu, Lt
  kLower,        // Ll
  kLetter,       // Lm, Lo
  kMark,         // Mn, Mc, Me
  kNumber,       // Nd, Nl, No
  kPunctuation,  // P except the next two
  kApostrophe,   // U+0027
  kSlash,        // U+002F
  kSymbol,       // S
  // The same with Script = Han; only in the table of patterns that name it.
  kHanLetter,
  kHanMark,
  kHanNumber,
  kHanPunctuation,
  kHanSymbol,
  kClasses
};

constexpr std::uint32_t bit(Class c) {
  return 1u << c;
}
inline constexpr std::uint32_t kNewlines = bit(kNewline);
inline constexpr std::uint32_t kWhites = bit(kNewline) | bit(kSpace) | bit(kWhite);
inline constexpr std::uint32_t kHanLetters = bit(kHanLetter);
inline constexpr std::uint32_t kLetters = bit(kUpper) | bit(kLower) | bit(kLetter) | kHanLetters;
inline constexpr std::uint32_t kMarks = bit(kMark) | bit(kHanMark);
inline constexpr std::uint32_t kNumbers = bit(kNumber) | bit(kHanNumber);
inline constexpr std::uint32_t kPunctuations =
    bit(kPunctuation) | bit(kApostrophe) | bit(kSlash) | bit(kHanPunctuation);
inline constexpr std::uint32_t kSymbols = bit(kSymbol) | bit(kHanSymbol);
inline constexpr std::uint32_t kHan =
    kHanLetters | bit(kHanMark) | bit(kHanNumber) | bit(kHanPunctuation) | bit(kHanSymbol);
inline constexpr std::uint32_t kAll = (1u << kClasses) - 1;

inline constexpr std::uint32_t kAsciiLetters = bit(kUpper) | bit(kLower);

// How many of the eight bytes at `p` are ASCII letters before the first that is none.
inline int leading_ascii_letters(const char* p) {
  std::uint64_t bytes;
  std::memcpy(&bytes, p, 8);
  if constexpr (std::endian::native == std::endian::big) {
    int count = 0;
    while (count < 8 && ((p[count] | 0x20) >= 'a' && (p[count] | 0x20) <= 'z')) ++count;
    return count;
  }
  constexpr std::uint64_t ones = 0x0101010101010101ull;
  constexpr std::uint64_t high = ones * 0x80;
  const std::uint64_t lower = (bytes | ones * 0x20) & ~high;
  // Bit 7 of each byte: set when it is at least 'a' and not above 'z', and the byte was ASCII. No carries: values below
  // 0x80.
  const std::uint64_t letters = (lower + ones * (0x80 - 'a')) & ~(lower + ones * (0x80 - 'z' - 1)) & ~bytes & high;
  const std::uint64_t others = ~letters & high;
  return others == 0 ? 8 : std::countr_zero(others) >> 3;
}

class ClassTable {
 public:
  // Unicode 16, the version of every reference that splits by pattern.
  static const ClassTable& plain();
  static const ClassTable& with_han();

  std::uint8_t ascii(unsigned char byte) const { return ascii_[byte]; }
  std::uint8_t of(char32_t c) const { return data_[static_cast<std::size_t>(index_[c >> 8]) << 8 | (c & 0xFF)]; }
  // Class of the character at `p`; `next` is set behind it.
  std::uint8_t at(const char* p, const char*& next) const {
    const auto lead = static_cast<unsigned char>(*p);
    if (lead < 0x80) {
      next = p + 1;
      return ascii_[lead];
    }
    next = p;
    return of(utf8::decode_unchecked(next));
  }
  // The end of the run of characters whose class is in `mask`.
  const char* skip(const char* p, const char* end, std::uint32_t mask) const {
    while (p != end) {
      // ASCII letters eight at a time: most of most texts, and one branch a word instead of one a letter.
      if ((mask & kAsciiLetters) == kAsciiLetters && end - p >= 8) {
        const int letters = leading_ascii_letters(p);
        p += letters;
        if (letters == 8) continue;
      }
      const char* next;
      if ((mask >> at(p, next) & 1u) == 0) break;
      p = next;
    }
    return p;
  }

  // Two-level table for SIMD or table-driven code: class of c = data()[index()[c >> 8] << 8 | (c & 0xFF)]. Page 0 comes
  // first.
  const std::uint16_t* index() const { return index_.data(); }
  const std::uint8_t* data() const { return data_.data(); }

 private:
  explicit ClassTable(bool han);
  std::uint8_t ascii_[128];
  std::vector<std::uint16_t> index_;
  std::vector<std::uint8_t> data_;
};

}  // namespace tokenspace::split
