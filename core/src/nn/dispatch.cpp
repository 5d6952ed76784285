// Which kernels this machine can run.
#include <array>
#include <string>

#include "cpu/features.hpp"
#include "kernels.hpp"

namespace tokenspace::nn {

namespace {

struct Sets {
  std::array<const Kernels*, 6> items{};
  std::size_t count = 0;

  Sets() {
    items[count++] = &kPortableKernels;
#if defined(__x86_64__)
    const cpu::Features& has = cpu::features();
    if (has.avx2) items[count++] = &kAvx2Kernels;
    if (has.avx_vnni) items[count++] = &kAvx2VnniKernels;
    if (has.avx512) items[count++] = &kAvx512Kernels;
    if (has.avx512_vnni) items[count++] = &kAvx512VnniKernels;
    if (has.avx512_vnni && has.avx512_bf16) items[count++] = &kAvx512Bf16Kernels;
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

const Kernels* find_kernels(const std::string& name) {
  if (name.empty()) return sets().items[sets().count - 1];
  for (std::size_t i = 0; i < sets().count; ++i) {
    if (name == sets().items[i]->name) return sets().items[i];
  }
  return nullptr;
}

std::vector<KernelSetInfo> transformer_kernel_sets() {
  std::vector<KernelSetInfo> found;
  for (std::size_t i = 0; i < sets().count; ++i) {
    const Kernels& set = *sets().items[i];
    found.push_back({set.name, set.bf16 != nullptr, set.int8 != nullptr});
  }
  return found;
}

}  // namespace tokenspace::nn
