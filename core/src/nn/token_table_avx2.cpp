// The kernels for AVX2 with FMA and F16C: eight lanes.
#if defined(__x86_64__)

#include <immintrin.h>

#include <cmath>
#include <cstring>

#include "knn/half.hpp"
#include "token_table_kernels.hpp"

#define NN_TARGET __attribute__((target("avx2,fma,f16c")))

namespace tokenspace::nn {
namespace {

#include "lanes_avx2.hpp"

struct V : Lanes256 {
  static constexpr int kVectors = 8;  // sums that stay in registers
  using Lanes256::load;

  NN_TARGET static Reg load(const knn::Half* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  NN_TARGET static Reg load(const std::int8_t* p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))));
  }
  template <class T>
  NN_TARGET static Reg load_part(const T* p, std::size_t n) {
    T padded[kLanes] = {};
    std::memcpy(padded, p, n * sizeof(T));
    return load(padded);
  }
  NN_TARGET static void store_part(float* p, Reg x, std::size_t n) {
    float whole[kLanes];
    store(whole, x);
    std::memcpy(p, whole, n * sizeof(float));
  }
};

#include "token_table_body.hpp"

}  // namespace

const TokenTableKernels kAvx2TokenTableKernels{"avx2", sum, normalize};

}  // namespace tokenspace::nn

#endif
