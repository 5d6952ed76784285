// Which vector instructions this processor has and the system saves the registers of: asked once, by every dispatch
// table.
#pragma once

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tokenspace::cpu {

struct Features {
  bool avx2 = false;  // with FMA, and F16C: every processor with the two has it (Ivy Bridge and Piledriver brought it)
  bool avx512 = false;  // F, BW, DQ and VL together, as every processor since Skylake's servers
  bool avx_vnni = false;
  bool avx512_vnni = false;
  bool avx512_bf16 = false;
};

inline const Features& features() {
  static const Features found = [] {
    Features has;
#if defined(__x86_64__)
    __builtin_cpu_init();
    has.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    has.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    has.avx512_vnni = has.avx512 && __builtin_cpu_supports("avx512vnni");
    // clang 14 has no name for these two: the processor itself is asked, and the registers are those of the sets above.
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) == 0) eax = 0;
    has.avx_vnni = has.avx2 && (eax & 1u << 4) != 0;
    has.avx512_bf16 = has.avx512 && (eax & 1u << 5) != 0;
#endif
    return has;
  }();
  return found;
}

}  // namespace tokenspace::cpu
