// Leftmost-longest search for many patterns at once: an Aho-Corasick automaton over bytes whose root is skipped by
// SIMD.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "pair_prefilter.hpp"

namespace tokenspace {

class TokenMatcher {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Match {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t value = kNone;
  };

  // (pattern, value) in any order. Of equal patterns the one listed first counts. An empty pattern is kept apart, see
  // empty_value(). The views need to live only during the call. Time and memory linear in the length of all patterns.
  explicit TokenMatcher(const std::vector<std::pair<std::string_view, std::uint32_t>>& patterns);

  bool has_patterns() const { return prefilter_.has_value(); }
  std::uint32_t empty_value() const { return empty_value_; }  // of the empty pattern, kNone without one

  // The leftmost match that begins at or after `from`, the longest of those beginning there. Linear in the text read.
  bool find(std::string_view text, std::size_t from, Match& match) const;

  // The longest match beginning exactly at `at`.
  bool find_at(std::string_view text, std::size_t at, Match& match) const;

 private:
  static constexpr std::uint32_t kRoot = 0;
  static constexpr std::uint32_t kDead = UINT32_MAX - 1;  // a match is complete, nothing to its right may replace it

  struct State {
    std::uint32_t first_edge = 0;
    std::uint32_t edge_count = 0;
    std::uint32_t fail = kRoot;
    std::uint32_t value = kNone;  // of the longest pattern ending here that a leftmost match may report
    std::uint32_t length = 0;     // of that pattern
  };

  std::uint32_t child(std::uint32_t state, unsigned char byte) const;
  std::uint32_t step(std::uint32_t state, unsigned char byte) const;
  void build_trie(const std::vector<std::pair<std::string_view, std::uint32_t>>& sorted);
  void build_fails();

  std::vector<State> states_;
  std::vector<unsigned char> edge_bytes_;  // of each state ascending
  std::vector<std::uint32_t> edge_targets_;
  std::array<std::uint32_t, 256> root_{};  // children of the root, kNone for none
  std::uint32_t empty_value_ = kNone;
  std::optional<PairPrefilter> prefilter_;
};

}  // namespace tokenspace
