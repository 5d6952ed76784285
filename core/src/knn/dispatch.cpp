// Which kernels this machine can run.
#include <array>

#include "kernels.hpp"

namespace tokenspace::knn {

namespace {

struct Sets {
  std::array<const Kernels*, 3> items{};
  std::size_t count = 0;

  Sets() {
    items[count++] = &kScalarKernels;
#if defined(__x86_64__)
    __builtin_cpu_init();
    // clang 14 knows no "f16c"; every processor with AVX2 and FMA has it (it came with Ivy Bridge and Piledriver).
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      items[count++] = &kAvx2Kernels;
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
      items[count++] = &kAvx512Kernels;
    }
#endif
  }
};

const Sets& sets() {
  static const Sets found;
  return found;
}

}  // namespace

std::size_t kernel_sets(const Kernels* const** out) {
  *out = sets().items.data();
  return sets().count;
}

const Kernels& kernels() {
  return *sets().items[sets().count - 1];
}

}  // namespace tokenspace::knn
