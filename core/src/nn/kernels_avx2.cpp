// The kernels for AVX2 with FMA.
#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "kernels.hpp"

#define NN_TARGET __attribute__((target("avx2,fma")))

namespace tokenspace::nn {
namespace {

#include "lanes_avx2.hpp"

using V = Lanes256;

#include "kernels_body.hpp"

}  // namespace

const Kernels kAvx2Kernels{"avx2", kPanel, product<DotFp32>, nullptr, nullptr, softmax<>, add_norm, nullptr, quantize};

}  // namespace tokenspace::nn

#endif
