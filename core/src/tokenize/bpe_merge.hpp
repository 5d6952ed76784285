// The two ways to run merges over a piece, for any rule `find(left, right, begin, middle, end) -> Merge` that ranks
// joining the symbols [begin, middle) and [middle, end): by scanning (short pieces, all in L1) and through a heap (long
// ones, O(n log n)).
//
// Both take the lowest rank first and the leftmost among equals. tokenizers' heap compares a popped entry only by
// merged id, not by rank; that is the same, because a symbol only ever grows, so two different pairs at one place never
// merge to one id.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <queue>
#include <vector>

#include "tokenspace/merge_table.hpp"
#include "tokenspace/model.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::detail {

// One bit a symbol in a machine word.
inline constexpr std::size_t kScanLimit = 64;

// Symbols keep their places; a bit mask tells which are left, so that a merge moves nothing. `first(i)` ranks joining
// symbols i and i + 1 at the outset (the byte-level engine has a table for pairs of bytes).
//
// Performance notes. Closing the gap with memmove after each merge took a third longer on English words. Most of the
// rest is waiting for the merge table: the two look-ups behind a merge are independent, so they overlap.
template <class First, class Find>
std::size_t merge_by_scan(std::uint32_t* ids, std::uint32_t* begins, std::size_t n, const First& first,
                          const Find& find) {
  std::uint64_t keys[kScanLimit];  // rank << 32 | place: the least is the lowest rank, leftmost
  std::uint32_t merged[kScanLimit];
  constexpr std::uint64_t kNone = ~std::uint64_t{0};
  std::uint64_t alive = n == 64 ? ~0ull : (1ull << n) - 1;
  const auto set = [&](std::size_t i, Merge m) {
    keys[i] = m.rank == kNoRank ? kNone : static_cast<std::uint64_t>(m.rank) << 32 | i;
    merged[i] = m.id;
  };
  const auto above = [&](std::size_t i) { return i == 63 ? 0 : alive & ~0ull << (i + 1); };
  const auto end_of = [&](std::size_t i) {
    const std::uint64_t rest = above(i);
    return begins[rest == 0 ? n : static_cast<std::size_t>(std::countr_zero(rest))];
  };
  for (std::size_t i = 0; i + 1 < n; ++i) set(i, first(i));
  keys[n - 1] = kNone;
  for (;;) {
    std::uint64_t best = keys[0];
    for (std::size_t i = 1; i < n; ++i) best = std::min(best, keys[i]);
    if (best == kNone) break;
    const auto left = static_cast<std::size_t>(best & 63);
    const auto right = static_cast<std::size_t>(std::countr_zero(above(left)));
    ids[left] = merged[left];
    alive &= ~(1ull << right);
    keys[right] = kNone;
    const std::uint64_t behind = above(left);
    const std::uint64_t ahead = alive & ((1ull << left) - 1);
    if (behind != 0) {
      const auto next = static_cast<std::size_t>(std::countr_zero(behind));
      set(left, find(ids[left], ids[next], begins[left], begins[next], end_of(next)));
    } else {
      keys[left] = kNone;
    }
    if (ahead != 0) {
      const auto previous = static_cast<std::size_t>(63 - std::countl_zero(ahead));
      set(previous, find(ids[previous], ids[left], begins[previous], begins[left], end_of(left)));
    }
  }
  std::size_t kept = 0;
  const std::uint32_t total = begins[n];
  for (; alive != 0; alive &= alive - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(alive));
    ids[kept] = ids[i];
    begins[kept++] = begins[i];
  }
  begins[kept] = total;
  return kept;
}

// `dropout` > 0 skips each popped merge with that probability; a skipped merge returns to the queue after the next one
// that is taken (the rule of tokenizers and of SentencePiece's BPE-dropout; Provilkov et al. 2020).
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
    if (i % 1024 == 1023) look_up();
    if (candidate(static_cast<std::uint32_t>(i), found)) storage.push_back(found);
  }
  std::priority_queue<Candidate> queue(std::less<Candidate>{}, std::move(storage));
  std::vector<Candidate> skipped;
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (std::size_t steps = 1; !queue.empty(); ++steps) {
    if (steps % 1024 == 0) look_up();
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
  if (n > kScanLimit) return merge_by_heap(ids, begins, n, find);
  const auto first = [&](std::size_t i) { return find(ids[i], ids[i + 1], begins[i], begins[i + 1], begins[i + 2]); };
  return merge_by_scan(ids, begins, n, first, find);
}

// Segmentations by merges left out (T18): 0 dropped first, then every single one, then pairs ... distinct results only.
// A dropped merge is one place [begin, middle, end) that must stay apart. Work is bounded by kMaxRuns full runs.
template <class Find>
std::vector<std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>>> merge_alternatives(
    const std::vector<std::uint32_t>& ids, const std::vector<std::uint32_t>& begins, std::size_t n_best,
    const Find& find, std::vector<std::size_t>& dropped) {
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
