// The kernels in plain C++: the twin of the vector sets, and what other processors run.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "bfloat16.hpp"
#include "half.hpp"
#include "kernels.hpp"

#define KNN_TARGET

namespace tokenspace::knn {
namespace {

struct V {
  static constexpr std::size_t kLanes = 1;
  static constexpr int kPackVectors = 8;
  static constexpr int kTileRows = 3;
  static constexpr int kFewRows = 2;
  using Reg = float;
  static Reg zero() { return 0.0f; }
  static Reg set1(float x) { return x; }
  static Reg load(const float* p) { return *p; }
  static Reg load(const Half* p) { return to_float(*p); }
  static Reg load(const Bfloat16* p) { return to_float(*p); }
  static Reg load(const std::int8_t* p) { return static_cast<float>(*p); }
  static Reg load(const double* p) { return static_cast<float>(*p); }
  template <class T>
  static Reg load_part(const T* p, std::size_t) {
    return load(p);  // one lane has no parts: never called
  }
  static void store(float* p, Reg x) { *p = x; }
  static Reg sub(Reg a, Reg b) { return a - b; }
  static Reg mul(Reg a, Reg b) { return a * b; }
  static Reg div(Reg a, Reg b) { return a / b; }
  static Reg fma(Reg a, Reg b, Reg c) { return a * b + c; }
  static Reg fnma(Reg a, Reg b, Reg c) { return c - a * b; }
  static float sum(Reg x) { return x; }
  static std::uint32_t not_at_most(Reg a, Reg b) { return a <= b ? 0u : 1u; }
};

#include "kernels_body.hpp"

}  // namespace

const Kernels kScalarKernels{"scalar", V::kLanes, V::kLanes* V::kPackVectors, V::kTileRows, few, tile, widen};

}  // namespace tokenspace::knn
