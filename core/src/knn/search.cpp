// The walk over the rows: they are cut into pieces that fit the second-level cache, every query is scored against a
// piece, and what beats a query's threshold goes to the heap that this thread keeps for the query.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "best.hpp"
#include "half.hpp"
#include "kernels.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::knn {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
// A thread more costs some 30 us; below this much work it gains nothing.
constexpr std::size_t kBytesPerThread = std::size_t{2} << 20;
// Heaps of all threads and queries of one walk; more queries take further walks.
constexpr std::size_t kHeapBytes = std::size_t{256} << 20;

const std::byte* row_at(const Rows& rows, std::size_t row) {
  return static_cast<const std::byte*>(rows.data) + row * rows.dimensions * bytes_of(rows.element);
}

std::size_t rows_per_piece(const Rows& rows, std::size_t tile_rows) {
  const std::size_t width = std::max<std::size_t>(1, rows.dimensions * sizeof(float));
  const std::size_t fitting = std::clamp<std::size_t>(kPieceBytes / width, 1, 4096);
  return (fitting + tile_rows - 1) / tile_rows * tile_rows;
}

unsigned threads_for(const Rows& rows, std::size_t count, std::size_t queries, unsigned requested) {
  const double bytes = static_cast<double>(count) * static_cast<double>(rows.dimensions * bytes_of(rows.element)) *
                       static_cast<double>(std::max<std::size_t>(1, queries / 8));
  const double useful = std::max(1.0, bytes / static_cast<double>(kBytesPerThread));
  return static_cast<unsigned>(std::min(static_cast<double>(resolve_threads(requested)), useful));
}

// Queries in the layout of the tile kernel: packs of (dimensions, width), the last one narrow where that is enough.
struct Packs {
  struct Pack {
    std::size_t first;  // query
    std::size_t count;
    std::size_t width;
    std::size_t at;  // in `values`
  };
  std::vector<Pack> items;
  std::vector<float> values;

  Packs(const Kernels& set, const float* queries, std::size_t count, std::size_t dimensions) {
    std::size_t floats = 0;
    for (std::size_t first = 0; first < count;) {
      const std::size_t left = count - first;
      const std::size_t width = left <= set.lanes ? set.lanes : set.pack_width;
      items.push_back({first, std::min(left, width), width, floats});
      floats += width * dimensions;
      first += width;
    }
    values.assign(floats, 0.0f);
    for (const Pack& pack : items) {
      for (std::size_t q = 0; q < pack.count; ++q) {
        const float* query = queries + (pack.first + q) * dimensions;
        float* to = values.data() + pack.at + q;
        for (std::size_t i = 0; i < dimensions; ++i) to[i * pack.width] = query[i];
      }
    }
  }
};

// Scores of rows [begin, end) by pieces. `take` gets each score block: take.row_major(first row, rows, query, scores)
// for few queries (one query, scores along the rows), take.tile(...) for many.
class Scorer {
 public:
  Scorer(const Kernels& set, const Rows& rows, const Queries& queries, Metric metric)
      : set_(set),
        rows_(rows),
        queries_(queries),
        operation_(metric == Metric::dot ? Operation::dot : Operation::minus_square_distance),
        norms_(metric == Metric::dot ? rows.norms : nullptr),
        packs_(set, queries.data, queries.count <= kFew ? 0 : queries.count, rows.dimensions) {}

  std::size_t piece_rows() const { return rows_per_piece(rows_, set_.tile_rows); }

  // What one thread needs to score pieces.
  struct Scratch {
    std::vector<float> wide;  // rows as float32
    std::vector<float> divisors;
    std::vector<float> scores;
  };

  // Sink: float* thresholds(first query) -> kMaxPackWidth floats to compare with;
  // row_scores(query, first row, scores, count); tile_scores(pack, row, scores, hits).
  template <class Sink>
  void score_piece(std::size_t begin, std::size_t end, Scratch& scratch, Sink& sink) const {
    const std::size_t count = end - begin;
    if (queries_.count <= kFew) {
      score_few(begin, count, scratch, sink);
    } else {
      score_tiles(begin, count, scratch, sink);
    }
  }

 private:
  template <class Sink>
  void score_few(std::size_t begin, std::size_t count, Scratch& scratch, Sink& sink) const {
    scratch.scores.resize(kFew * count);
    FewTask task;
    task.rows = row_at(rows_, begin);
    task.element = rows_.element;
    task.count = count;
    task.dimensions = rows_.dimensions;
    task.scales = rows_.scales != nullptr ? rows_.scales + begin : nullptr;
    task.queries = queries_.data;
    task.query_count = queries_.count;
    task.scores = scratch.scores.data();
    task.stride = count;
    set_.few(operation_, task);
    for (std::size_t q = 0; q < queries_.count; ++q) {
      float* scores = scratch.scores.data() + q * count;
      if (norms_ != nullptr) {
        for (std::size_t r = 0; r < count; ++r) scores[r] /= norms_[begin + r];
      }
      sink.row_scores(q, begin, scores, count);
    }
  }

  template <class Sink>
  void score_tiles(std::size_t begin, std::size_t count, Scratch& scratch, Sink& sink) const {
    const std::size_t d = rows_.dimensions, step = set_.tile_rows;
    const std::size_t whole = count / step * step;
    const bool as_they_are = rows_.element == Element::float32 && rows_.scales == nullptr;
    // The last tile reads `step` rows in any case: there the rows are copied and zeros put behind them.
    const std::size_t copied_from = as_they_are ? whole : 0;
    scratch.wide.resize((count - copied_from + step) * d);
    set_.widen(row_at(rows_, begin + copied_from), rows_.element, count - copied_from, d,
               rows_.scales != nullptr ? rows_.scales + begin + copied_from : nullptr, scratch.wide.data());
    std::fill(scratch.wide.begin() + static_cast<std::ptrdiff_t>((count - copied_from) * d), scratch.wide.end(), 0.0f);
    scratch.scores.resize(kMaxTileRows * kMaxPackWidth);
    scratch.divisors.assign(count + kMaxTileRows, 1.0f);
    if (norms_ != nullptr) std::copy_n(norms_ + begin, count, scratch.divisors.begin());

    std::uint32_t hits[kMaxTileRows];
    TileTask task;
    task.dimensions = d;
    task.scores = scratch.scores.data();
    task.hits = hits;
    for (const Packs::Pack& pack : packs_.items) {
      task.pack = packs_.values.data() + pack.at;
      task.width = pack.width;
      task.thresholds = sink.thresholds(pack.first);
      for (std::size_t r = 0; r < count; r += step) {
        task.rows = r >= copied_from ? scratch.wide.data() + (r - copied_from) * d
                                     : reinterpret_cast<const float*>(row_at(rows_, begin + r));
        task.divisors = scratch.divisors.data() + r;
        set_.tile(operation_, task);
        const std::size_t rows = std::min(step, count - r);
        for (std::size_t i = 0; i < rows; ++i) {
          sink.tile_scores(pack.first, pack.count, begin + r + i, task.scores + i * pack.width, hits[i]);
        }
      }
      look_up();
    }
  }

  const Kernels& set_;
  const Rows& rows_;
  const Queries& queries_;
  Operation operation_;
  const float* norms_;
  Packs packs_;
};

// Keeps the best rows of every query; one a thread.
class BestSink {
 public:
  BestSink(const Options& options, std::size_t first_query, std::size_t queries)
      : options_(options),
        first_query_(first_query),
        best_(queries, Best(options.k)),
        thresholds_(queries + kMaxPackWidth, std::numeric_limits<float>::quiet_NaN()) {
    // Lanes of a pack that no query fills never hit.
    std::fill(thresholds_.begin() + static_cast<std::ptrdiff_t>(queries), thresholds_.end(),
              std::numeric_limits<float>::infinity());
  }

  const float* thresholds(std::size_t first) const { return thresholds_.data() + first; }

  void row_scores(std::size_t query, std::size_t first_row, const float* scores, std::size_t count) {
    constexpr std::size_t kGroup = 16;
    std::size_t r = 0;
    for (; r + kGroup <= count; r += kGroup) {
      const float threshold = thresholds_[query];
      unsigned any = 0;
      for (std::size_t i = 0; i < kGroup; ++i) any |= static_cast<unsigned>(!(scores[r + i] <= threshold));
      if (any == 0) continue;
      for (std::size_t i = 0; i < kGroup; ++i) consider(query, first_row + r + i, scores[r + i]);
    }
    for (; r < count; ++r) consider(query, first_row + r, scores[r]);
  }

  void tile_scores(std::size_t first, std::size_t count, std::size_t row, const float* scores, std::uint32_t hits) {
    while (hits != 0) {
      const auto lane = static_cast<std::size_t>(__builtin_ctz(hits));
      hits &= hits - 1;
      // The thresholds of the tile may be older than the last hit.
      if (lane < count) consider(first + lane, row, scores[lane]);
    }
  }

  Best& best(std::size_t query) { return best_[query]; }

 private:
  void consider(std::size_t query, std::size_t row, float score) {
    if (score <= thresholds_[query]) return;
    if (options_.allowed != nullptr && options_.allowed[row] == 0) return;
    if (options_.excluded != nullptr) {
      const std::int64_t* begin = options_.excluded + options_.excluded_offsets[first_query_ + query];
      const std::int64_t* end = options_.excluded + options_.excluded_offsets[first_query_ + query + 1];
      if (std::binary_search(begin, end, static_cast<std::int64_t>(row))) return;
    }
    best_[query].offer({score, static_cast<std::int64_t>(row)});
    thresholds_[query] = best_[query].threshold();
  }

  const Options& options_;
  std::size_t first_query_;
  std::vector<Best> best_;
  std::vector<float> thresholds_;
};

// Writes every score; rows of one thread are no other's.
class AllSink {
 public:
  AllSink(float* out, std::size_t rows, Metric metric) : out_(out), rows_(rows), metric_(metric) {}

  const float* thresholds(std::size_t) const { return none_; }
  void row_scores(std::size_t query, std::size_t first_row, const float* scores, std::size_t count) {
    float* to = out_ + query * rows_ + first_row;
    for (std::size_t r = 0; r < count; ++r) to[r] = shown(scores[r]);
  }
  void tile_scores(std::size_t first, std::size_t count, std::size_t row, const float* scores, std::uint32_t) {
    for (std::size_t q = 0; q < count; ++q) out_[(first + q) * rows_ + row] = shown(scores[q]);
  }

 private:
  float shown(float score) const { return metric_ == Metric::l2 ? std::sqrt(0.0f - score) : score; }

  float* out_;
  std::size_t rows_;
  Metric metric_;
  float none_[kMaxPackWidth] = {};
};

// Calls work(begin, end, worker) for pieces of [begin, end); each worker sees increasing rows.
template <class Work>
void walk(const Scorer& scorer, std::size_t begin, std::size_t end, unsigned threads, Work work) {
  const std::size_t piece = scorer.piece_rows();
  parallel_for(end - begin, piece, threads, [&](std::size_t from, std::size_t to, unsigned worker) {
    for (; from < to; from += piece) {
      look_up();
      work(begin + from, begin + std::min(to, from + piece), worker);
    }
  });
}

void check(const Options& options, const Rows& rows) {
  if (options.begin > options.end || options.end > rows.count) {
    fail(ErrorKind::invalid_argument, "search", "a range within " + std::to_string(rows.count) + " rows",
         std::to_string(options.begin) + " to " + std::to_string(options.end));
  }
}

}  // namespace

void search(const Rows& rows, const Queries& queries, const Options& options, std::int64_t* found, float* scores) {
  check(options, rows);
  std::fill(found, found + queries.count * options.k, std::int64_t{-1});
  std::fill(scores, scores + queries.count * options.k, std::numeric_limits<float>::quiet_NaN());
  const std::size_t count = options.end - options.begin;
  if (count == 0 || options.k == 0 || queries.count == 0) return;

  Options shortened = options;
  shortened.k = std::min(options.k, count);
  // Sorted, since the best of a query may be what it excludes, and all of that is looked up then.
  std::vector<std::int64_t> excluded;
  if (options.excluded != nullptr) {
    excluded.assign(options.excluded, options.excluded + options.excluded_offsets[queries.count]);
    for (std::size_t q = 0; q < queries.count; ++q) {
      std::sort(excluded.begin() + options.excluded_offsets[q], excluded.begin() + options.excluded_offsets[q + 1]);
    }
    shortened.excluded = excluded.data();
  }
  const unsigned threads = threads_for(rows, count, queries.count, options.threads);
  const std::size_t heap_bytes = threads * (shortened.k * sizeof(Scored) + sizeof(Best) + sizeof(float));
  const std::size_t per_walk = std::max<std::size_t>(kMaxPackWidth, kHeapBytes / heap_bytes);
  for (std::size_t first = 0; first < queries.count; first += per_walk) {
    const Queries part{queries.data + first * rows.dimensions, std::min(per_walk, queries.count - first)};
    const Scorer scorer(kernels(), rows, part, options.metric);
    std::vector<BestSink> sinks;
    sinks.reserve(threads);
    for (unsigned t = 0; t < threads; ++t) sinks.emplace_back(shortened, first, part.count);
    std::vector<Scorer::Scratch> scratch(threads);
    walk(scorer, options.begin, options.end, threads, [&](std::size_t begin, std::size_t end, unsigned worker) {
      scorer.score_piece(begin, end, scratch[worker], sinks[worker]);
    });
    for (std::size_t q = 0; q < part.count; ++q) {
      Best& best = sinks[0].best(q);
      for (unsigned t = 1; t < threads; ++t) {
        for (const Scored& scored : sinks[t].best(q).items()) best.offer(scored);
      }
      std::size_t at = (first + q) * options.k;
      for (const Scored& scored : best.sorted()) {
        found[at] = scored.row;
        scores[at++] = options.metric == Metric::l2 ? std::sqrt(0.0f - scored.score) : scored.score;
      }
    }
  }
}

void score_all(const Rows& rows, const Queries& queries, Metric metric, unsigned threads, float* scores) {
  if (rows.count == 0 || queries.count == 0) return;
  const Scorer scorer(kernels(), rows, queries, metric);
  threads = threads_for(rows, rows.count, queries.count, threads);
  std::vector<Scorer::Scratch> scratch(threads);
  AllSink sink(scores, rows.count, metric);
  walk(scorer, 0, rows.count, threads, [&](std::size_t begin, std::size_t end, unsigned worker) {
    scorer.score_piece(begin, end, scratch[worker], sink);
  });
}

void row_norms(const Rows& rows, unsigned threads, float* norms) {
  const Kernels& set = kernels();
  const std::size_t piece = rows_per_piece(rows, set.tile_rows);
  threads = threads_for(rows, rows.count, 1, threads);
  parallel_for(rows.count, piece, threads, [&](std::size_t from, std::size_t to, unsigned) {
    for (; from < to; from += piece) {
      look_up();
      FewTask task;
      task.rows = row_at(rows, from);
      task.element = rows.element;
      task.count = std::min(piece, to - from);
      task.dimensions = rows.dimensions;
      task.scales = rows.scales != nullptr ? rows.scales + from : nullptr;
      task.query_count = 1;
      task.scores = norms + from;
      set.few(Operation::square_norm, task);
      for (std::size_t r = 0; r < task.count; ++r) task.scores[r] = std::sqrt(task.scores[r]);
    }
  });
}

}  // namespace tokenspace::knn
