// The inner loop of the mean of token rows, one set an instruction set; the scalar set is the twin of the others.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tokenspace/token_table.hpp"

namespace tokenspace::nn {

struct TokenTableKernels {
  const char* name;
  // out (dimensions) = scale * sum of the rows of `count` tokens, which all lie in the table and are not dropped ones.
  void (*sum)(const TokenTable& table, const std::uint32_t* ids, std::size_t count, float scale, float* out);
  // Divides `values` by their length; zeros stay.
  void (*normalize)(float* values, std::size_t count);
};

// Every set this machine can run, scalar first and the best last.
std::size_t token_table_kernel_sets(const TokenTableKernels* const** sets);

extern const TokenTableKernels kScalarTokenTableKernels;
#if defined(__x86_64__)
extern const TokenTableKernels kAvx2TokenTableKernels;
extern const TokenTableKernels kAvx512TokenTableKernels;
#endif

}  // namespace tokenspace::nn
