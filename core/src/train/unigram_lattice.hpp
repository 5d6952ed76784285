// Every way to cut every segment into pieces, as one stream of edges built once and compacted as pieces go.
#pragma once

#include <cstdint>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "train/unigram_seeds.hpp"
#include "train/unigram_segments.hpp"

namespace tokenspace::train::unigram {

// A piece that matches at a position: id and length in characters. The edges of a position stand together, shortest
// first; the first is always its single character, so length 1 opens a position and no other mark is needed.
using Edge = std::uint32_t;
inline constexpr std::uint32_t kMaxPieces = 1 << 24;
inline constexpr std::uint32_t kRemoved = 0xFFFFFFFF;
inline constexpr Edge make_edge(std::uint32_t id, std::uint32_t length) {
  return id << 8 | length;
}
inline constexpr std::uint32_t edge_id(Edge edge) {
  return edge >> 8;
}
inline constexpr std::uint32_t edge_length(Edge edge) {
  return edge & 0xFF;
}

// Consecutive segments and their edges: the unit of parallel work. The edge behind the last has length 1.
struct Chunk {
  std::uint64_t first_edge;
  std::uint64_t last_edge;
  std::uint32_t first_segment;
  std::uint32_t last_segment;
};

struct Lattice {
  Buffer<Edge> edges;
  Buffer<std::uint32_t> lengths;  // of each segment, in characters = positions
  Buffer<std::uint64_t> counts;
  std::vector<Chunk> chunks;
  std::uint64_t characters = 0;

  // Drops the edges of removed pieces and renames the others: new_ids[id] is the new id or kRemoved.
  void rename(const std::vector<std::uint32_t>& new_ids, unsigned threads, const Control& control);
};

// Character of symbol s gets id character_ids[s]; seed i of `seeds` gets first_seed_id + i. Takes the segments apart.
Lattice build_lattice(Segments&& segments, const Seeds& seeds, const std::vector<std::uint32_t>& character_ids,
                      std::uint32_t first_seed_id, unsigned threads, const Control& control);

}  // namespace tokenspace::train::unigram
