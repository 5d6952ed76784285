// bfloat16 as it lies in memory: the upper half of a float.
#pragma once

#include <bit>
#include <cstdint>

namespace tokenspace::knn {

struct Bfloat16 {
  std::uint16_t bits;
};

// Exact for every value.
inline float to_float(Bfloat16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}

}  // namespace tokenspace::knn
