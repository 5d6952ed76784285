#include <cstdlib>

#include "tokenspace/buffer.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace tokenspace {

void* allocate_large(std::size_t bytes) {
  const std::size_t rounded = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* p = rounded < bytes ? nullptr : std::aligned_alloc(kHugePage, rounded);
  if (p == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  (void)madvise(p, rounded, MADV_HUGEPAGE);  // a wish: without huge pages the memory is as good
#endif
  return p;
}

void free_large(void* p) noexcept {
  std::free(p);
}

}  // namespace tokenspace
