// Merging of short pieces (most new words) by a table of merges: merge_by_scan of bpe_merge.hpp without its branches.
//
// Performance notes. Where a word's next merge is, whether it has neighbours there and whether those merge is as good
// as random, so every branch on it is mispredicted often. Here symbols stand between two sentinels that merge with
// nothing, so that there always are two neighbours to look up; the only branches left are the ends of loops.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "tokenspace/merge_table.hpp"

namespace tokenspace::detail {

inline constexpr std::size_t kShortMerge = 30;  // symbols: they and the sentinels have a bit each in 32
inline constexpr std::size_t kLeastMerge = 7;   // below, looking up what stands beside a sentinel costs more

// As merge_by_scan, of ids alone: ids[0..n) in, the result's in their place; returns how many. `first(i)` ranks joining
// symbols i and i + 1 at the outset. 2 <= n <= kShortMerge; the table must be narrow.
template <class First>
std::size_t merge_short(std::uint32_t* ids, std::size_t n, const First& first, const MergeTable& merges) {
  constexpr std::uint64_t kNone = ~std::uint64_t{0};
  std::uint32_t symbols[kShortMerge + 2];
  std::uint32_t merged[kShortMerge + 2];
  std::uint64_t keys[kShortMerge + 2 + 3];  // rank << 32 | place: the least is the lowest rank, leftmost
  const auto set = [&](std::size_t place, Merge m) {
    keys[place] = m.rank == kNoRank ? kNone : std::uint64_t{m.rank} << 32 | place;
    merged[place] = m.id;
  };
  symbols[0] = symbols[n + 1] = MergeTable::kNobody;
  for (std::size_t i = 0; i < n; ++i) symbols[i + 1] = ids[i];
  for (std::size_t i = 0; i + 1 < n; ++i) set(i + 1, first(i));
  for (std::size_t i = n; i < n + 4; ++i) keys[i] = kNone;
  keys[0] = kNone;
  auto alive = static_cast<std::uint32_t>((std::uint64_t{1} << (n + 2)) - 1);
  const auto after = [&alive](std::size_t i) { return static_cast<std::size_t>(std::countr_zero(alive & ~1u << i)); };
  for (;;) {
    std::uint64_t best = kNone;
    for (std::size_t i = 0; i < n; i += 4)
      best = std::min(best, std::min(std::min(keys[i], keys[i + 1]), std::min(keys[i + 2], keys[i + 3])));
    if (best == kNone) break;
    const auto left = static_cast<std::size_t>(best & 31);
    const std::size_t right = after(left);
    const std::uint32_t symbol = merged[left];
    symbols[left] = symbol;
    alive &= ~(1u << right);
    keys[right] = kNone;
    const std::size_t next = after(left);
    const auto previous = static_cast<std::size_t>(31 - std::countl_zero(alive & ((1u << left) - 1)));
    const Merge with_next = merges.find(symbol, symbols[next]);
    const Merge with_previous = merges.find(symbols[previous], symbol);
    set(left, with_next);
    set(previous, with_previous);
  }
  std::size_t kept = 0;
  for (alive &= ((1u << (n + 1)) - 1) & ~1u; alive != 0; alive &= alive - 1)
    ids[kept++] = symbols[std::countr_zero(alive)];
  return kept;
}

}  // namespace tokenspace::detail
