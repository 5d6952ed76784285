// The kernels in plain C++, four lanes of the compiler's own vectors: the twin of the other sets, and what other
// processors run.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "kernels.hpp"

#define NN_TARGET

namespace tokenspace::nn {
namespace {

struct V {
  static constexpr std::size_t kLanes = 4;
  static constexpr int kTileRows = 6;
  static constexpr int kTileVectors = 2;
  using Reg = float __attribute__((vector_size(16)));
  using Bits = std::int32_t __attribute__((vector_size(16)));

  static Reg zero() { return Reg{}; }
  static Reg set1(float x) { return Reg{x, x, x, x}; }
  static Reg broadcast(const char* p) {
    std::int32_t bits;
    std::memcpy(&bits, p, sizeof bits);
    return to_reg(Bits{bits, bits, bits, bits});
  }
  static Reg load(const float* p) {
    Reg x;
    std::memcpy(&x, p, sizeof x);
    return x;
  }
  static void store(float* p, Reg x) { std::memcpy(p, &x, sizeof x); }
  static void store_bytes(std::uint8_t* p, Reg x) {
    for (int i = 0; i < 4; ++i) p[i] = static_cast<std::uint8_t>(x[i]);
  }
  static Reg add(Reg a, Reg b) { return a + b; }
  static Reg sub(Reg a, Reg b) { return a - b; }
  static Reg mul(Reg a, Reg b) { return a * b; }
  static Reg div(Reg a, Reg b) { return a / b; }
  static Reg min(Reg a, Reg b) { return a < b ? a : b; }
  static Reg max(Reg a, Reg b) { return a > b ? a : b; }
  static Reg fma(Reg a, Reg b, Reg c) { return a * b + c; }
  static Reg fnma(Reg a, Reg b, Reg c) { return c - a * b; }
  // Adding 1.5 * 2^23 leaves no place for what is behind the point; |x| < 2^22.
  static Reg round(Reg x) { return (x + 12582912.0f) - 12582912.0f; }
  static float sum(Reg x) { return (x[0] + x[2]) + (x[1] + x[3]); }
  static float largest(Reg x) { return std::max(std::max(x[0], x[1]), std::max(x[2], x[3])); }
  static float least(Reg x) { return std::min(std::min(x[0], x[1]), std::min(x[2], x[3])); }
  static Reg keep_first(Reg x, std::size_t n) {
    for (std::size_t i = n; i < kLanes; ++i) x[i] = 0.0f;
    return x;
  }
  static Reg keep_not_below(Reg x, Reg y, Reg z) { return y >= z ? x : zero(); }
  static Reg choose_below(Reg x, Reg y, Reg a, Reg b) { return x < y ? a : b; }
  static Reg scale_by_power(Reg x, Reg n) { return x * to_reg((__builtin_convertvector(n, Bits) + 127) << 23); }
  static Reg from_int(Reg x) { return __builtin_convertvector(to_bits(x), Reg); }
  static Reg sub_product(Reg x, std::int32_t a, const std::int32_t* b) {
    return to_reg(to_bits(x) - a * Bits{b[0], b[1], b[2], b[3]});
  }
  static Reg dot_int8(Reg sum, Reg a, Reg b) {
    std::uint8_t left[16];
    std::int8_t right[16];
    std::memcpy(left, &a, 16);
    std::memcpy(right, &b, 16);
    Bits bits = to_bits(sum);
    for (int lane = 0; lane < 4; ++lane) {
      for (int i = 0; i < 4; ++i) bits[lane] += left[4 * lane + i] * right[4 * lane + i];
    }
    return to_reg(bits);
  }

 private:
  static Bits to_bits(Reg x) {
    Bits bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
  }
  static Reg to_reg(Bits bits) {
    Reg x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
  }
};

#include "kernels_body.hpp"

}  // namespace

const Kernels kPortableKernels{"portable", kPanel,   product<DotFp32>, nullptr, product<DotInt8>,
                               softmax<>,  add_norm, nullptr,          quantize};

}  // namespace tokenspace::nn
