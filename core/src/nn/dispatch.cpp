// Which kernels this machine can run.
#include <array>
#include <string>

#include "kernels.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tokenspace::nn {

namespace {

struct Sets {
  std::array<const Kernels*, 6> items{};
  std::size_t count = 0;

  Sets() {
    items[count++] = &kPortableKernels;
#if defined(__x86_64__)
    // The compiler's checks include whether the system saves the wide registers; what clang 14 has no name for is asked
    // of the processor itself.
    __builtin_cpu_init();
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) == 0) eax = 0;
    const bool avx_vnni = (eax & 1u << 4) != 0, bf16 = (eax & 1u << 5) != 0;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      items[count++] = &kAvx2Kernels;
      if (avx_vnni) items[count++] = &kAvx2VnniKernels;
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
      items[count++] = &kAvx512Kernels;
      if (__builtin_cpu_supports("avx512vnni")) {
        items[count++] = &kAvx512VnniKernels;
        if (bf16) items[count++] = &kAvx512Bf16Kernels;
      }
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
