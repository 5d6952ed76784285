// The kernels for AVX2 with FMA and the 8-bit products of AVX_VNNI.
#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "kernels.hpp"

#define NN_TARGET __attribute__((target("avx2,fma,avxvnni")))

namespace tokenspace::nn {
namespace {

#include "lanes_avx2.hpp"

struct V : Lanes256 {
  NN_TARGET static Reg dot_int8(Reg sum, Reg a, Reg b) {
    return _mm256_castsi256_ps(
        _mm256_dpbusd_avx_epi32(_mm256_castps_si256(sum), _mm256_castps_si256(a), _mm256_castps_si256(b)));
  }
};

#include "kernels_body.hpp"

}  // namespace

const Kernels kAvx2VnniKernels{"avx2_vnni", kPanel,   product<DotFp32>, nullptr, product<DotInt8>,
                               softmax<>,   add_norm, nullptr,          quantize};

}  // namespace tokenspace::nn

#endif
