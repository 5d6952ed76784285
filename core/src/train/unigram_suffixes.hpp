// Sorting of suffixes by their first symbols: multikey sort on 64-bit keys that hold as many symbols as fit.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "train/unigram_segments.hpp"

namespace tokenspace::train::unigram {

struct Suffix {
  std::uint64_t key;  // the next symbols, left-aligned; meaningful while sorting
  std::uint32_t position;
  std::uint32_t segment;
};

// Suffixes in order, with what neighbours share. Reused from group to group.
struct SortedSuffixes {
  Buffer<Suffix> suffixes;
  Buffer<std::uint16_t> shared;   // symbols in common with the one before, at most the sorter's depth
  Buffer<std::uint16_t> lengths;  // symbols to the end of the segment, at most the sorter's depth
};

class SuffixSorter {
 public:
  // Symbols behind the first `depth` do not count: suffixes that agree so far are equal.
  SuffixSorter(const Segments& segments, std::uint32_t depth, const Control& control);

  // Sorts positions in place and fills `out`. Cost: n log n comparisons of words; a group of equal suffixes costs a
  // pass for every key its depth holds.
  void sort(std::span<std::uint32_t> positions, SortedSuffixes& out) const;

 private:
  void sort_group(SortedSuffixes& out, std::size_t begin, std::size_t end, std::uint32_t depth) const;
  std::uint64_t key(std::uint32_t position, std::uint32_t symbols) const;
  std::uint32_t segment_of(std::uint32_t position) const;

  static constexpr std::uint32_t kSample = 32;
  const Segments& segments_;
  const Control& control_;
  std::uint32_t depth_;
  std::uint32_t bits_;             // of a symbol
  std::uint32_t per_key_;          // symbols in a key
  Buffer<std::uint32_t> ends_;     // position of each segment's closing 0
  Buffer<std::uint32_t> sampled_;  // the segment that holds position i * kSample
};

}  // namespace tokenspace::train::unigram
