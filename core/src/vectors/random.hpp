// Random numbers of the trainers: SplitMix64 (Steele, Lea, Flood 2014), one stream for each chunk of text.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace tokenspace::vectors {

class Random {
 public:
  // Streams of different keys are independent for all purposes here; the same keys give the same stream.
  explicit Random(std::initializer_list<std::uint64_t> keys) {
    for (const std::uint64_t key : keys) state_ = mix(state_ + kGolden + key);
  }

  std::uint64_t next() { return mix(state_ += kGolden); }

  // Uniform in [0, n) from 32 random bits: off by at most n / 2^32.
  static std::uint32_t below(std::uint32_t n, std::uint32_t bits) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(bits) * n) >> 32);
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ull;
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  std::uint64_t state_ = 0;
};

}  // namespace tokenspace::vectors
