// Cutting text before runs of U+0020: the units of the space-unit engines.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "tokenspace/utf8.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tokenspace::detail {

// May a text be cut between a character and the space behind it? Asked once a code point, of a function that looks at
// what the normalizer makes of the character; remembered for all threads.
class SafeBeforeSpace {
 public:
  explicit SafeBeforeSpace(std::function<bool(char32_t)> probe)
      : probe_(std::move(probe)), memo_(std::make_unique<std::atomic<std::uint8_t>[]>(0x110000)) {
    for (char32_t c = 0; c < 128; ++c) ascii_[c] = c > ' ' && c < 0x7F && probe_(c);
  }

  // `p` points behind the character; `begin` is the start of the text.
  bool operator()(const char* begin, const char* p) const {
    const auto last = static_cast<unsigned char>(p[-1]);
    if (last < 0x80) return ascii_[last];
    const char* lead = p - 1;
    while (lead > begin && utf8::is_continuation(static_cast<unsigned char>(*lead))) --lead;
    const char32_t c = utf8::decode_unchecked(lead);
    std::uint8_t known = memo_[c].load(std::memory_order_relaxed);
    if (known == 0) {
      known = probe_(c) ? 1 : 2;
      memo_[c].store(known, std::memory_order_relaxed);
    }
    return known == 1;
  }

 private:
  std::function<bool(char32_t)> probe_;
  bool ascii_[128];
  std::unique_ptr<std::atomic<std::uint8_t>[]> memo_;  // 0 not asked yet, 1 yes, 2 no
};

inline std::uint64_t space_bits(const char* p) {
#if defined(__SSE2__)
  const __m128i space = _mm_set1_epi8(' ');
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
    bits |= static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(x, space)))) << (16 * i);
  }
  return bits;
#else
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 64; ++i) bits |= static_cast<std::uint64_t>(p[i] == ' ') << i;
  return bits;
#endif
}

// Appends the ends of the units of text[begin, end), relative to begin: every safe cut in it, and its end. A unit
// starts with all the spaces of its run.
inline void cut_at_spaces(std::string_view text, std::size_t begin, std::size_t end, const SafeBeforeSpace& safe,
                          Buffer<std::uint32_t>& ends) {
  const char* base = text.data() + begin;
  const std::size_t size = end - begin;
  std::uint64_t before = 1;  // nothing is cut at the very start
  const auto take = [&](std::uint64_t spaces, std::size_t at) {
    for (std::uint64_t starts = spaces & ~(spaces << 1 | before); starts != 0; starts &= starts - 1) {
      const std::size_t i = at + static_cast<std::size_t>(std::countr_zero(starts));
      if (safe(text.data(), base + i)) ends.push_back(static_cast<std::uint32_t>(i));
    }
    before = spaces >> 63;
  };
  std::size_t at = 0;
  for (; at + 64 <= size; at += 64) take(space_bits(base + at), at);
  if (at < size) {
    std::uint64_t spaces = 0;
    for (std::size_t i = at; i < size; ++i) spaces |= static_cast<std::uint64_t>(base[i] == ' ') << (i - at);
    take(spaces, at);
  }
  ends.push_back(static_cast<std::uint32_t>(size));
}

// A safe cut at or behind `target`, or the end of the text.
inline std::size_t next_cut(std::string_view text, std::size_t target, const SafeBeforeSpace& safe) {
  for (std::size_t i = target; i < text.size(); ++i) {
    i = text.find(' ', i);
    if (i == std::string_view::npos) break;
    if (i > 0 && text[i - 1] != ' ' && safe(text.data(), text.data() + i)) return i;
  }
  return text.size();
}

}  // namespace tokenspace::detail
