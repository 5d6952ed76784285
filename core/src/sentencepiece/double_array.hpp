// A byte trie in one flat array: a step is one load, and a failed step is seen from the loaded word alone.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tokenspace::sentencepiece {

// Node word: children base (32 bits) | value + 1 (23 bits, 0 = no entry ends here) | incoming byte + 1 (9 bits, 0 =
// free). The child by byte c of a node with base b sits at b ^ c. Bases are unique per node, so the incoming byte alone
// proves the parent; nine bits, because a free slot must differ from every byte.
class DoubleArray {
 public:
  static constexpr std::uint32_t kMaxValue = (1u << 23) - 2;

  DoubleArray() = default;
  // Keys sorted bytewise, distinct and not empty; values <= kMaxValue. O(total key bytes) but for a bounded search for
  // room.
  explicit DoubleArray(const std::vector<std::pair<std::string_view, std::uint32_t>>& sorted);

  bool empty() const { return nodes_.empty(); }
  std::uint32_t root() const { return root_; }
  // The node word reached from `base` by `byte`; matches() says whether that edge exists.
  std::uint64_t step(std::uint32_t base, unsigned char byte) const { return nodes_[base ^ byte]; }
  static bool matches(std::uint64_t node, unsigned char byte) { return (node & 0x1FF) == byte + 1u; }
  static std::uint32_t base(std::uint64_t node) { return static_cast<std::uint32_t>(node >> 32); }
  static bool has_value(std::uint64_t node) { return (node & (0x7FFFFFull << 9)) != 0; }
  static std::uint32_t value(std::uint64_t node) { return static_cast<std::uint32_t>(node >> 9 & 0x7FFFFF) - 1; }
  const std::uint64_t* data() const { return nodes_.data(); }
  std::size_t size() const { return nodes_.size(); }

 private:
  std::vector<std::uint64_t> nodes_;
  std::uint32_t root_ = 0;
};

}  // namespace tokenspace::sentencepiece
