// (left id, right id) -> (rank, merged id): the merge list of BPE as one flat open-addressing table.
#pragma once

#include <cstdint>
#include <vector>

#include "tokenspace/hash.hpp"

namespace tokenspace {

inline constexpr std::uint32_t kNoRank = 0xFFFFFFFFu;

struct Merge {
  std::uint32_t rank = kNoRank;
  std::uint32_t id = 0;
};

class MergeTable {
 public:
  void reserve(std::size_t merges);
  // A pair given twice keeps the last rank (tokenizers collects into a map).
  void add(std::uint32_t left, std::uint32_t right, Merge merge);

  Merge find(std::uint32_t left, std::uint32_t right) const {
    const std::uint64_t key = std::uint64_t{left} << 32 | right;
    for (std::size_t slot = hash_u64(key) & mask_;; slot = (slot + 1) & mask_) {
      const Slot& s = slots_[slot];
      if (s.key == key) return s.merge;
      if (s.merge.rank == kNoRank) return {};
    }
  }
  void prefetch(std::uint32_t left, std::uint32_t right) const {
    __builtin_prefetch(&slots_[hash_u64(std::uint64_t{left} << 32 | right) & mask_]);
  }

  std::size_t size() const { return size_; }
  template <class F>
  void each(F visit) const {  // visit(left, right, merge), in table order
    for (const Slot& s : slots_) {
      if (s.merge.rank != kNoRank) {
        visit(static_cast<std::uint32_t>(s.key >> 32), static_cast<std::uint32_t>(s.key), s.merge);
      }
    }
  }

 private:
  struct Slot {
    std::uint64_t key = ~std::uint64_t{0};
    Merge merge;
  };
  void grow(std::size_t capacity);

  std::vector<Slot> slots_ = std::vector<Slot>(16);  // power of two, at most half full
  std::size_t mask_ = 15;
  std::size_t size_ = 0;
};

}  // namespace tokenspace
