// Where a pair stands in a word: most of a training's time on text whose words are long.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tokenspace::train {

// Readable symbols behind the last word: the search looks at blocks that may begin at any of a word's symbols.
inline constexpr std::size_t kSymbolPadding = 16;

// The first place at or behind `from` where `left` and `right` stand side by side; `length` when there is none.
// Blocks of 16 bytes are compared at once; they may reach into the next word, where a place found counts for nothing.
template <class Symbol>
std::uint32_t find_pair(const Symbol* symbols, std::uint32_t from, std::uint32_t length, Symbol left, Symbol right) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint32_t kBlock = 16 / sizeof(Symbol);
  typedef Symbol Block __attribute__((vector_size(16)));
  for (; from + 1 < length; from += kBlock) {
    Block first, second;
    std::memcpy(&first, symbols + from, sizeof first);
    std::memcpy(&second, symbols + from + 1, sizeof second);
    const auto same = std::bit_cast<std::array<std::uint64_t, 2>>((first == left) & (second == right));
    if ((same[0] | same[1]) == 0) continue;
    const unsigned bit = same[0] != 0 ? std::countr_zero(same[0]) : 64 + std::countr_zero(same[1]);
    const std::uint32_t at = from + bit / (8 * sizeof(Symbol));
    return at + 1 < length ? at : length;
  }
  return length;
}

}  // namespace tokenspace::train
