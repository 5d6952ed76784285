#include "token_matcher.hpp"

#include <algorithm>

#include "tokenspace/error.hpp"

namespace tokenspace {
namespace {

constexpr std::size_t kMaxPatternBytes = std::size_t{1} << 30;

}  // namespace

TokenMatcher::TokenMatcher(const std::vector<std::pair<std::string_view, std::uint32_t>>& patterns) {
  root_.fill(kNone);
  std::vector<std::pair<std::string_view, std::uint32_t>> sorted;
  sorted.reserve(patterns.size());
  std::size_t bytes = 0;
  for (const auto& pattern : patterns) {
    if (pattern.first.empty()) {
      if (empty_value_ == kNone) empty_value_ = pattern.second;
      continue;
    }
    bytes += pattern.first.size();
    sorted.push_back(pattern);
  }
  if (bytes > kMaxPatternBytes) {
    fail(ErrorKind::limit, "build added tokens", "at most 1 GiB of token text", std::to_string(bytes) + " bytes");
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  sorted.erase(
      std::unique(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
      sorted.end());
  if (sorted.empty()) return;
  std::vector<std::string_view> texts;
  texts.reserve(sorted.size());
  for (const auto& pattern : sorted) texts.push_back(pattern.first);
  prefilter_.emplace(texts);
  build_trie(sorted);
  build_fails();
}

// Breadth first over ranges of the sorted patterns, so that the edges of a state lie side by side and ascending.
void TokenMatcher::build_trie(const std::vector<std::pair<std::string_view, std::uint32_t>>& sorted) {
  struct Range {
    std::uint32_t begin, end, depth;
  };
  std::vector<Range> ranges{{0, static_cast<std::uint32_t>(sorted.size()), 0}};
  states_.emplace_back();
  for (std::uint32_t state = 0; state < states_.size(); ++state) {
    Range range = ranges[state];
    if (sorted[range.begin].first.size() == range.depth) {
      states_[state].value = sorted[range.begin].second;
      states_[state].length = range.depth;
      ++range.begin;
    }
    states_[state].first_edge = static_cast<std::uint32_t>(edge_bytes_.size());
    while (range.begin < range.end) {
      const char byte = sorted[range.begin].first[range.depth];
      std::uint32_t end = range.begin + 1;
      while (end < range.end && sorted[end].first[range.depth] == byte) ++end;
      edge_bytes_.push_back(static_cast<unsigned char>(byte));
      edge_targets_.push_back(static_cast<std::uint32_t>(states_.size()));
      states_.emplace_back();
      ranges.push_back({range.begin, end, range.depth + 1});
      range.begin = end;
    }
    states_[state].edge_count = static_cast<std::uint32_t>(edge_bytes_.size()) - states_[state].first_edge;
  }
  for (std::uint32_t edge = 0; edge < states_[kRoot].edge_count; ++edge) root_[edge_bytes_[edge]] = edge_targets_[edge];
}

// Fail links of the leftmost automaton: once a pattern has matched on a path, falling back would begin further right,
// so the link becomes kDead. States are numbered breadth first: shorter suffixes are ready when they are needed.
void TokenMatcher::build_fails() {
  for (std::uint32_t state = 0; state < states_.size(); ++state) {
    const State current = states_[state];
    const std::uint32_t from = current.fail;
    for (std::uint32_t edge = current.first_edge; edge < current.first_edge + current.edge_count; ++edge) {
      State& target = states_[edge_targets_[edge]];
      if (state == kRoot) {
        target.fail = kRoot;
      } else {
        std::uint32_t at = from;
        while (at != kDead) {
          const std::uint32_t next = child(at, edge_bytes_[edge]);
          if (next != kNone) {
            at = next;
            break;
          }
          if (at == kRoot) break;
          at = states_[at].fail;
        }
        target.fail = at;
      }
      if (target.value != kNone) {
        target.fail = kDead;
      } else if (target.fail != kDead) {
        target.value = states_[target.fail].value;
        target.length = states_[target.fail].length;
      }
    }
  }
}

std::uint32_t TokenMatcher::child(std::uint32_t state, unsigned char byte) const {
  if (state == kRoot) return root_[byte];
  const unsigned char* bytes = edge_bytes_.data() + states_[state].first_edge;
  const std::uint32_t count = states_[state].edge_count;
  if (count <= 8) {
    for (std::uint32_t i = 0; i < count; ++i) {
      if (bytes[i] == byte) return edge_targets_[states_[state].first_edge + i];
    }
    return kNone;
  }
  const unsigned char* found = std::lower_bound(bytes, bytes + count, byte);
  if (found == bytes + count || *found != byte) return kNone;
  return edge_targets_[states_[state].first_edge + static_cast<std::uint32_t>(found - bytes)];
}

std::uint32_t TokenMatcher::step(std::uint32_t state, unsigned char byte) const {
  for (;;) {
    const std::uint32_t next = child(state, byte);
    if (next != kNone) return next;
    if (state == kRoot) return kRoot;
    state = states_[state].fail;
    if (state == kDead) return kRoot;
  }
}

bool TokenMatcher::find(std::string_view text, std::size_t from, Match& match) const {
  if (!prefilter_) return false;
  match.value = kNone;
  std::uint32_t state = kRoot;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (state == kRoot) {
      i = prefilter_->next(text, i);
      if (i == text.size()) return false;
    }
    state = step(state, static_cast<unsigned char>(text[i]));
    if (state == kRoot) {
      if (match.value != kNone) return true;
    } else if (states_[state].value != kNone) {
      match.end = static_cast<std::uint32_t>(i + 1);
      match.begin = match.end - states_[state].length;
      match.value = states_[state].value;
    }
  }
  return match.value != kNone;
}

bool TokenMatcher::find_at(std::string_view text, std::size_t at, Match& match) const {
  if (!prefilter_) return false;
  match.value = kNone;
  std::uint32_t state = kRoot;
  for (std::size_t i = at; i < text.size(); ++i) {
    state = child(state, static_cast<unsigned char>(text[i]));
    if (state == kNone) break;
    // Values inherited over fail links belong to patterns that begin further right.
    if (states_[state].value != kNone && states_[state].length == i + 1 - at) {
      match = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(i + 1), states_[state].value};
    }
  }
  return match.value != kNone;
}

}  // namespace tokenspace
