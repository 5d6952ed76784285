#include "tokenspace/merge_table.hpp"

#include <utility>

namespace tokenspace {

void MergeTable::reserve(std::size_t merges) {
  std::size_t capacity = slots_.size();
  while (capacity < merges * 2) capacity *= 2;
  if (capacity != slots_.size()) grow(capacity);
}

void MergeTable::grow(std::size_t capacity) {
  std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(capacity));
  mask_ = capacity - 1;
  for (const Slot& s : old) {
    if (s.merge.rank == kNoRank) continue;
    std::size_t slot = hash_u64(s.key) & mask_;
    while (slots_[slot].merge.rank != kNoRank) slot = (slot + 1) & mask_;
    slots_[slot] = s;
  }
}

void MergeTable::add(std::uint32_t left, std::uint32_t right, Merge merge) {
  if ((size_ + 1) * 2 > slots_.size()) grow(slots_.size() * 2);
  const std::uint64_t key = std::uint64_t{left} << 32 | right;
  std::size_t slot = hash_u64(key) & mask_;
  while (slots_[slot].merge.rank != kNoRank && slots_[slot].key != key) slot = (slot + 1) & mask_;
  if (slots_[slot].merge.rank == kNoRank) ++size_;
  slots_[slot] = {key, merge};
}

}  // namespace tokenspace
