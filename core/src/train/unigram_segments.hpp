// The corpus as the trainer sees it: distinct stretches of covered characters, cut where no piece can reach across.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/train_unigram.hpp"
#include "train/unigram_rules.hpp"

namespace tokenspace::train::unigram {

using Symbol = std::uint32_t;  // 1..alphabet in code point order; 0 ends a segment

struct Alphabet {
  std::vector<char32_t> characters;     // of symbol i + 1
  std::vector<std::uint64_t> counts;    // occurrences
  std::vector<CharacterClass> classes;  // by symbol; entry 0 is unused
};

struct Segments {
  Alphabet alphabet;
  Buffer<Symbol> symbols;         // every segment followed by 0
  Buffer<std::uint32_t> lengths;  // characters
  Buffer<std::uint64_t> counts;   // how often the segment occurs
  std::uint64_t characters = 0;   // counted: sum of lengths times counts
};

inline constexpr std::size_t kMaxSegment = 65'536;

Segments make_segments(const WordCounts& words, const UnigramOptions& options, const Rules& rules,
                       const Control& control);

}  // namespace tokenspace::train::unigram
