#include "glove_kernels.hpp"

#include <cmath>
#include <cstring>

#include "cpu/features.hpp"

namespace tokenspace::vectors {

namespace {

// Sixteen sums side by side, however wide the registers are, so that all kernels add in the same order.
inline __attribute__((always_inline)) float dot(const float* a, const float* b, std::size_t dim) {
  typedef float Lanes __attribute__((vector_size(64), aligned(4), may_alias));
  Lanes sums{};
  std::size_t i = 0;
  for (; i + 16 <= dim; i += 16) {
    sums += *reinterpret_cast<const Lanes*>(a + i) * *reinterpret_cast<const Lanes*>(b + i);
  }
  float parts[16];
  std::memcpy(parts, &sums, sizeof parts);
  for (std::size_t lane = 0; i < dim; ++i, ++lane) parts[lane] += a[i] * b[i];
  for (std::size_t width = 8; width > 0; width /= 2) {
    for (std::size_t lane = 0; lane < width; ++lane) parts[lane] += parts[lane + width];
  }
  return parts[0];
}

// Written once; each function below compiles it for its instructions. Component by component, without a reduction, so
// that all give the same bits but for fused multiply-add.
inline __attribute__((always_inline)) void step(GloveRow word, GloveRow context, float g, float eta, float clip,
                                                std::size_t dim) {
  float* __restrict__ w = word.values;
  float* __restrict__ c = context.values;
  float* __restrict__ ws = word.squares;
  float* __restrict__ cs = context.squares;
  for (std::size_t i = 0; i < dim; ++i) {
    float of_word = g * c[i], of_context = g * w[i];
    of_word = of_word < clip ? of_word : clip;
    of_word = of_word > -clip ? of_word : -clip;
    of_context = of_context < clip ? of_context : clip;
    of_context = of_context > -clip ? of_context : -clip;
    of_word *= eta;
    of_context *= eta;
    w[i] -= of_word / std::sqrt(ws[i]);
    c[i] -= of_context / std::sqrt(cs[i]);
    ws[i] += of_word * of_word;
    cs[i] += of_context * of_context;
  }
}

float portable_dot(const float* a, const float* b, std::size_t dim) {
  return dot(a, b, dim);
}
void portable(GloveRow word, GloveRow context, float g, float eta, float clip, std::size_t dim) {
  step(word, context, g, eta, clip, dim);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) float avx2_dot(const float* a, const float* b, std::size_t dim) {
  return dot(a, b, dim);
}
__attribute__((target("avx512f,avx512dq,avx512vl,fma"))) float avx512_dot(const float* a, const float* b,
                                                                          std::size_t dim) {
  return dot(a, b, dim);
}
__attribute__((target("avx2,fma"))) void avx2(GloveRow word, GloveRow context, float g, float eta, float clip,
                                              std::size_t dim) {
  step(word, context, g, eta, clip, dim);
}
__attribute__((target("avx512f,avx512dq,avx512vl,fma,prefer-vector-width=512"))) void avx512(GloveRow word,
                                                                                             GloveRow context, float g,
                                                                                             float eta, float clip,
                                                                                             std::size_t dim) {
  step(word, context, g, eta, clip, dim);
}
#endif

constexpr GloveKernels kPortable{"portable", portable_dot, portable};

}  // namespace

const GloveKernels& portable_glove_kernels() {
  return kPortable;
}

const GloveKernels& glove_kernels() {
#if defined(__x86_64__)
  static constexpr GloveKernels kAvx2{"avx2", avx2_dot, avx2};
  static constexpr GloveKernels kAvx512{"avx512", avx512_dot, avx512};
  if (cpu::features().avx512) return kAvx512;
  return cpu::features().avx2 ? kAvx2 : kPortable;
#else
  return kPortable;
#endif
}

}  // namespace tokenspace::vectors
