#include <algorithm>

#include "tokenspace/fasttext_classifier.hpp"

namespace tokenspace::fasttext {

// Leaves and the inner nodes made so far are two queues of rising counts; the two smallest become one, until one is
// left. Equal counts: the inner node first, as fastText has it, since the file does not hold the tree.
LabelTree::LabelTree(const std::vector<std::uint64_t>& counts) : leaves_(counts.size()) {
  if (leaves_ == 0) return;
  constexpr std::uint64_t kNone = 1'000'000'000'000'000;  // fastText's count of a node that is not there yet
  const std::size_t size = 2 * leaves_ - 1;
  nodes_.resize(size);
  std::vector<std::uint64_t> weight(counts);
  weight.resize(size, kNone);
  above_.resize(size);
  std::size_t leaf = leaves_;
  std::size_t inner = leaves_;
  for (std::size_t made = leaves_; made < size; ++made) {
    std::int32_t child[2];
    for (std::int32_t& chosen : child) {
      const bool take_leaf = leaf > 0 && (inner >= made || weight[leaf - 1] < weight[inner]);
      chosen = static_cast<std::int32_t>(take_leaf ? --leaf : inner++);
    }
    nodes_[made] = {child[0], child[1]};
    weight[made] = weight[child[0]] + weight[child[1]];
    for (int side = 0; side < 2; ++side) above_[child[side]] = {static_cast<std::uint32_t>(made), side == 1};
  }
}

}  // namespace tokenspace::fasttext
