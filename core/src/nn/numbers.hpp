// Stored numbers -> float32 and bfloat16.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "knn/half.hpp"
#include "tokenspace/transformer.hpp"

namespace tokenspace::nn {

inline std::size_t bytes_of(Number number) {
  return number == Number::float32 ? 4 : 2;
}

// `row` and `out` do not overlap; any address.
inline void read_floats(const std::byte* from, Number number, std::size_t n, float* out) {
  switch (number) {
    case Number::float32:
      std::memcpy(out, from, n * sizeof(float));
      return;
    case Number::float16:
      for (std::size_t i = 0; i < n; ++i) {
        knn::Half half;
        std::memcpy(&half.bits, from + 2 * i, 2);
        out[i] = knn::to_float(half);
      }
      return;
    case Number::bfloat16:
      for (std::size_t i = 0; i < n; ++i) {
        std::uint16_t bits;
        std::memcpy(&bits, from + 2 * i, 2);
        out[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
      }
      return;
  }
}

// Row `row` of a tensor.
inline void read_row(const Tensor& tensor, std::size_t row, float* out) {
  const std::size_t bytes = tensor.columns * bytes_of(tensor.number);
  read_floats(static_cast<const std::byte*>(tensor.data) + row * bytes, tensor.number, tensor.columns, out);
}

// To the nearest, ties to even; for finite numbers.
inline std::uint16_t to_bfloat16(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  return static_cast<std::uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

inline bool all_finite(const float* x, std::size_t n) {
  std::uint32_t worst = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t exponent = std::bit_cast<std::uint32_t>(x[i]) & 0x7F800000u;
    worst = worst < exponent ? exponent : worst;
  }
  return worst != 0x7F800000u;
}

}  // namespace tokenspace::nn
