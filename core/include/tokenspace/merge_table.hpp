// (left id, right id) -> (rank, merged id): the merge list of BPE as one flat open-addressing table.
//
// Performance notes. Merging waits for this table more than for anything else, so a slot is one 64-bit word while ids
// fit 18 bits (262,144 entries) and ranks 28: GPT-2's 50,000 merges then take 1 MB and stay in the second-level cache.
// Slots are compared in fours, half a cache line, without a branch: whether a pair merges, and where it stands, is as
// good as random. Larger vocabularies get slots of 16 bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/hash.hpp"

namespace tokenspace {

inline constexpr std::uint32_t kNoRank = 0xFFFFFFFFu;

struct Merge {
  std::uint32_t rank = kNoRank;
  std::uint32_t id = 0;
};

class MergeTable {
 public:
  // An id that merges with nothing in a narrow table; find() may be asked for it and one other id.
  static constexpr std::uint32_t kNobody = (1u << 18) - 1;
  bool narrow() const { return !wide_; }

  void reserve(std::size_t merges);
  // A pair given twice keeps the last rank (tokenizers collects into a map). Ranks are the places in the merge list.
  void add(std::uint32_t left, std::uint32_t right, Merge merge);

  // kNoRank (and any id) when the pair does not merge.
  Merge find(std::uint32_t left, std::uint32_t right) const {
    const std::uint64_t key = std::uint64_t{left} << 32 | right;
    if (!wide_) [[likely]] {
      if ((left | right) >> kIdBits != 0) return {};
      const std::uint64_t wanted = (std::uint64_t{left} << kIdBits | right) << kRankBits;
      for (std::size_t slot = hash_u64(key) & mask_ & ~(kTogether - 1);; slot = (slot + kTogether) & mask_) {
        const std::uint64_t* words = &words_[slot];
        // What is left of the wanted word is its rank; of any other, more than all ranks.
        const std::uint64_t rest =
            std::min(std::min(words[0] - wanted, words[1] - wanted), std::min(words[2] - wanted, words[3] - wanted));
        const bool found = rest < kRankMask;
        if (found || words[kTogether - 1] == kFree) [[likely]]
          return {found ? static_cast<std::uint32_t>(rest) : kNoRank, merged_[found ? rest : 0]};
      }
    }
    for (std::size_t slot = hash_u64(key) & mask_;; slot = (slot + 1) & mask_) {
      const Slot& s = slots_[slot];
      if (s.key == key) return s.merge;
      if (s.merge.rank == kNoRank) return {};
    }
  }

  std::size_t size() const { return size_; }
  template <class F>
  void each(F visit) const {  // visit(left, right, merge), in table order
    for (const std::uint64_t word : words_) {
      if (word == kFree) continue;
      const auto rank = static_cast<std::uint32_t>(word & kRankMask);
      visit(static_cast<std::uint32_t>(word >> (kRankBits + kIdBits)),
            static_cast<std::uint32_t>(word >> kRankBits & ((1u << kIdBits) - 1)), Merge{rank, merged_[rank]});
    }
    for (const Slot& s : slots_) {
      if (s.merge.rank != kNoRank) {
        visit(static_cast<std::uint32_t>(s.key >> 32), static_cast<std::uint32_t>(s.key), s.merge);
      }
    }
  }

 private:
  static constexpr unsigned kIdBits = 18;
  static constexpr unsigned kRankBits = 28;
  static constexpr std::uint64_t kRankMask = (1u << kRankBits) - 1;
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};
  static constexpr std::size_t kTogether = 4;
  struct Slot {
    std::uint64_t key = ~std::uint64_t{0};
    Merge merge;
  };
  void insert(std::uint32_t left, std::uint32_t right, Merge merge);
  void rebuild(std::size_t capacity, bool wide);

  bool wide_ = false;
  Buffer<std::uint64_t> words_ = Buffer<std::uint64_t>(16, kFree);     // power of two, at most half full
  std::vector<std::uint32_t> merged_ = std::vector<std::uint32_t>(1);  // rank -> merged id, never empty
  std::vector<Slot> slots_;                                            // instead of words_ when wide
  std::size_t mask_ = 15;
  std::size_t size_ = 0;
};

}  // namespace tokenspace
