// Which kernels this machine can run.

#include "cpu/features.hpp"
#include "cpu/kernel_list.hpp"
#include "kernels.hpp"

namespace tokenspace::knn {

namespace {

const cpu::KernelList<Kernels>& sets() {
  static const cpu::KernelList<Kernels> found = [] {
    cpu::KernelList<Kernels> list(kScalarKernels);
#if defined(__x86_64__)
    const cpu::Features& has = cpu::features();
    list.add(has.avx2, kAvx2Kernels);
    list.add(has.avx512, kAvx512Kernels);
#endif
    return list;
  }();
  return found;
}

}  // namespace

std::size_t kernel_sets(const Kernels* const** out) {
  *out = sets().begin();
  return sets().size();
}

const Kernels& kernels() {
  return sets().best();
}

}  // namespace tokenspace::knn
