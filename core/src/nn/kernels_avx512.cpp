// The kernels for AVX-512.
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

#define NN_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))

namespace tokenspace::nn {
namespace {

#include "lanes_avx512.hpp"

using V = Lanes512;

#include "kernels_body.hpp"

}  // namespace

const Kernels kAvx512Kernels{"avx512",  kPanel,   product<DotFp32>, nullptr, nullptr,
                             softmax<>, add_norm, nullptr,          quantize};

}  // namespace tokenspace::nn

#endif
