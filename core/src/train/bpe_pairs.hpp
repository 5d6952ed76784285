// What a BPE training knows of pairs: their counts, which of them is the most frequent, and in which words they stand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/hash.hpp"

namespace tokenspace::train {

// Left and right id in one word: order of keys is order of (left, right).
inline std::uint64_t pair_key(std::uint32_t left, std::uint32_t right) {
  return static_cast<std::uint64_t>(left) << 32 | right;
}

// A value for each pair, 0 at first.
template <class Value>
class PairTable {
 public:
  explicit PairTable(std::size_t expected) {
    std::size_t capacity = 1024;
    while (capacity * kUsed < expected * kSpread) capacity *= 2;
    reset(capacity);
  }
  // The value of `key`, entered with 0 when new. Valid until the next call.
  Value& operator[](std::uint64_t key) {
    if ((used_ + 1) * kSpread > slots_.size() * kUsed) grow();
    std::size_t at = hash_u64(key) & mask_;
    for (; slots_[at].key != kFree; at = (at + 1) & mask_) {
      if (slots_[at].key == key) return slots_[at].value;
    }
    slots_[at] = {key, 0};
    ++used_;
    return slots_[at].value;
  }

 private:
  static constexpr std::uint64_t kFree = ~0ull;
  static constexpr std::size_t kSpread = 4, kUsed = 3;  // grows when more than 3 of 4 slots are used
  struct Slot {
    std::uint64_t key;
    Value value;
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

using PairCounts = PairTable<std::int64_t>;

// Numbers that pairs were given, 0 at first: by place while the ids are few (bytes), else in a hash table.
class PairNumbers {
 public:
  explicit PairNumbers(std::size_t ids) : ids_(ids) {
    if (ids <= kMostDirect) direct_.assign(ids * ids, 0);
  }
  std::uint32_t& of(std::uint32_t left, std::uint32_t right) {
    return direct_.empty() ? numbers_[pair_key(left, right)] : direct_[left * ids_ + right];
  }

 private:
  static constexpr std::size_t kMostDirect = 1024;
  std::size_t ids_;
  std::vector<std::uint32_t> direct_;
  PairTable<std::uint32_t> numbers_{kMostDirect};
};

// A pair that may be merged next. Its count may have changed since it was queued; then it is queued again. A pair whose
// token was spelled anew by another merge stands more than once, each time with the words it was found in then.
struct Candidate {
  std::int64_t count;
  std::uint64_t key;
  std::uint32_t serial;  // order of arrival, the last tie-break
  std::uint32_t words;   // in the list
  const std::uint8_t* list;
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
