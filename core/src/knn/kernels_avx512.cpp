// The kernels for AVX-512 (F, BW, VL, DQ): sixteen lanes, masked tails.
#if defined(__x86_64__)

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the undefined vectors in its own header for uninitialized variables (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "bfloat16.hpp"
#include "half.hpp"
#include "kernels.hpp"

#define KNN_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))

namespace tokenspace::knn {
namespace {

struct V {
  static constexpr std::size_t kLanes = 16;
  static constexpr int kPackVectors = 2;
  static constexpr int kTileRows = 12;
  static constexpr int kFewRows = 4;
  using Reg = __m512;

  KNN_TARGET static Reg zero() { return _mm512_setzero_ps(); }
  KNN_TARGET static Reg set1(float x) { return _mm512_set1_ps(x); }
  KNN_TARGET static Reg load(const float* p) { return _mm512_loadu_ps(p); }
  KNN_TARGET static Reg load(const Half* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  KNN_TARGET static Reg load(const Bfloat16* p) {
    return widened(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  KNN_TARGET static Reg load(const std::int8_t* p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
  }
  KNN_TARGET static Reg load(const double* p) {
    return join(_mm512_cvtpd_ps(_mm512_loadu_pd(p)), _mm512_cvtpd_ps(_mm512_loadu_pd(p + 8)));
  }
  KNN_TARGET static Reg load_part(const float* p, std::size_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
  KNN_TARGET static Reg load_part(const Half* p, std::size_t n) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first(n), p));
  }
  KNN_TARGET static Reg load_part(const Bfloat16* p, std::size_t n) {
    return widened(_mm256_maskz_loadu_epi16(first(n), p));
  }
  KNN_TARGET static Reg load_part(const std::int8_t* p, std::size_t n) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(first(n), p)));
  }
  KNN_TARGET static Reg load_part(const double* p, std::size_t n) {
    const __mmask16 mask = first(n);
    const __m256 low = _mm512_cvtpd_ps(_mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), p));
    return join(low, n > 8 ? _mm512_cvtpd_ps(_mm512_maskz_loadu_pd(static_cast<__mmask8>(mask >> 8), p + 8))
                           : _mm256_setzero_ps());
  }
  KNN_TARGET static void store(float* p, Reg x) { _mm512_storeu_ps(p, x); }
  KNN_TARGET static Reg sub(Reg a, Reg b) { return _mm512_sub_ps(a, b); }
  KNN_TARGET static Reg mul(Reg a, Reg b) { return _mm512_mul_ps(a, b); }
  KNN_TARGET static Reg div(Reg a, Reg b) { return _mm512_div_ps(a, b); }
  KNN_TARGET static Reg fma(Reg a, Reg b, Reg c) { return _mm512_fmadd_ps(a, b, c); }
  KNN_TARGET static Reg fnma(Reg a, Reg b, Reg c) { return _mm512_fnmadd_ps(a, b, c); }
  KNN_TARGET static float sum(Reg x) { return _mm512_reduce_add_ps(x); }
  KNN_TARGET static std::uint32_t not_at_most(Reg a, Reg b) { return _mm512_cmp_ps_mask(a, b, _CMP_NLE_UQ); }

 private:
  KNN_TARGET static __mmask16 first(std::size_t n) { return static_cast<__mmask16>((1u << n) - 1u); }
  KNN_TARGET static Reg widened(__m256i bfloats) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bfloats), 16));
  }
  KNN_TARGET static Reg join(__m256 low, __m256 high) {
    return _mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1);
  }
};

#include "kernels_body.hpp"

}  // namespace

const Kernels kAvx512Kernels{"avx512", V::kLanes, V::kLanes* V::kPackVectors, V::kTileRows, few, tile, widen};

}  // namespace tokenspace::knn

#endif
