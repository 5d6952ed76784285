#include "tokenspace/byte_trie.hpp"

#include <utility>

#include "tokenspace/error.hpp"

namespace tokenspace {

ByteTrie::ByteTrie() : edges_(64), mask_(63), values_(1, kNone) {}

void ByteTrie::reserve(std::size_t bytes) {
  std::size_t capacity = edges_.size();
  while (capacity < bytes) capacity *= 2;
  if (capacity != edges_.size()) grow(capacity);
}

void ByteTrie::grow(std::size_t capacity) {
  std::vector<Edge> old = std::exchange(edges_, std::vector<Edge>(capacity));
  mask_ = capacity - 1;
  for (const Edge& edge : old) {
    if (edge.node == kNone) continue;
    std::size_t slot = hash(edge.key) & mask_;
    while (edges_[slot].node != kNone) slot = (slot + 1) & mask_;
    edges_[slot] = edge;
  }
}

void ByteTrie::add(std::string_view key, std::uint32_t value) {
  std::uint32_t node = kRoot;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    std::uint32_t next = child(node, byte);
    if (next == kNone) {
      if (values_.size() >= (1u << 24) - 1)
        fail(ErrorKind::limit, "read vocabulary", "fewer than 2^24 trie nodes", "more");
      if ((values_.size() + 1) * 2 > edges_.size()) grow(edges_.size() * 2);
      next = static_cast<std::uint32_t>(values_.size());
      values_.push_back(kNone);
      const std::uint32_t edge_key = node << 8 | byte;
      std::size_t slot = hash(edge_key) & mask_;
      while (edges_[slot].node != kNone) slot = (slot + 1) & mask_;
      edges_[slot] = {edge_key, next};
    }
    node = next;
  }
  values_[node] = value;
}

}  // namespace tokenspace
