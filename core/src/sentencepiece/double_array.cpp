#include "double_array.hpp"

#include <algorithm>

namespace tokenspace::sentencepiece {
namespace {

constexpr std::uint32_t kBlock = 256;
// Free slots are looked for in the last blocks only: older holes cost memory, a search through all of them would cost
// time.
constexpr std::uint32_t kOpenBlocks = 16;
constexpr std::uint32_t kNone = 0xFFFFFFFF;

// Free slots as a doubly linked list, block by block.
class Builder {
 public:
  explicit Builder(const std::vector<std::pair<std::string_view, std::uint32_t>>& keys) : keys_(keys) {}

  std::uint32_t build(std::vector<std::uint64_t>& nodes) {
    struct Pending {
      std::size_t first, last;  // keys [first, last) share their first `depth` bytes
      std::uint32_t depth;
      std::uint32_t node;  // slot of the node itself, kNone for the root
    };
    std::uint32_t root = 0;
    std::vector<Pending> stack{{0, keys_.size(), 0, kNone}};
    std::vector<unsigned char> labels;
    std::vector<std::size_t> starts;
    while (!stack.empty()) {
      const Pending at = stack.back();
      stack.pop_back();
      labels.clear();
      starts.clear();
      for (std::size_t i = at.first; i < at.last; ++i) {
        const auto byte = static_cast<unsigned char>(keys_[i].first[at.depth]);
        if (labels.empty() || labels.back() != byte) {
          labels.push_back(byte);
          starts.push_back(i);
        }
      }
      starts.push_back(at.last);
      const std::uint32_t base = find_base(labels);
      if (at.node == kNone) {
        root = base;
      } else {
        nodes_[at.node] |= static_cast<std::uint64_t>(base) << 32;
      }
      for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::uint32_t slot = base ^ labels[i];
        take(slot);
        std::uint64_t word = labels[i] + 1u;
        std::size_t first = starts[i];
        if (keys_[first].first.size() == at.depth + 1) {  // sorted: the key that ends here comes first
          word |= static_cast<std::uint64_t>(keys_[first].second + 1) << 9;
          ++first;
        }
        nodes_[slot] = word;
        if (first < starts[i + 1]) stack.push_back({first, starts[i + 1], at.depth + 1, slot});
      }
    }
    // A node without children keeps base 0: no node owns base 0, so slot 0 ^ byte never matches by accident.
    nodes = std::move(nodes_);
    return root;
  }

 private:
  void add_block() {
    const auto begin = static_cast<std::uint32_t>(nodes_.size());
    nodes_.resize(begin + kBlock, 0);
    used_base_.resize(begin + kBlock, false);
    next_.resize(begin + kBlock);
    prev_.resize(begin + kBlock);
    taken_.resize(begin + kBlock, false);
    if (begin == 0) {
      // Base 0 belongs to childless nodes, so its children's slots (the whole first block) stay free.
      used_base_[0] = true;
      std::fill(taken_.begin(), taken_.end(), true);
      return;
    }
    for (std::uint32_t i = begin; i < begin + kBlock; ++i) link(i);
    if (begin / kBlock > kOpenBlocks) close_block(begin / kBlock - kOpenBlocks);
  }

  void link(std::uint32_t slot) {
    prev_[slot] = tail_;
    next_[slot] = kNone;
    (tail_ == kNone ? head_ : next_[tail_]) = slot;
    tail_ = slot;
  }

  void unlink(std::uint32_t slot) {
    (prev_[slot] == kNone ? head_ : next_[prev_[slot]]) = next_[slot];
    (next_[slot] == kNone ? tail_ : prev_[next_[slot]]) = prev_[slot];
  }

  void close_block(std::uint32_t block) {
    for (std::uint32_t i = block * kBlock; i < (block + 1) * kBlock; ++i) {
      if (taken_[i]) continue;
      unlink(i);
      taken_[i] = true;  // never offered again; its word stays 0, which no byte matches
    }
  }

  void take(std::uint32_t slot) {
    unlink(slot);
    taken_[slot] = true;
  }

  std::uint32_t find_base(const std::vector<unsigned char>& labels) {
    for (;;) {
      for (std::uint32_t slot = head_; slot != kNone; slot = next_[slot]) {
        const std::uint32_t base = slot ^ labels[0];
        if (used_base_[base]) continue;
        bool fits = true;
        for (std::size_t i = 1; i < labels.size() && fits; ++i) fits = !taken_[base ^ labels[i]];
        if (fits) {
          used_base_[base] = true;
          return base;
        }
      }
      add_block();
    }
  }

  const std::vector<std::pair<std::string_view, std::uint32_t>>& keys_;
  std::vector<std::uint64_t> nodes_;
  std::vector<bool> used_base_, taken_;
  std::vector<std::uint32_t> next_, prev_;
  std::uint32_t head_ = kNone, tail_ = kNone;
};

}  // namespace

DoubleArray::DoubleArray(const std::vector<std::pair<std::string_view, std::uint32_t>>& sorted) {
  if (!sorted.empty()) root_ = Builder(sorted).build(nodes_);
}

}  // namespace tokenspace::sentencepiece
