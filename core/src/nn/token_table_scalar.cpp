// The kernels in plain C++: the twin of the vector kernels, and what other processors run.
#include <cmath>
#include <cstring>

#include "knn/half.hpp"
#include "token_table_kernels.hpp"

#define NN_TARGET

namespace tokenspace::nn {
namespace {

struct V {
  static constexpr std::size_t kLanes = 1;
  static constexpr int kVectors = 16;
  using Reg = float;

  static Reg zero() { return 0.0f; }
  static Reg set1(float x) { return x; }
  static Reg load(const float* p) {
    float value;  // rows of a mapped file may lie at any address
    std::memcpy(&value, p, sizeof value);
    return value;
  }
  static Reg load(const knn::Half* p) {
    knn::Half value;
    std::memcpy(&value, p, sizeof value);
    return knn::to_float(value);
  }
  static Reg load(const std::int8_t* p) { return *p; }
  template <class T>
  static Reg load_part(const T* p, std::size_t) {
    return load(p);
  }
  static void store(float* p, Reg x) { *p = x; }
  static void store_part(float* p, Reg x, std::size_t) { *p = x; }
  static Reg mul(Reg a, Reg b) { return a * b; }
  static Reg fma(Reg a, Reg b, Reg c) { return a * b + c; }
  static float sum(Reg x) { return x; }
};

#include "token_table_body.hpp"

}  // namespace

const TokenTableKernels kScalarTokenTableKernels{"scalar", sum, normalize};

}  // namespace tokenspace::nn
