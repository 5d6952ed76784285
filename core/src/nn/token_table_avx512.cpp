// The kernels for AVX-512 (F, BW, VL, DQ): sixteen lanes, masked tails; 256 columns stay in registers.
#if defined(__x86_64__)

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the undefined vectors in its own header for uninitialized variables (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

#include <immintrin.h>

#include <cmath>
#include <cstring>

#include "knn/half.hpp"
#include "token_table_kernels.hpp"

#define NN_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))

namespace tokenspace::nn {
namespace {

#include "lanes_avx512.hpp"

struct V : Lanes512 {
  static constexpr int kVectors = 16;  // sums that stay in registers
  using Lanes512::load;

  NN_TARGET static Reg load(const knn::Half* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  NN_TARGET static Reg load(const std::int8_t* p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
  }
  NN_TARGET static Reg load_part(const float* p, std::size_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
  NN_TARGET static Reg load_part(const knn::Half* p, std::size_t n) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first(n), p));
  }
  NN_TARGET static Reg load_part(const std::int8_t* p, std::size_t n) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(first(n), p)));
  }
  NN_TARGET static void store_part(float* p, Reg x, std::size_t n) { _mm512_mask_storeu_ps(p, first(n), x); }
  NN_TARGET static __mmask16 first(std::size_t n) { return static_cast<__mmask16>((1u << n) - 1u); }
};

#include "token_table_body.hpp"

}  // namespace

const TokenTableKernels kAvx512TokenTableKernels{"avx512", sum, normalize};

}  // namespace tokenspace::nn

#endif
