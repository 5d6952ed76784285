// The kernels for AVX-512 with its 8-bit products (VNNI).
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

#define NN_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

namespace tokenspace::nn {
namespace {

#include "lanes_avx512.hpp"

struct V : Lanes512 {
  NN_TARGET static Reg dot_int8(Reg sum, Reg a, Reg b) {
    return _mm512_castsi512_ps(
        _mm512_dpbusd_epi32(_mm512_castps_si512(sum), _mm512_castps_si512(a), _mm512_castps_si512(b)));
  }
};

#include "kernels_body.hpp"

}  // namespace

const Kernels kAvx512VnniKernels{"avx512_vnni", kPanel,   product<DotFp32>, nullptr, product<DotInt8>,
                                 softmax<>,     add_norm, nullptr,          quantize};

}  // namespace tokenspace::nn

#endif
