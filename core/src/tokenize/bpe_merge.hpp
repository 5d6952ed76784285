// The two ways to run merges over a piece, for any rule `find(left, right, begin, middle, end) -> Merge` that ranks joining the
// symbols [begin, middle) and [middle, end): by scanning (short pieces, all in L1) and through a heap (long ones, O(n log n)).
//
// Both take the lowest rank first and the leftmost among equals. tokenizers' heap compares a popped entry only by merged id, not
// by rank; that is the same, because a symbol only ever grows, so two different pairs at one place never merge to one id.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <queue>
#include <vector>

#include "tokenspace/merge_table.hpp"
#include "tokenspace/model.hpp"

namespace tokenspace::detail {

// Measured on English and Chinese pieces: scanning wins up to about 100 symbols, the heap beyond.
inline constexpr std::size_t kScanLimit = 96;

template <class Find>
std::size_t merge_by_scan(std::uint32_t* ids, std::uint32_t* begins, std::size_t n, const Find& find) {
  std::uint32_t ranks[kScanLimit];
  std::uint32_t merged[kScanLimit];
  const auto look = [&](std::size_t i) {
    const Merge m = find(ids[i], ids[i + 1], begins[i], begins[i + 1], begins[i + 2]);
    ranks[i] = m.rank;
    merged[i] = m.id;
  };
  for (std::size_t i = 0; i + 1 < n; ++i) look(i);
  while (n > 1) {
    std::size_t best = 0;
    std::uint32_t rank = ranks[0];
    for (std::size_t i = 1; i + 1 < n; ++i) {
      const bool lower = ranks[i] < rank;
      rank = lower ? ranks[i] : rank;
      best = lower ? i : best;
    }
    if (rank == kNoRank) break;
    ids[best] = merged[best];
    const std::size_t behind = n - best - 2;  // symbols right of the merged pair
    std::memmove(ids + best + 1, ids + best + 2, behind * sizeof *ids);
    std::memmove(begins + best + 1, begins + best + 2, (behind + 1) * sizeof *begins);
    --n;
    if (best + 1 < n) {
      std::memmove(ranks + best + 1, ranks + best + 2, (behind - 1) * sizeof *ranks);
      std::memmove(merged + best + 1, merged + best + 2, (behind - 1) * sizeof *merged);
      look(best);
    }
    if (best > 0) look(best - 1);
  }
  return n;
}

// `dropout` > 0 skips each popped merge with that probability; a skipped merge returns to the queue after the next one that
// is taken (the rule of tokenizers and of SentencePiece's BPE-dropout; Provilkov et al. 2020).
template <class Find>
std::size_t merge_by_heap(std::uint32_t* ids, std::uint32_t* begins, std::size_t n, const Find& find,
                          double dropout = 0.0, Rng* rng = nullptr) {
  struct Candidate {
    std::uint64_t key;  // rank << 32 | position: the order of merging
    std::uint32_t merged;
    bool operator<(const Candidate& other) const { return key > other.key; }
  };
  constexpr std::uint32_t kEnd = 0xFFFFFFFFu;
  std::vector<std::uint32_t> next(n), previous(n);
  std::vector<std::uint32_t> end(n);  // end of symbol i; 0 marks a symbol merged away
  for (std::size_t i = 0; i < n; ++i) {
    previous[i] = i == 0 ? kEnd : static_cast<std::uint32_t>(i - 1);
    next[i] = i + 1 == n ? kEnd : static_cast<std::uint32_t>(i + 1);
    end[i] = begins[i + 1];
  }
  std::vector<Candidate> storage;
  storage.reserve(n);
  const auto candidate = [&](std::uint32_t left, Candidate& out) {
    const std::uint32_t right = next[left];
    if (right == kEnd) return false;
    const Merge m = find(ids[left], ids[right], begins[left], begins[right], end[right]);
    if (m.rank == kNoRank) return false;
    out = {std::uint64_t{m.rank} << 32 | left, m.id};
    return true;
  };
  Candidate found;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    if (candidate(static_cast<std::uint32_t>(i), found)) storage.push_back(found);
  }
  std::priority_queue<Candidate> queue(std::less<Candidate>{}, std::move(storage));
  std::vector<Candidate> skipped;
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  while (!queue.empty()) {
    const Candidate top = queue.top();
    queue.pop();
    if (dropout > 0.0 && uniform(*rng) < dropout) {
      skipped.push_back(top);
      continue;
    }
    for (const Candidate& c : skipped) queue.push(c);
    skipped.clear();
    const auto left = static_cast<std::uint32_t>(top.key);
    if (end[left] == 0 || next[left] == kEnd) continue;
    if (!candidate(left, found) || found.merged != top.merged) continue;  // the pair at this place has changed
    const std::uint32_t right = next[left];
    ids[left] = top.merged;
    end[left] = end[right];
    end[right] = 0;
    next[left] = next[right];
    if (next[left] != kEnd) previous[next[left]] = left;
    if (previous[left] != kEnd && candidate(previous[left], found)) queue.push(found);
    if (candidate(left, found)) queue.push(found);
  }
  std::size_t kept = 0;
  const std::uint32_t total = begins[n];
  for (std::size_t i = 0; i < n; ++i) {
    if (end[i] == 0) continue;
    ids[kept] = ids[i];
    begins[kept++] = begins[i];
  }
  begins[kept] = total;
  return kept;
}

template <class Find>
std::size_t merge_symbols(std::uint32_t* ids, std::uint32_t* begins, std::size_t n, const Find& find) {
  if (n < 2) return n;
  return n <= kScanLimit ? merge_by_scan(ids, begins, n, find) : merge_by_heap(ids, begins, n, find);
}

// Segmentations by merges left out (T18): 0 dropped first, then every single one, then pairs ... distinct results only. A
// dropped merge is one place [begin, middle, end) that must stay apart. Work is bounded by kMaxRuns full runs.
template <class Find>
std::vector<std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>>> merge_alternatives(
    const std::vector<std::uint32_t>& ids, const std::vector<std::uint32_t>& begins, std::size_t n_best, const Find& find,
    std::vector<std::size_t>& dropped) {
  struct Place {
    std::uint32_t begin, middle, end;
    bool operator==(const Place&) const = default;
  };
  using Result = std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>>;
  constexpr std::size_t kMaxRuns = 4096;
  std::vector<Result> results;
  std::queue<std::vector<Place>> pending;
  pending.push({});
  for (std::size_t run = 0; !pending.empty() && results.size() < n_best && run < kMaxRuns; ++run) {
    const std::vector<Place> banned = pending.front();
    pending.pop();
    std::vector<Place> taken;
    Result result{ids, begins};
    auto& [left_ids, left_begins] = result;
    while (left_ids.size() > 1) {
      Merge best;
      std::size_t at = 0;
      for (std::size_t i = 0; i + 1 < left_ids.size(); ++i) {
        const Place place{left_begins[i], left_begins[i + 1], left_begins[i + 2]};
        const Merge m = find(left_ids[i], left_ids[i + 1], place.begin, place.middle, place.end);
        if (m.rank >= best.rank || std::find(banned.begin(), banned.end(), place) != banned.end()) continue;
        best = m;
        at = i;
      }
      if (best.rank == kNoRank) break;
      taken.push_back({left_begins[at], left_begins[at + 1], left_begins[at + 2]});
      left_ids[at] = best.id;
      left_ids.erase(left_ids.begin() + static_cast<std::ptrdiff_t>(at) + 1);
      left_begins.erase(left_begins.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    if (std::find(results.begin(), results.end(), result) == results.end()) {
      results.push_back(result);
      dropped.push_back(banned.size());
    }
    // Late merges first: dropping the last merge changes the result least.
    for (auto it = taken.rbegin(); it != taken.rend(); ++it) {
      std::vector<Place> more = banned;
      more.push_back(*it);
      pending.push(std::move(more));
    }
  }
  return results;
}

}  // namespace tokenspace::detail
