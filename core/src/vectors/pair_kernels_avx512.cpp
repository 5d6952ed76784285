// pair_kernels.hpp for AVX-512F.
#include "pair_kernels.hpp"

#if defined(__x86_64__)

// GCC 12's own header trips its warning (bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "cpu/features.hpp"

#define TS_TARGET __attribute__((target("avx512f,avx512dq,fma")))

namespace tokenspace::vectors {
namespace {

struct V {
  using Vec = __m512;
  static constexpr const char* kName = "avx512";
  static constexpr std::size_t kWidth = 16;
  static constexpr int kScoreRows = 6;
  static constexpr int kUpdateRows = 8;

  TS_TARGET static __mmask16 mask(std::size_t n) { return static_cast<__mmask16>((1u << n) - 1); }
  TS_TARGET static Vec zero() { return _mm512_setzero_ps(); }
  TS_TARGET static Vec all(float x) { return _mm512_set1_ps(x); }
  TS_TARGET static Vec load(const float* p) { return _mm512_loadu_ps(p); }
  TS_TARGET static void store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
  TS_TARGET static Vec load_part(const float* p, std::size_t n) { return _mm512_maskz_loadu_ps(mask(n), p); }
  TS_TARGET static void store_part(float* p, Vec v, std::size_t n) { _mm512_mask_storeu_ps(p, mask(n), v); }
  TS_TARGET static Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
  TS_TARGET static Vec sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
  TS_TARGET static Vec mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
  TS_TARGET static Vec div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
  TS_TARGET static Vec min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
  TS_TARGET static Vec max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
  TS_TARGET static Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
  TS_TARGET static Vec where_below(Vec v, Vec x, Vec limit) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(_mm512_abs_ps(x), limit, _CMP_LT_OQ), v);
  }
  TS_TARGET static Vec scale2(Vec p, Vec t) {
    const __m512i exponent = _mm512_slli_epi32(_mm512_castps_si512(t), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(p), exponent));
  }
  TS_TARGET static void sum4(Vec a, Vec b, Vec c, Vec d, float* p, int n) {
    const Vec ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    const Vec cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
    const Vec abcd = _mm512_add_ps(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xEE));
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(abcd), _mm512_extractf32x8_ps(abcd, 1));
    const __m128 sums = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    if (n == 4) {
      _mm_storeu_ps(p, sums);
    } else {
      _mm512_mask_storeu_ps(p, mask(static_cast<std::size_t>(n)), _mm512_castps128_ps512(sums));
    }
  }
};

}  // namespace
}  // namespace tokenspace::vectors

#include "pair_kernels_body.hpp"

namespace tokenspace::vectors {

const PairKernels* avx512_pair_kernels() {
  return cpu::features().avx512 ? &kKernels : nullptr;
}

}  // namespace tokenspace::vectors

#else

namespace tokenspace::vectors {
const PairKernels* avx512_pair_kernels() {
  return nullptr;
}
}  // namespace tokenspace::vectors

#endif
