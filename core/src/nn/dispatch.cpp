// Which kernels this machine can run.
#include <string>

#include "cpu/features.hpp"
#include "cpu/kernel_list.hpp"
#include "kernels.hpp"

namespace tokenspace::nn {

namespace {

const cpu::KernelList<Kernels>& sets() {
  static const cpu::KernelList<Kernels> found = [] {
    cpu::KernelList<Kernels> list(kPortableKernels);
#if defined(__x86_64__)
    const cpu::Features& has = cpu::features();
    list.add(has.avx2, kAvx2Kernels);
    list.add(has.avx_vnni, kAvx2VnniKernels);
    list.add(has.avx512, kAvx512Kernels);
    list.add(has.avx512_vnni, kAvx512VnniKernels);
    list.add(has.avx512_vnni && has.avx512_bf16, kAvx512Bf16Kernels);
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

const Kernels* find_kernels(const std::string& name) {
  if (name.empty()) return &sets().best();
  for (const Kernels* set : sets()) {
    if (name == set->name) return set;
  }
  return nullptr;
}

std::vector<KernelSetInfo> transformer_kernel_sets() {
  std::vector<KernelSetInfo> found;
  for (const Kernels* set : sets()) found.push_back({set->name, set->bf16 != nullptr, set->int8 != nullptr});
  return found;
}

}  // namespace tokenspace::nn
