// A trie over bytes as one hash table of edges: built in one pass over the keys (a double array takes ten times longer
// to build), one probe a byte to walk.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenspace/hash.hpp"

namespace tokenspace {

class ByteTrie {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;
  static constexpr std::uint32_t kRoot = 0;

  ByteTrie();
  void reserve(std::size_t bytes);
  // `value` != kNone; the last value of equal keys stays.
  void add(std::string_view key, std::uint32_t value);

  // The node behind `node` by `byte`, kNone when there is none.
  std::uint32_t child(std::uint32_t node, unsigned char byte) const {
    const std::uint32_t key = node << 8 | byte;
    for (std::size_t slot = hash(key) & mask_;; slot = (slot + 1) & mask_) {
      if (edges_[slot].key == key) return edges_[slot].node;
      if (edges_[slot].node == kNone) return kNone;
    }
  }
  std::uint32_t value(std::uint32_t node) const { return values_[node]; }
  std::size_t nodes() const { return values_.size(); }

 private:
  struct Edge {
    std::uint32_t key = kNone;  // parent << 8 | byte: at most 2^24 nodes (LimitError above)
    std::uint32_t node = kNone;
  };
  static std::size_t hash(std::uint32_t key) { return static_cast<std::size_t>((key * kHashSeed0) >> 32); }
  void grow(std::size_t capacity);

  std::vector<Edge> edges_;
  std::size_t mask_;
  std::vector<std::uint32_t> values_;
};

}  // namespace tokenspace
