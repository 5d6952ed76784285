// pair_kernels.hpp for AVX2 with FMA.
#include "pair_kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#include "cpu/features.hpp"

#define TS_TARGET __attribute__((target("avx2,fma")))

namespace tokenspace::vectors {
namespace {

struct V {
  using Vec = __m256;
  static constexpr const char* kName = "avx2";
  static constexpr std::size_t kWidth = 8;
  static constexpr int kScoreRows = 3;
  static constexpr int kUpdateRows = 6;

  TS_TARGET static __m256i mask(std::size_t n) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), lanes);
  }
  TS_TARGET static Vec zero() { return _mm256_setzero_ps(); }
  TS_TARGET static Vec all(float x) { return _mm256_set1_ps(x); }
  TS_TARGET static Vec load(const float* p) { return _mm256_loadu_ps(p); }
  TS_TARGET static void store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
  TS_TARGET static Vec load_part(const float* p, std::size_t n) { return _mm256_maskload_ps(p, mask(n)); }
  TS_TARGET static void store_part(float* p, Vec v, std::size_t n) { _mm256_maskstore_ps(p, mask(n), v); }
  TS_TARGET static Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
  TS_TARGET static Vec sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
  TS_TARGET static Vec mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
  TS_TARGET static Vec div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
  TS_TARGET static Vec min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
  TS_TARGET static Vec max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
  TS_TARGET static Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
  TS_TARGET static Vec where_below(Vec v, Vec x, Vec limit) {
    const Vec size = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x);
    return _mm256_and_ps(v, _mm256_cmp_ps(size, limit, _CMP_LT_OQ));
  }
  TS_TARGET static Vec scale2(Vec p, Vec t) {
    const __m256i exponent = _mm256_slli_epi32(_mm256_castps_si256(t), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), exponent));
  }
  TS_TARGET static void sum4(Vec a, Vec b, Vec c, Vec d, float* p, int n) {
    const Vec pairs = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    const __m128 sums = _mm_add_ps(_mm256_castps256_ps128(pairs), _mm256_extractf128_ps(pairs, 1));
    if (n == 4) {
      _mm_storeu_ps(p, sums);
    } else {
      _mm_maskstore_ps(p, _mm256_castsi256_si128(mask(static_cast<std::size_t>(n))), sums);
    }
  }
};

}  // namespace
}  // namespace tokenspace::vectors

#include "pair_kernels_body.hpp"

namespace tokenspace::vectors {

const PairKernels* avx2_pair_kernels() {
  return cpu::features().avx2 ? &kKernels : nullptr;
}

}  // namespace tokenspace::vectors

#else

namespace tokenspace::vectors {
const PairKernels* avx2_pair_kernels() {
  return nullptr;
}
}  // namespace tokenspace::vectors

#endif
