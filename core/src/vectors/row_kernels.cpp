#include "row_kernels.hpp"

#include <cstring>

namespace tokenspace::vectors {

namespace {

// W floats that need no alignment. Written once for every width; each table compiles it for its instructions.
template <int W>
struct Lanes {
  typedef float Type __attribute__((vector_size(W * sizeof(float)), aligned(alignof(float)), may_alias));
};

#define TOKENSPACE_INLINE inline __attribute__((always_inline))

// Calls block(offset, integral_constant<W>) for as many full blocks as fit, then for narrower ones, down to 1.
template <int W, class Block>
TOKENSPACE_INLINE void in_blocks(std::size_t n, std::size_t from, const Block& block) {
  std::size_t i = from;
  for (; i + W <= n; i += W) block.template run<W>(i);
  if constexpr (W > 1) in_blocks<W == 4 ? 1 : W / 2>(n, i, block);
}

template <int W>
TOKENSPACE_INLINE auto& at(float* p) {
  return *reinterpret_cast<typename Lanes<W>::Type*>(p);
}
template <int W>
TOKENSPACE_INLINE const auto& at(const float* p) {
  return *reinterpret_cast<const typename Lanes<W>::Type*>(p);
}

struct AddBlock {
  float* y;
  const float* x;
  float a;
  template <int W>
  TOKENSPACE_INLINE void run(std::size_t i) const {
    at<W>(y + i) += a * at<W>(x + i);
  }
};

struct StepBlock {
  float* gradient;
  float* row;
  const float* input;
  float a;
  template <int W>
  TOKENSPACE_INLINE void run(std::size_t i) const {
    at<W>(gradient + i) += a * at<W>(row + i);
    at<W>(row + i) += a * at<W>(input + i);
  }
};

template <int W>
TOKENSPACE_INLINE float sum_of(typename Lanes<W>::Type lanes) {
  float parts[W];
  std::memcpy(parts, &lanes, sizeof parts);
  for (int width = W / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) parts[i] += parts[i + width];
  }
  return parts[0];
}

template <int W>
TOKENSPACE_INLINE float dot(const float* a, const float* b, std::size_t n) {
  typename Lanes<W>::Type first{}, second{};
  std::size_t i = 0;
  for (; i + 2 * W <= n; i += 2 * W) {
    first += at<W>(a + i) * at<W>(b + i);
    second += at<W>(a + i + W) * at<W>(b + i + W);
  }
  if (i + W <= n) {
    first += at<W>(a + i) * at<W>(b + i);
    i += W;
  }
  first += second;
  float total = sum_of<W>(first);
  for (; i < n; ++i) total += a[i] * b[i];
  return total;
}

template <int W>
TOKENSPACE_INLINE void add(float* y, const float* x, float a, std::size_t n) {
  in_blocks<W>(n, 0, AddBlock{y, x, a});
}

template <int W>
TOKENSPACE_INLINE void step(float* gradient, float* row, const float* input, float a, std::size_t n) {
  in_blocks<W>(n, 0, StepBlock{gradient, row, input, a});
}

// Rows lie far apart: they are fetched while the ones before them are worked on.
constexpr std::size_t kAhead = 4;

TOKENSPACE_INLINE void fetch(const float* row, std::size_t n) {
  for (std::size_t i = 0; i < n; i += 16) __builtin_prefetch(row + i);
}

template <int W>
TOKENSPACE_INLINE void sum_rows(float* out, const float* matrix, const std::uint32_t* rows, std::size_t count,
                                std::size_t n) {
  std::memset(out, 0, n * sizeof(float));
  for (std::size_t r = 0; r < count && r < kAhead; ++r) fetch(matrix + rows[r] * n, n);
  for (std::size_t r = 0; r < count; ++r) {
    if (r + kAhead < count) fetch(matrix + rows[r + kAhead] * n, n);
    in_blocks<W>(n, 0, AddBlock{out, matrix + rows[r] * n, 1.0f});
  }
}

template <int W>
TOKENSPACE_INLINE void add_to_rows(float* matrix, const std::uint32_t* rows, std::size_t count, const float* x,
                                   std::size_t n) {
  for (std::size_t r = 0; r < count && r < kAhead; ++r) fetch(matrix + rows[r] * n, n);
  for (std::size_t r = 0; r < count; ++r) {
    if (r + kAhead < count) fetch(matrix + rows[r + kAhead] * n, n);
    in_blocks<W>(n, 0, AddBlock{matrix + rows[r] * n, x, 1.0f});
  }
}

#define TOKENSPACE_ROW_KERNELS(NAME, W, ATTRIBUTES)                                                               \
  ATTRIBUTES float dot_##NAME(const float* a, const float* b, std::size_t n) {                                    \
    return dot<W>(a, b, n);                                                                                       \
  }                                                                                                               \
  ATTRIBUTES void add_##NAME(float* y, const float* x, float a, std::size_t n) {                                  \
    add<W>(y, x, a, n);                                                                                           \
  }                                                                                                               \
  ATTRIBUTES void step_##NAME(float* gradient, float* row, const float* input, float a, std::size_t n) {          \
    step<W>(gradient, row, input, a, n);                                                                          \
  }                                                                                                               \
  ATTRIBUTES void sum_rows_##NAME(float* out, const float* matrix, const std::uint32_t* rows, std::size_t count,  \
                                  std::size_t n) {                                                                \
    sum_rows<W>(out, matrix, rows, count, n);                                                                     \
  }                                                                                                               \
  ATTRIBUTES void add_to_rows_##NAME(float* matrix, const std::uint32_t* rows, std::size_t count, const float* x, \
                                     std::size_t n) {                                                             \
    add_to_rows<W>(matrix, rows, count, x, n);                                                                    \
  }                                                                                                               \
  constexpr RowKernels k_##NAME{dot_##NAME, add_##NAME, step_##NAME, sum_rows_##NAME, add_to_rows_##NAME};

TOKENSPACE_ROW_KERNELS(plain, 4, )
#if defined(__x86_64__)
TOKENSPACE_ROW_KERNELS(avx2, 8, __attribute__((target("avx2,fma"))))
TOKENSPACE_ROW_KERNELS(avx512, 16, __attribute__((target("avx512f,avx2,fma"))))
#endif

}  // namespace

const RowKernels& plain_row_kernels() {
  return k_plain;
}

const RowKernels& row_kernels() {
#if defined(__x86_64__)
  static const RowKernels& chosen = __builtin_cpu_supports("avx512f")                                 ? k_avx512
                                    : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? k_avx2
                                                                                                      : k_plain;
  return chosen;
#else
  return k_plain;
#endif
}

}  // namespace tokenspace::vectors
