// Arithmetic on rows of float32 matrices, in AVX-512, AVX2 and plain form; the processor decides which is used.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tokenspace::vectors {

struct RowKernels {
  float (*dot)(const float* a, const float* b, std::size_t n);
  // y += a * x
  void (*add)(float* y, const float* x, float a, std::size_t n);
  // gradient += a * row; row += a * input: one step of an output row.
  void (*step)(float* gradient, float* row, const float* input, float a, std::size_t n);
  // out = the sum of the named rows of `matrix`, whose rows have n columns.
  void (*sum_rows)(float* out, const float* matrix, const std::uint32_t* rows, std::size_t count, std::size_t n);
  // Each named row += x.
  void (*add_to_rows)(float* matrix, const std::uint32_t* rows, std::size_t count, const float* x, std::size_t n);
};

const RowKernels& row_kernels();
const RowKernels& plain_row_kernels();  // the twin the others are tested against

}  // namespace tokenspace::vectors
