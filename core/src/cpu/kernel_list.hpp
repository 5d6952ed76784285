// The kernel sets of one job that this machine can run. For dispatch alone: included where code is compiled for one
// instruction set, its functions would be too.
#pragma once

#include <array>
#include <cstddef>

namespace tokenspace::cpu {

template <typename Kernels>
class KernelList {
 public:
  explicit KernelList(const Kernels& plain) : items_{&plain} {}

  // Takes a set that is better than those before it, where this machine can run it.
  void add(bool runs, const Kernels& better) {
    if (runs) items_[count_++] = &better;
  }

  const Kernels& best() const { return *items_[count_ - 1]; }
  const Kernels* const* begin() const { return items_.data(); }
  const Kernels* const* end() const { return items_.data() + count_; }
  std::size_t size() const { return count_; }

 private:
  std::array<const Kernels*, 6> items_;
  std::size_t count_ = 1;
};

}  // namespace tokenspace::cpu
