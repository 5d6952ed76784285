// The kernels for AVX-512 with its 8-bit products (VNNI) and its bfloat16 (BF16): every processor with the latter has
// both.
#if defined(__x86_64__)

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes the undefined vectors in its own header for uninitialized variables (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "kernels.hpp"

#define NN_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16")))

namespace tokenspace::nn {
namespace {

#include "lanes_avx512.hpp"

struct V : Lanes512 {
  NN_TARGET static Reg dot_int8(Reg sum, Reg a, Reg b) {
    return _mm512_castsi512_ps(
        _mm512_dpbusd_epi32(_mm512_castps_si512(sum), _mm512_castps_si512(a), _mm512_castps_si512(b)));
  }
  NN_TARGET static Reg dot_bf16(Reg sum, Reg a, Reg b) {
    return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
  }
  NN_TARGET static void store_bf16(std::uint16_t* p, Reg x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(x)));
  }
};

#include "kernels_body.hpp"

}  // namespace

const Kernels kAvx512Bf16Kernels{"avx512_bf16", kPanel,   product<DotFp32>, product<DotBf16>, product<DotInt8>,
                                 softmax<>,     add_norm, narrow<>,         quantize};

}  // namespace tokenspace::nn

#endif
