// Rules -> precompiled_charsmap: u32 size of the trie in bytes, the trie as a Darts double array of little-endian u32
// units, then the targets, each ended by NUL. The trie is a minimal acyclic automaton: equal subtrees share their
// place.
#include <algorithm>
#include <unordered_map>

#include "tokenspace/error.hpp"
#include "tokenspace/sentencepiece_charsmap.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::sentencepiece {
namespace {

constexpr std::uint32_t kNoValue = 0xFFFFFFFF;
constexpr std::uint32_t kBlock = 256;
constexpr std::uint32_t kMaxUnits = 1u << 21;  // of the offsets a unit can state without scaling

struct Node {
  std::uint32_t value = kNoValue;                              // of the source that ends here
  std::vector<std::pair<unsigned char, std::uint32_t>> edges;  // byte -> node, ascending
};

// Built from sorted keys: a node is complete, and can be shared, once a key leaves its path.
class Automaton {
 public:
  Automaton() : open_(1) {}

  void add(std::string_view key, std::uint32_t value) {
    std::size_t common = 0;
    while (common < last_.size() && common < key.size() && last_[common] == key[common]) ++common;
    close_to(common);
    open_.resize(key.size() + 1);
    open_.back().value = value;
    last_ = key;
  }

  // Returns the root.
  std::uint32_t finish() {
    close_to(0);
    return share(std::move(open_[0]));
  }

  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  void close_to(std::size_t depth) {
    while (open_.size() > depth + 1) {
      const std::uint32_t node = share(std::move(open_.back()));
      open_.pop_back();
      open_.back().edges.emplace_back(static_cast<unsigned char>(last_[open_.size() - 1]), node);
    }
  }

  std::uint32_t share(Node node) {
    std::string identity(reinterpret_cast<const char*>(&node.value), sizeof node.value);
    for (const auto& [byte, target] : node.edges) {
      identity.push_back(static_cast<char>(byte));
      identity.append(reinterpret_cast<const char*>(&target), sizeof target);
    }
    const auto [found, is_new] = known_.try_emplace(std::move(identity), static_cast<std::uint32_t>(nodes_.size()));
    if (is_new) nodes_.push_back(std::move(node));
    return found->second;
  }

  std::vector<Node> open_;  // the path of the last key, root first
  std::string_view last_;
  std::vector<Node> nodes_;
  std::unordered_map<std::string, std::uint32_t> known_;
};

// Gives every node a base such that base ^ byte is free for all its bytes (byte 0 holds its value).
class Placement {
 public:
  explicit Placement(const std::vector<Node>& nodes) : nodes_(nodes), bases_(nodes.size(), 0) {}

  std::vector<std::uint32_t> units(std::uint32_t root) {
    grow();
    take(0);          // the root's own unit
    used_[0] = true;  // a root with offset 0 would be its own child
    // From the root on, as readers walk; later nodes are shared ones more often and small.
    for (auto node = nodes_.size(); node-- > 0;) place(static_cast<std::uint32_t>(node));
    // A free unit looks like a value, whose label no byte equals; a zero one would match NUL.
    std::vector<std::uint32_t> out(taken_.size(), 0x80000000u);
    out[0] = bases_[root] << 10;
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
      const std::uint32_t base = bases_[node];
      if (nodes_[node].value != kNoValue) out[base] = nodes_[node].value | 0x80000000u;
      for (const auto& [byte, target] : nodes_[node].edges) {
        const std::uint32_t at = base ^ byte;
        const std::uint32_t leaf = nodes_[target].value == kNoValue ? 0 : 1u << 8;
        out[at] = (at ^ bases_[target]) << 10 | leaf | byte;
      }
    }
    return out;
  }

 private:
  void grow() {
    if (taken_.size() + kBlock > kMaxUnits) {
      fail(ErrorKind::limit, "character map", "at most 2097152 units of the trie", "more", "fewer rules");
    }
    const auto first = static_cast<std::uint32_t>(taken_.size());
    taken_.resize(first + kBlock, 0);
    used_.resize(first + kBlock, 0);
    next_.resize(first + kBlock);
    previous_.resize(first + kBlock);
    for (std::uint32_t slot = first; slot < first + kBlock; ++slot) {
      previous_[slot] = last_free_;
      next_[slot] = kNoValue;
      (last_free_ == kNoValue ? first_free_ : next_[last_free_]) = slot;
      last_free_ = slot;
    }
  }

  void take(std::uint32_t slot) {
    taken_[slot] = 1;
    (previous_[slot] == kNoValue ? first_free_ : next_[previous_[slot]]) = next_[slot];
    (next_[slot] == kNoValue ? last_free_ : previous_[next_[slot]]) = previous_[slot];
  }

  void place(std::uint32_t node) {
    std::vector<unsigned char> labels;
    if (nodes_[node].value != kNoValue) labels.push_back(0);
    for (const auto& edge : nodes_[node].edges) labels.push_back(edge.first);
    for (std::uint32_t slot = first_free_;; slot = next_[slot]) {
      if (slot == kNoValue) {
        slot = static_cast<std::uint32_t>(taken_.size());
        grow();
      }
      const std::uint32_t base = slot ^ labels[0];
      if (used_[base] != 0) continue;
      if (std::any_of(labels.begin(), labels.end(), [&](unsigned char label) { return taken_[base ^ label] != 0; }))
        continue;
      used_[base] = 1;
      for (const unsigned char label : labels) take(base ^ label);
      bases_[node] = base;
      return;
    }
  }

  const std::vector<Node>& nodes_;
  std::vector<std::uint32_t> bases_;
  std::vector<unsigned char> taken_, used_;
  std::vector<std::uint32_t> next_, previous_;  // free units in ascending order, as a list
  std::uint32_t first_free_ = kNoValue, last_free_ = kNoValue;
};

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift & 0xFF));
}

}  // namespace

std::string compile_charsmap(std::vector<CharsMapRule> rules) {
  if (rules.empty()) return {};
  const auto bad = [](std::string_view expected, std::string_view received) {
    fail(ErrorKind::invalid_argument, "character map", expected, received);
  };
  std::sort(rules.begin(), rules.end(),
            [](const CharsMapRule& a, const CharsMapRule& b) { return a.source < b.source; });
  std::string targets;
  std::unordered_map<std::string_view, std::uint32_t> target_at;
  Automaton automaton;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& [source, target] = rules[i];
    if (source.empty()) bad("sources that are not empty", "an empty one");
    if (i > 0 && source == rules[i - 1].source) bad("distinct sources", "'" + source + "' twice");
    if (!utf8::is_valid(source) || !utf8::is_valid(target)) bad("rules in UTF-8", "an invalid sequence");
    if (source.find('\0') != std::string::npos || target.find('\0') != std::string::npos) {
      bad("rules without NUL", "one with it");
    }
    const auto [found, is_new] = target_at.try_emplace(target, static_cast<std::uint32_t>(targets.size()));
    if (is_new) targets.append(target).push_back('\0');
    automaton.add(source, found->second);
  }
  const std::uint32_t root = automaton.finish();
  const std::vector<std::uint32_t> units = Placement(automaton.nodes()).units(root);
  std::string out;
  out.reserve(4 + units.size() * 4 + targets.size());
  append_u32(out, static_cast<std::uint32_t>(units.size() * 4));
  for (const std::uint32_t unit : units) append_u32(out, unit);
  return out.append(targets);
}

}  // namespace tokenspace::sentencepiece
