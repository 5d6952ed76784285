// IEEE 754 half precision as it lies in memory.
#pragma once

#include <bit>
#include <cstdint>

namespace tokenspace::knn {

struct Half {
  std::uint16_t bits;
};

// Exact for every value, signalling NaN aside.
inline float to_float(Half half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half.bits & 0x8000u) << 16;
  const std::uint32_t exponent = (half.bits >> 10) & 0x1Fu;
  const std::uint32_t fraction = half.bits & 0x3FFu;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;  // zero and the subnormal numbers
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 31 ? 255u : exponent + 112u;
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

}  // namespace tokenspace::knn
