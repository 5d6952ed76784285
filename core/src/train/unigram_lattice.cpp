#include "train/unigram_lattice.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "tokenspace/thread_pool.hpp"

namespace tokenspace::train::unigram {
namespace {

constexpr std::uint64_t kChunkEdges = 1 << 16;
constexpr std::uint32_t kBlock = 1 << 20;  // positions that share a 64-bit base; 255 edges each fit 32 bits

// Where the edges of each position begin.
class Offsets {
 public:
  explicit Offsets(const Buffer<std::uint8_t>& degrees)
      : bases_(degrees.size() / kBlock + 1), offsets_(degrees.size() + 1) {
    std::uint64_t next = 0;
    for (std::size_t i = 0; i <= degrees.size(); ++i) {
      if (i % kBlock == 0) bases_[i / kBlock] = next;
      offsets_[i] = static_cast<std::uint32_t>(next - bases_[i / kBlock]);
      if (i < degrees.size()) next += degrees[i];
    }
  }
  std::uint64_t operator[](std::size_t position) const { return bases_[position / kBlock] + offsets_[position]; }

 private:
  std::vector<std::uint64_t> bases_;
  Buffer<std::uint32_t> offsets_;
};

// Walks the suffixes of every first symbol in order and calls visit(position, open), where `open` are the edges of the
// seeds that the suffix begins with, shortest first: seeds are nested intervals of suffixes, so they form a stack.
template <class Visit>
void for_each_suffix(const Seeds& seeds, const std::vector<std::uint32_t>& by_suffix, std::uint32_t first_seed_id,
                     unsigned threads, const Control& control, const Visit& visit) {
  parallel_for(seeds.first_of.size() - 1, 1, threads, [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<Edge> open;
    std::vector<std::uint32_t> last;
    for (std::size_t symbol = begin; symbol < end; ++symbol) {
      control.check();
      auto seed = std::lower_bound(by_suffix.begin(), by_suffix.end(), seeds.first_of[symbol],
                                   [&](std::uint32_t s, std::uint32_t at) { return seeds.seeds[s].first < at; });
      open.clear();
      last.clear();
      for (std::uint32_t at = seeds.first_of[symbol]; at < seeds.first_of[symbol + 1]; ++at) {
        while (!last.empty() && last.back() <= at) {
          last.pop_back();
          open.pop_back();
        }
        for (; seed != by_suffix.end() && seeds.seeds[*seed].first == at; ++seed) {
          last.push_back(seeds.seeds[*seed].last);
          open.push_back(make_edge(first_seed_id + *seed, seeds.seeds[*seed].length));
        }
        visit(seeds.suffixes[at], open);
      }
    }
  });
}

std::vector<Chunk> cut_into_chunks(const Buffer<std::uint32_t>& lengths, const Offsets& offsets) {
  std::vector<Chunk> chunks;
  std::size_t position = 0;
  for (std::uint32_t i = 0; i < lengths.size(); ++i) {
    if (chunks.empty() || offsets[position] - chunks.back().first_edge >= kChunkEdges) {
      chunks.push_back({offsets[position], 0, i, 0});
    }
    position += lengths[i] + 1;
    chunks.back().last_edge = offsets[position];
    chunks.back().last_segment = i + 1;
  }
  return chunks;
}

}  // namespace

Lattice build_lattice(Segments&& segments, const Seeds& seeds, const std::vector<std::uint32_t>& character_ids,
                      std::uint32_t first_seed_id, unsigned threads, const Control& control) {
  std::vector<std::uint32_t> by_suffix(seeds.seeds.size());
  std::iota(by_suffix.begin(), by_suffix.end(), 0);
  std::sort(by_suffix.begin(), by_suffix.end(), [&](std::uint32_t a, std::uint32_t b) {
    const Seed& left = seeds.seeds[a];
    const Seed& right = seeds.seeds[b];
    return left.first != right.first ? left.first < right.first : left.length < right.length;
  });

  const Buffer<Symbol>& symbols = segments.symbols;
  Buffer<std::uint8_t> degrees(symbols.size());
  for (std::size_t i = 0; i < symbols.size(); ++i) degrees[i] = symbols[i] != 0;
  for_each_suffix(seeds, by_suffix, first_seed_id, threads, control,
                  [&](std::uint32_t position, const std::vector<Edge>& open) {
                    degrees[position] = static_cast<std::uint8_t>(1 + open.size());
                  });
  const Offsets offsets(degrees);
  Lattice out;
  out.edges.resize(offsets[symbols.size()] + 1);
  out.edges.back() = make_edge(0, 1);
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (i % kBlock == 0) control.check();
    if (symbols[i] != 0) out.edges[offsets[i]] = make_edge(character_ids[symbols[i]], 1);
  }
  for_each_suffix(seeds, by_suffix, first_seed_id, threads, control,
                  [&](std::uint32_t position, const std::vector<Edge>& open) {
                    std::copy(open.begin(), open.end(), out.edges.data() + offsets[position] + 1);
                  });
  out.chunks = cut_into_chunks(segments.lengths, offsets);
  out.lengths = std::move(segments.lengths);
  out.counts = std::move(segments.counts);
  out.characters = segments.characters;
  segments.symbols = {};
  return out;
}

void Lattice::rename(const std::vector<std::uint32_t>& new_ids, unsigned threads, const Control& control) {
  parallel_for(chunks.size(), 1, threads, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t c = begin; c < end; ++c) {
      control.check();
      Chunk& chunk = chunks[c];
      std::uint64_t write = chunk.first_edge;
      for (std::uint64_t i = chunk.first_edge; i < chunk.last_edge; ++i) {
        const std::uint32_t id = new_ids[edge_id(edges[i])];
        edges[write] = make_edge(id, edge_length(edges[i]));  // overwritten next when the piece is gone
        write += id != kRemoved;
      }
      if (write < chunk.last_edge) edges[write] = make_edge(0, 1);
      chunk.last_edge = write;
    }
  });
}

}  // namespace tokenspace::train::unigram
