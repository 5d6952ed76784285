// std::vector whose resize() leaves new elements uninitialized: output arrays are written once, not zeroed first.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace tokenspace {

template <class T>
struct DefaultInit : std::allocator<T> {
  static_assert(std::is_trivially_copyable_v<T>);
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
