#include "tokenspace/merge_table.hpp"

#include <utility>

namespace tokenspace {

void MergeTable::reserve(std::size_t merges) {
  std::size_t capacity = mask_ + 1;
  while (capacity < merges * 2) capacity *= 2;
  if (capacity != mask_ + 1) rebuild(capacity, wide_);
  merged_.reserve(merges);
}

void MergeTable::rebuild(std::size_t capacity, bool wide) {
  MergeTable old = std::move(*this);
  wide_ = wide;
  size_ = 0;
  mask_ = capacity - 1;
  words_.assign(wide ? 0 : capacity, kFree);
  slots_.assign(wide ? capacity : 0, Slot{});
  merged_ = wide ? std::vector<std::uint32_t>(1) : old.merged_;
  old.each([this](std::uint32_t left, std::uint32_t right, Merge merge) { insert(left, right, merge); });
}

void MergeTable::insert(std::uint32_t left, std::uint32_t right, Merge merge) {
  const std::uint64_t key = std::uint64_t{left} << 32 | right;
  std::size_t slot = hash_u64(key) & mask_;
  if (wide_) {
    while (slots_[slot].merge.rank != kNoRank && slots_[slot].key != key) slot = (slot + 1) & mask_;
    if (slots_[slot].merge.rank == kNoRank) ++size_;
    slots_[slot] = {key, merge};
    return;
  }
  const std::uint64_t narrow = std::uint64_t{left} << kIdBits | right;
  slot &= ~(kTogether - 1);
  while (words_[slot] != kFree && words_[slot] >> kRankBits != narrow) slot = (slot + 1) & mask_;
  if (words_[slot] == kFree) ++size_;
  words_[slot] = narrow << kRankBits | merge.rank;
  if (merged_.size() <= merge.rank) merged_.resize(merge.rank + 1);
  merged_[merge.rank] = merge.id;
}

void MergeTable::add(std::uint32_t left, std::uint32_t right, Merge merge) {
  // The largest ids together with the largest rank would look like a free word.
  constexpr std::uint32_t kLargest = (1u << kIdBits) - 2;
  // Ranks far beyond the number of merges (a made-up file) must not size an array.
  const bool sparse = merge.rank > size_ * 8 + 65536 && merge.rank > merged_.capacity();
  if (!wide_ && (left > kLargest || right > kLargest || merge.rank >= kRankMask || sparse)) rebuild(mask_ + 1, true);
  if ((size_ + 1) * 2 > mask_ + 1) rebuild((mask_ + 1) * 2, wide_);
  insert(left, right, merge);
}

}  // namespace tokenspace
