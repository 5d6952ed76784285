// The Huffman tree of hierarchical softmax (Morin and Bengio 2005, Mikolov et al. 2013): frequent words near the root.
#pragma once

#include <cstdint>
#include <span>

#include "tokenspace/buffer.hpp"

namespace tokenspace {

// Word i's path from the root: inner nodes points[offsets[i], offsets[i+1]) and beside each the step taken there, 1 to
// the child with the larger count. n words have n - 1 inner nodes, numbered as they are made: the root is n - 2.
struct HuffmanCodes {
  Buffer<std::uint8_t> codes;
  Buffer<std::int32_t> points;
  Buffer<std::int64_t> offsets;
};

// Of equal counts, those two are joined first that a binary heap in the manner of CPython's heapq gives first (Floyd's
// heapify; a taken root is replaced by moving the smaller child up to a leaf, then back): gensim's trees are made so.
// n log n. At most 2^31 - 1 words, Error(limit); counts not negative.
HuffmanCodes huffman_codes(std::span<const std::uint64_t> counts);

}  // namespace tokenspace
