// The kernels for AVX2 with FMA and F16C: eight lanes.
#if defined(__x86_64__)

#include <immintrin.h>

#include <cmath>
#include <cstring>

#include "knn/half.hpp"
#include "token_table_kernels.hpp"

#define NN_TARGET __attribute__((target("avx2,fma,f16c")))

namespace tokenspace::nn {
namespace {

struct V {
  static constexpr std::size_t kLanes = 8;
  static constexpr int kVectors = 8;
  using Reg = __m256;

  NN_TARGET static Reg zero() { return _mm256_setzero_ps(); }
  NN_TARGET static Reg set1(float x) { return _mm256_set1_ps(x); }
  NN_TARGET static Reg load(const float* p) { return _mm256_loadu_ps(p); }
  NN_TARGET static Reg load(const knn::Half* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  NN_TARGET static Reg load(const std::int8_t* p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  }
  template <class T>
  NN_TARGET static Reg load_part(const T* p, std::size_t n) {
    T padded[kLanes] = {};
    std::memcpy(padded, p, n * sizeof(T));
    return load(padded);
  }
  NN_TARGET static void store(float* p, Reg x) { _mm256_storeu_ps(p, x); }
  NN_TARGET static void store_part(float* p, Reg x, std::size_t n) {
    float whole[kLanes];
    store(whole, x);
    std::memcpy(p, whole, n * sizeof(float));
  }
  NN_TARGET static Reg mul(Reg a, Reg b) { return _mm256_mul_ps(a, b); }
  NN_TARGET static Reg fma(Reg a, Reg b, Reg c) { return _mm256_fmadd_ps(a, b, c); }
  NN_TARGET static float sum(Reg x) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
  }
};

#include "token_table_body.hpp"

}  // namespace

const TokenTableKernels kAvx2TokenTableKernels{"avx2", sum, normalize};

}  // namespace tokenspace::nn

#endif
