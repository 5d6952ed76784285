// Which kernels this machine can run.
#include <array>

#include "cpu/features.hpp"
#include "kernels.hpp"

namespace tokenspace::knn {

namespace {

struct Sets {
  std::array<const Kernels*, 3> items{};
  std::size_t count = 0;

  Sets() {
    items[count++] = &kScalarKernels;
#if defined(__x86_64__)
    if (cpu::features().avx2) items[count++] = &kAvx2Kernels;
    if (cpu::features().avx512) items[count++] = &kAvx512Kernels;
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
