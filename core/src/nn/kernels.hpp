// The inner loops of the transformer, one set an instruction set. kernels_body.hpp holds their one source, compiled for
// each; the portable set is the twin the others are tested against.
//
// Every buffer they read or write has rows padded with zeros to a multiple of kPad numbers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tokenspace/transformer.hpp"

namespace tokenspace::nn {

inline constexpr std::size_t kPad = 32;
inline constexpr std::size_t padded(std::size_t n) {
  return (n + kPad - 1) / kPad * kPad;
}

// What factors are stored as. Four bytes of a row, a step, hold one float32, two bfloat16 or four numbers of 8 bits
// (without sign on the left, with sign on the right).
enum class Factor : std::uint8_t { fp32, bf16, int8 };
inline constexpr std::size_t numbers_per_step(Factor factor) {
  return factor == Factor::fp32 ? 1 : factor == Factor::bf16 ? 2 : 4;
}

// The rows on the left times one panel: `panel` columns on the right, laid out as (steps, panel) groups of four bytes.
//
//   out[r][c] = activation((sum - zero_points[r] * column_sums[c]) * row_scales[r] * column_scales[c] + bias[c])
//
// where the sum is over all steps, each step in one instruction, in rising order: what a row comes to does not depend
// on the rows beside it. Parts whose pointer is null are left out.
struct ProductTask {
  const void* left = nullptr;
  std::size_t left_stride = 0;  // bytes
  std::size_t rows = 0;
  std::size_t steps = 0;
  const void* panel = nullptr;
  const std::int32_t* zero_points = nullptr;
  const std::int32_t* column_sums = nullptr;
  const float* row_scales = nullptr;
  const float* column_scales = nullptr;
  const float* bias = nullptr;
  Activation activation = Activation::none;
  void* out = nullptr;         // float32, or bfloat16 if out_bf16
  std::size_t out_stride = 0;  // numbers
  bool out_bf16 = false;
};

// One row of attention: scores become exp(score * scale + bias - the largest of these), and their sum is returned.
struct SoftmaxTask {
  float* scores = nullptr;
  std::size_t count = 0;  // behind it, to the padding, zeros are written
  float scale = 1.0f;
  const float* bias = nullptr;        // readable to the padding; null: none
  std::uint16_t* out_bf16 = nullptr;  // null: in place
};

struct Kernels {
  const char* name;
  std::size_t panel;  // columns, at most kPad
  void (*fp32)(const ProductTask&);
  void (*bf16)(const ProductTask&);  // null: this set has none
  void (*int8)(const ProductTask&);  // null: this set has none
  float (*softmax)(const SoftmaxTask&);
  // x = layer norm of x + y (y may be null); weight and bias are padded with zeros.
  void (*add_norm)(float* x, const float* y, std::size_t n, const float* weight, const float* bias, float epsilon);
  // bfloat16 of n numbers and of the padding behind them; null where bf16 is.
  void (*narrow)(const float* x, std::size_t n, std::uint16_t* out);
  // x[i] is about (out[i] - zero_point) * scale.
  void (*quantize)(const float* x, std::size_t n, std::uint8_t* out, float& scale, std::int32_t& zero_point);

  void product(Factor factor, const ProductTask& task) const {
    (factor == Factor::fp32 ? fp32 : factor == Factor::bf16 ? bf16 : int8)(task);
  }
};

// Every set this machine can run, portable first, the best last.
std::size_t kernel_sets(const Kernels* const** sets);
// The set of this name, the best for an empty one; null: none that this machine can run.
const Kernels* find_kernels(const std::string& name);

extern const Kernels kPortableKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx2VnniKernels;
extern const Kernels kAvx512Kernels;
extern const Kernels kAvx512VnniKernels;
extern const Kernels kAvx512Bf16Kernels;
#endif

}  // namespace tokenspace::nn
