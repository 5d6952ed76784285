#include "tokenspace/huffman.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "tokenspace/error.hpp"

namespace tokenspace {

namespace {

struct Node {
  std::uint64_t count;
  std::uint32_t index;
};

// The heap of Python's heapq, so that equal counts come in its order.
class Heap {
 public:
  explicit Heap(std::vector<Node> nodes) : nodes_(std::move(nodes)) {
    for (std::size_t i = nodes_.size() / 2; i-- > 0;) settle(i);
  }
  Node pop() {
    const Node last = nodes_.back();
    nodes_.pop_back();
    if (nodes_.empty()) return last;
    const Node least = nodes_[0];
    nodes_[0] = last;
    settle(0);
    return least;
  }
  void push(Node node) {
    nodes_.push_back(node);
    rise(0, nodes_.size() - 1);
  }

 private:
  void rise(std::size_t top, std::size_t at) {
    const Node node = nodes_[at];
    while (at > top) {
      const std::size_t parent = (at - 1) / 2;
      if (node.count >= nodes_[parent].count) break;
      nodes_[at] = nodes_[parent];
      at = parent;
    }
    nodes_[at] = node;
  }
  // The smaller child moves up until a leaf is free; the node goes there and rises to its place.
  void settle(std::size_t at) {
    const std::size_t top = at;
    const Node node = nodes_[at];
    for (std::size_t child = 2 * at + 1; child < nodes_.size(); child = 2 * at + 1) {
      if (child + 1 < nodes_.size() && nodes_[child].count >= nodes_[child + 1].count) ++child;
      nodes_[at] = nodes_[child];
      at = child;
    }
    nodes_[at] = node;
    rise(top, at);
  }

  std::vector<Node> nodes_;
};

}  // namespace

HuffmanCodes huffman_codes(std::span<const std::uint64_t> counts) {
  const std::size_t n = counts.size();
  if (n > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    fail(ErrorKind::limit, "huffman", "at most 2147483647 words", std::to_string(n), "a larger min_count");
  }
  HuffmanCodes out;
  out.offsets.assign(n + 1, 0);
  if (n < 2) return out;
  std::vector<Node> leaves(n);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    // A word that never occurs is as rare as one that occurs once: zeros would put one word below the other, n deep.
    const std::uint64_t count = std::max<std::uint64_t>(counts[i], 1);
    if (count > std::numeric_limits<std::uint64_t>::max() - total) {
      fail(ErrorKind::invalid_argument, "huffman", "counts whose sum is below 2^64", "a larger sum", "smaller counts");
    }
    total += count;
    leaves[i] = {count, static_cast<std::uint32_t>(i)};
  }
  Heap heap(std::move(leaves));
  const std::size_t nodes = 2 * n - 1;
  std::vector<std::uint32_t> parents(nodes), depths(nodes);
  std::vector<std::uint8_t> steps(nodes);
  for (std::size_t inner = n; inner < nodes; ++inner) {
    const Node smaller = heap.pop();
    const Node larger = heap.pop();
    parents[smaller.index] = parents[larger.index] = static_cast<std::uint32_t>(inner);
    steps[smaller.index] = 0;
    steps[larger.index] = 1;
    heap.push({smaller.count + larger.count, static_cast<std::uint32_t>(inner)});
  }
  for (std::size_t i = nodes - 1; i-- > 0;) depths[i] = depths[parents[i]] + 1;  // parents come later than children
  for (std::size_t i = 0; i < n; ++i) out.offsets[i + 1] = out.offsets[i] + depths[i];
  out.codes.resize(static_cast<std::size_t>(out.offsets[n]));
  out.points.resize(out.codes.size());
  for (std::size_t i = 0; i < n; ++i) {
    auto at = static_cast<std::size_t>(out.offsets[i + 1]);
    for (std::size_t node = i; node != nodes - 1; node = parents[node]) {
      --at;
      out.codes[at] = steps[node];
      out.points[at] = static_cast<std::int32_t>(parents[node] - n);
    }
  }
  return out;
}

}  // namespace tokenspace
