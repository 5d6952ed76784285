#include "train/unigram_prune.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "tokenspace/thread_pool.hpp"

namespace tokenspace::train::unigram {
namespace {

constexpr double kUnreached = -std::numeric_limits<double>::infinity();

// The second best segmentation of each piece, as ids behind one another.
struct Alternatives {
  struct Entry {
    std::uint32_t piece;
    std::uint32_t first, last;  // into ids
  };
  std::vector<Entry> entries;
  std::vector<std::uint32_t> ids;
};

using Seen = std::unique_ptr<std::atomic<bool>[]>;

// One thread's best paths. Log domain: a sum needs no scaling, and only comparisons matter here.
class Viterbi {
 public:
  Viterbi(const std::vector<double>& scores, std::size_t characters, Seen& seen)
      : frequency(scores.size()),
        scores_(scores.data()),
        characters_(characters),
        seen_(seen),
        cells_(kMaxSegment + 256),
        inner_(256),
        starts_(kMaxSegment + 1) {
    for (Cell& cell : cells_) cell.score = kUnreached;
    for (Cell& cell : inner_) cell.score = kUnreached;
  }

  std::vector<std::uint64_t> frequency;  // of pieces on best paths
  Alternatives alternatives;

  const Edge* run(const Edge* edges, std::uint32_t length, std::uint64_t count) {
    const Edge* edge = edges;
    cells_[0].score = 0.0;
    for (std::uint32_t i = 0; i < length; ++i) {
      const double here = cells_[i].score;
      starts_[i] = static_cast<std::uint32_t>(edge - edges);
      do {
        Cell& cell = cells_[i + edge_length(*edge)];
        const double score = here + scores_[edge_id(*edge)];
        if (score > cell.score) cell = {score, *edge};
        ++edge;
      } while (edge_length(*edge) != 1);
    }
    for (std::uint32_t i = length; i > 0;) {
      const Edge best = cells_[i].best;
      const std::uint32_t id = edge_id(best);
      i -= edge_length(best);
      frequency[id] += count;
      if (id >= characters_ && !seen_[id].load(std::memory_order_relaxed) &&
          !seen_[id].exchange(true, std::memory_order_relaxed)) {
        replace(edges, i, best);
      }
    }
    for (std::uint32_t i = 0; i <= length; ++i) cells_[i].score = kUnreached;
    return edge;
  }

 private:
  struct Cell {
    double score;
    Edge best;
  };

  // The best way to write the piece without itself. All its occurrences have the same edges inside, so any one will do.
  void replace(const Edge* edges, std::uint32_t position, Edge piece) {
    const std::uint32_t length = edge_length(piece);
    inner_[0].score = 0.0;
    for (std::uint32_t i = 0; i < length; ++i) {
      const double here = inner_[i].score;
      const Edge* edge = edges + starts_[position + i];
      do {
        const std::uint32_t end = i + edge_length(*edge);
        if (end > length || (i == 0 && end == length)) break;  // the longer ones behind do not fit either
        const double score = here + scores_[edge_id(*edge)];
        if (score > inner_[end].score) inner_[end] = {score, *edge};
        ++edge;
      } while (edge_length(*edge) != 1);
    }
    const auto first = static_cast<std::uint32_t>(alternatives.ids.size());
    for (std::uint32_t i = length; i > 0; i -= edge_length(inner_[i].best)) {
      alternatives.ids.push_back(edge_id(inner_[i].best));
    }
    alternatives.entries.push_back({edge_id(piece), first, static_cast<std::uint32_t>(alternatives.ids.size())});
    for (std::uint32_t i = 0; i <= length; ++i) inner_[i].score = kUnreached;
  }

  const double* scores_;
  std::size_t characters_;
  Seen& seen_;
  std::vector<Cell> cells_, inner_;
  std::vector<std::uint32_t> starts_;  // first edge of each position
};

struct Candidate {
  double loss;
  std::uint32_t piece;
};

// Nats the corpus loses when every occurrence of the piece is written as its alternative, and the tokens it gains.
double loss(std::uint64_t occurrences, const std::uint32_t* ids, std::size_t n,
            const std::vector<std::uint64_t>& frequency, double sum, double token_cost) {
  const auto count = static_cast<double>(occurrences);
  const double log_sum = std::log(sum + count * static_cast<double>(n - 1));
  double replaced = 0.0;
  for (std::size_t i = n; i-- > 0;) replaced += std::log(static_cast<double>(frequency[ids[i]]) + count) - log_sum;
  return count * (std::log(count) - std::log(sum) - replaced + token_cost * static_cast<double>(n - 1));
}

}  // namespace

void prune(const Lattice& lattice, std::size_t characters, std::size_t keep, std::size_t at_least, double token_cost,
           unsigned threads, Control& control, std::vector<double>& scores, std::vector<std::uint32_t>& new_ids) {
  const std::size_t n = scores.size();
  threads = resolve_threads(threads);
  Seen seen(new std::atomic<bool>[n]());
  std::vector<std::unique_ptr<Viterbi>> workers(threads);
  parallel_for(lattice.chunks.size(), 1, threads, [&](std::size_t begin, std::size_t end, unsigned worker) {
    if (!workers[worker]) workers[worker] = std::make_unique<Viterbi>(scores, characters, seen);
    for (std::size_t c = begin; c < end; ++c) {
      control.check();
      const Chunk& chunk = lattice.chunks[c];
      const Edge* edge = lattice.edges.data() + chunk.first_edge;
      for (std::uint32_t s = chunk.first_segment; s < chunk.last_segment; ++s) {
        edge = workers[worker]->run(edge, lattice.lengths[s], lattice.counts[s]);
      }
      control.done.fetch_add(chunk.last_segment - chunk.first_segment, std::memory_order_relaxed);
    }
  });
  std::vector<std::uint64_t> frequency(n);
  for (const auto& worker : workers) {
    if (!worker) continue;
    for (std::size_t i = 0; i < n; ++i) frequency[i] += worker->frequency[i];
  }
  const auto sum = static_cast<double>(std::accumulate(frequency.begin(), frequency.end(), std::uint64_t{0}));

  std::vector<Candidate> candidates;
  for (const auto& worker : workers) {
    if (!worker) continue;
    for (const Alternatives::Entry& entry : worker->alternatives.entries) {
      const std::uint32_t* ids = worker->alternatives.ids.data() + entry.first;
      candidates.push_back(
          {loss(frequency[entry.piece], ids, entry.last - entry.first, frequency, sum, token_cost), entry.piece});
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.loss != b.loss ? a.loss > b.loss : a.piece < b.piece;
  });
  candidates.resize(std::min(candidates.size(), keep > characters ? keep - characters : 0));

  new_ids.assign(n, kRemoved);
  std::size_t kept = characters + candidates.size();
  std::fill(new_ids.begin(), new_ids.begin() + static_cast<std::ptrdiff_t>(characters), 0);
  for (const Candidate& candidate : candidates) new_ids[candidate.piece] = 0;
  for (std::size_t i = characters; i < n && kept < at_least; ++i) {
    if (new_ids[i] != kRemoved) continue;
    new_ids[i] = 0;
    ++kept;
  }
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (new_ids[i] == kRemoved) continue;
    scores[next] = scores[i];
    new_ids[i] = next++;
  }
  scores.resize(next);
}

}  // namespace tokenspace::train::unigram
