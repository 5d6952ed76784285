// pair_kernels.hpp for any machine: plain code on four floats at a time, which compilers turn into what every 64-bit
// machine has (SSE2, NEON); and the choice among the kernels.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "pair_kernels.hpp"

#define TS_TARGET

namespace tokenspace::vectors {
namespace {

struct V {
  struct Vec {
    float lane[4];
  };
  static constexpr const char* kName = "portable";
  static constexpr std::size_t kWidth = 4;
  static constexpr int kScoreRows = 2;
  static constexpr int kUpdateRows = 4;

  template <class Lane>
  static Vec each(Lane lane) {
    return {{lane(0), lane(1), lane(2), lane(3)}};
  }
  static Vec zero() { return {}; }
  static Vec all(float x) { return {{x, x, x, x}}; }
  static Vec load(const float* p) { return {{p[0], p[1], p[2], p[3]}}; }
  static void store(float* p, Vec v) { std::memcpy(p, v.lane, sizeof v.lane); }
  static Vec load_part(const float* p, std::size_t n) {
    Vec v{};
    for (std::size_t i = 0; i < n; ++i) v.lane[i] = p[i];
    return v;
  }
  static void store_part(float* p, Vec v, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) p[i] = v.lane[i];
  }
  static Vec add(Vec a, Vec b) {
    return each([&](int i) { return a.lane[i] + b.lane[i]; });
  }
  static Vec sub(Vec a, Vec b) {
    return each([&](int i) { return a.lane[i] - b.lane[i]; });
  }
  static Vec mul(Vec a, Vec b) {
    return each([&](int i) { return a.lane[i] * b.lane[i]; });
  }
  static Vec div(Vec a, Vec b) {
    return each([&](int i) { return a.lane[i] / b.lane[i]; });
  }
  static Vec min(Vec a, Vec b) {
    return each([&](int i) { return a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]; });
  }
  static Vec max(Vec a, Vec b) {
    return each([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
  }
  static Vec fma(Vec a, Vec b, Vec c) {
    return each([&](int i) { return a.lane[i] * b.lane[i] + c.lane[i]; });
  }
  static Vec where_below(Vec v, Vec x, Vec limit) {
    return each([&](int i) { return std::abs(x.lane[i]) < limit.lane[i] ? v.lane[i] : 0.0f; });
  }
  static Vec scale2(Vec p, Vec t) {
    return each([&](int i) {
      std::uint32_t bits;
      std::uint32_t power;
      std::memcpy(&bits, &p.lane[i], 4);
      std::memcpy(&power, &t.lane[i], 4);
      bits += power << 23;
      float out;
      std::memcpy(&out, &bits, 4);
      return out;
    });
  }
  static void sum4(Vec a, Vec b, Vec c, Vec d, float* p, int n) {
    const Vec* const all[4] = {&a, &b, &c, &d};
    for (int i = 0; i < n; ++i) {
      const float* const v = all[i]->lane;
      p[i] = (v[0] + v[1]) + (v[2] + v[3]);
    }
  }
};

}  // namespace
}  // namespace tokenspace::vectors

#include "pair_kernels_body.hpp"

namespace tokenspace::vectors {

const PairKernels& portable_pair_kernels() {
  return kKernels;
}

const PairKernels& pair_kernels() {
  static const PairKernels& best = []() -> const PairKernels& {
    if (const PairKernels* kernels = avx512_pair_kernels()) return *kernels;
    if (const PairKernels* kernels = avx2_pair_kernels()) return *kernels;
    return portable_pair_kernels();
  }();
  return best;
}

}  // namespace tokenspace::vectors
