// What a BPE training knows of pairs: their counts, which of them is the most frequent, and in which words they stand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/hash.hpp"

namespace tokenspace::train {

// Left and right id in one word: order of keys is order of (left, right).
inline std::uint64_t pair_key(std::uint32_t left, std::uint32_t right) {
  return static_cast<std::uint64_t>(left) << 32 | right;
}

class PairCounts {
 public:
  explicit PairCounts(std::size_t expected) {
    std::size_t capacity = 1024;
    while (capacity < expected * 2) capacity *= 2;
    reset(capacity);
  }
  std::size_t size() const { return used_; }
  void prefetch(std::uint64_t key) const { __builtin_prefetch(&slots_[hash_u64(key) & mask_]); }
  // The count of `key`, entered with 0 when new. Valid until the next call.
  std::int64_t& operator[](std::uint64_t key) {
    if ((used_ + 1) * 2 > slots_.size()) grow();
    std::size_t at = hash_u64(key) & mask_;
    for (; slots_[at].key != kFree; at = (at + 1) & mask_) {
      if (slots_[at].key == key) return slots_[at].count;
    }
    slots_[at] = {key, 0};
    ++used_;
    return slots_[at].count;
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Slot& slot : slots_) {
      if (slot.key != kFree) visit(slot.key, slot.count);
    }
  }

 private:
  static constexpr std::uint64_t kFree = ~0ull;
  struct Slot {
    std::uint64_t key;
    std::int64_t count;
  };

  void reset(std::size_t capacity) {
    slots_.resize(capacity);
    for (Slot& slot : slots_) slot = {kFree, 0};
    mask_ = capacity - 1;
  }
  void grow() {
    Buffer<Slot> old;
    old.swap(slots_);
    reset(old.size() * 2);
    for (const Slot& slot : old) {
      if (slot.key == kFree) continue;
      std::size_t at = hash_u64(slot.key) & mask_;
      while (slots_[at].key != kFree) at = (at + 1) & mask_;
      slots_[at] = slot;
    }
  }

  Buffer<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

// Lists of word numbers, all freed together.
class WordLists {
 public:
  std::span<std::uint32_t> allocate(std::size_t n) {
    if (n > left_) {
      left_ = std::max(n, kBlock);
      blocks_.emplace_back(left_);
      next_ = blocks_.back().data();
    }
    const std::span<std::uint32_t> out(next_, n);
    next_ += n;
    left_ -= n;
    return out;
  }

 private:
  static constexpr std::size_t kBlock = 1 << 18;
  std::vector<Buffer<std::uint32_t>> blocks_;
  std::uint32_t* next_ = nullptr;
  std::size_t left_ = 0;
};

// A pair that may be merged next. Its count may have changed since it was queued; then it is queued again. A pair whose
// token was spelled anew by another merge stands more than once, each time with the words it was found in then.
struct Candidate {
  std::int64_t count;
  std::uint64_t key;
  std::uint32_t serial;  // order of arrival, the last tie-break
  std::uint32_t words;   // length of the list
  const std::uint32_t* list;
};

class CandidateQueue {
 public:
  void reserve(std::size_t n) { heap_.reserve(n); }
  bool empty() const { return heap_.empty(); }
  void push(const Candidate& candidate) {
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end(), behind);
  }
  void push_unordered(const Candidate& candidate) { heap_.push_back(candidate); }
  void order() { std::make_heap(heap_.begin(), heap_.end(), behind); }
  Candidate pop() {
    std::pop_heap(heap_.begin(), heap_.end(), behind);
    const Candidate top = heap_.back();
    heap_.pop_back();
    return top;
  }

 private:
  static bool behind(const Candidate& a, const Candidate& b) {
    if (a.count != b.count) return a.count < b.count;
    return a.key != b.key ? a.key > b.key : a.serial > b.serial;
  }
  std::vector<Candidate> heap_;
};

}  // namespace tokenspace::train
