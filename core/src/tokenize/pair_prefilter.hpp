// Finds the places in a text where one of many patterns could begin, by its first two bytes (Teddy, after Intel
// Hyperscan: nibble tables looked up with a byte shuffle, eight buckets of patterns at a time).
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace tokenspace {

class PairPrefilter {
 public:
  enum class Kernel : std::uint8_t { scalar, ssse3, avx2 };

  // `patterns` are not empty. A pattern of one byte may begin before any second byte.
  explicit PairPrefilter(const std::vector<std::string_view>& patterns);

  // The first position >= `from` whose two bytes begin a pattern; text.size() when there is none. Never misses one.
  std::size_t next(std::string_view text, std::size_t from) const { return next(text, from, kernel_); }
  std::size_t next(std::string_view text, std::size_t from, Kernel kernel) const;

  static Kernel best_kernel();  // what this processor runs

 private:
  static constexpr std::size_t kPairs = 65536;

  std::size_t next_scalar(std::string_view text, std::size_t from) const;
  std::size_t next_ssse3(std::string_view text, std::size_t from) const;
  std::size_t next_avx2(std::string_view text, std::size_t from) const;
  bool begins(unsigned char first, unsigned char second) const { return pairs_[first | second << 8]; }

  // masks_[byte][half][nibble]: the buckets whose pattern has this nibble in this half (0 low, 1 high) of byte 0 or 1.
  alignas(16) std::array<std::array<std::array<std::uint8_t, 16>, 2>, 2> masks_{};
  std::bitset<kPairs> pairs_;      // exact: (first, second) begins a pattern
  std::bitset<256> single_bytes_;  // patterns of one byte, for the last byte of a text
  Kernel kernel_;
};

}  // namespace tokenspace
