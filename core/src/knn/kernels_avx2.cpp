// The kernels for AVX2 with FMA and F16C: eight lanes.
#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "bfloat16.hpp"
#include "half.hpp"
#include "kernels.hpp"

#define KNN_TARGET __attribute__((target("avx2,fma,f16c")))

namespace tokenspace::knn {
namespace {

struct V {
  static constexpr std::size_t kLanes = 8;
  static constexpr int kPackVectors = 2;
  static constexpr int kTileRows = 6;
  static constexpr int kFewRows = 2;
  using Reg = __m256;

  KNN_TARGET static Reg zero() { return _mm256_setzero_ps(); }
  KNN_TARGET static Reg set1(float x) { return _mm256_set1_ps(x); }
  KNN_TARGET static Reg load(const float* p) { return _mm256_loadu_ps(p); }
  KNN_TARGET static Reg load(const Half* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  KNN_TARGET static Reg load(const Bfloat16* p) {
    const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
  }
  KNN_TARGET static Reg load(const std::int8_t* p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  }
  KNN_TARGET static Reg load(const double* p) {
    return _mm256_set_m128(_mm256_cvtpd_ps(_mm256_loadu_pd(p + 4)), _mm256_cvtpd_ps(_mm256_loadu_pd(p)));
  }
  KNN_TARGET static Reg load_part(const float* p, std::size_t n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_maskload_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), lane));
  }
  template <class T>
  KNN_TARGET static Reg load_part(const T* p, std::size_t n) {
    T padded[kLanes] = {};
    for (std::size_t i = 0; i < n; ++i) padded[i] = p[i];
    return load(padded);
  }
  KNN_TARGET static void store(float* p, Reg x) { _mm256_storeu_ps(p, x); }
  KNN_TARGET static Reg sub(Reg a, Reg b) { return _mm256_sub_ps(a, b); }
  KNN_TARGET static Reg mul(Reg a, Reg b) { return _mm256_mul_ps(a, b); }
  KNN_TARGET static Reg div(Reg a, Reg b) { return _mm256_div_ps(a, b); }
  KNN_TARGET static Reg fma(Reg a, Reg b, Reg c) { return _mm256_fmadd_ps(a, b, c); }
  KNN_TARGET static Reg fnma(Reg a, Reg b, Reg c) { return _mm256_fnmadd_ps(a, b, c); }
  KNN_TARGET static float sum(Reg x) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
  }
  KNN_TARGET static std::uint32_t not_at_most(Reg a, Reg b) {
    return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_NLE_UQ)));
  }
};

#include "kernels_body.hpp"

}  // namespace

const Kernels kAvx2Kernels{"avx2", V::kLanes, V::kLanes* V::kPackVectors, V::kTileRows, few, tile, widen};

}  // namespace tokenspace::knn

#endif
