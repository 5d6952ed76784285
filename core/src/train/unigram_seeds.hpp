// Seeds: substrings that recur, found by sorting suffixes only as deep as a piece can be long.
#pragma once

#include <cstdint>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/train_unigram.hpp"
#include "train/unigram_segments.hpp"

namespace tokenspace::train::unigram {

// A substring of two or more characters: the prefix of `length` symbols that suffixes [first, last) share.
struct Seed {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t length;
  std::uint64_t weight;  // occurrences in the corpus

  std::uint64_t score() const { return weight * length; }  // characters it would cover
};

struct Seeds {
  Buffer<std::uint32_t> suffixes;       // positions in Segments::symbols, sorted
  std::vector<std::uint32_t> first_of;  // suffixes that begin with symbol s: [first_of[s], first_of[s + 1])
  std::vector<Seed> seeds;              // by falling score, then in the order of the suffixes
};

// A substring is a seed when it occurs at least twice, is valid, and is not always followed by the same character nor
// (below the maximal length) always preceded by the same one: what always stands inside a longer substring explains
// nothing that the longer one does not explain better.
Seeds find_seeds(const Segments& segments, const UnigramOptions& options, const Rules& rules, Control& control);

}  // namespace tokenspace::train::unigram
