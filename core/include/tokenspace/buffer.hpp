// std::vector whose resize() leaves new elements uninitialized: output arrays are written once, not zeroed first.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace tokenspace {

// Large arrays ask for huge pages: with 4 KiB ones, page faults and TLB misses cost a pass over fresh memory 5 to 10 %.
inline constexpr std::size_t kHugePage = std::size_t{2} << 20;
inline constexpr std::align_val_t kCacheLine{64};
void* allocate_large(std::size_t bytes);  // aligned to kHugePage; std::bad_alloc
void free_large(void* p) noexcept;

template <class T>
struct DefaultInit : std::allocator<T> {
  static_assert(std::is_trivially_copyable_v<T>);
  T* allocate(std::size_t n) {
    if (n > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    if (n * sizeof(T) >= 2 * kHugePage) return static_cast<T*>(allocate_large(n * sizeof(T)));
    return static_cast<T*>(::operator new(n * sizeof(T), kCacheLine));
  }
  void deallocate(T* p, std::size_t n) noexcept {
    if (n * sizeof(T) >= 2 * kHugePage) return free_large(p);
    ::operator delete(p, kCacheLine);
  }
  template <class U>
  struct rebind {
    using other = DefaultInit<U>;
  };
  template <class U>
  void construct(U* p) noexcept {
    ::new (static_cast<void*>(p)) U;
  }
  template <class U, class... Args>
  void construct(U* p, Args&&... args) {
    ::new (static_cast<void*>(p)) U(std::forward<Args>(args)...);
  }
};

template <class T>
using Buffer = std::vector<T, DefaultInit<T>>;

}  // namespace tokenspace
