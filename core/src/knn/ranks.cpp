// Ranks of given rows: every query's scores are written down for a block of queries, then counted.
#include <algorithm>
#include <string>
#include <vector>

#include "tokenspace/error.hpp"
#include "tokenspace/knn.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::knn {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{32} << 20;

template <class Better, class NotWorse>
std::int64_t before(const float* scores, std::size_t count, std::size_t row, Better better, NotWorse not_worse) {
  const float own = scores[row];
  std::int64_t found = 0;
  for (std::size_t r = 0; r < row; ++r) found += static_cast<std::int64_t>(not_worse(scores[r], own));
  for (std::size_t r = row + 1; r < count; ++r) found += static_cast<std::int64_t>(better(scores[r], own));
  return found;
}

bool precedes(const float* scores, std::size_t left, std::size_t row, Metric metric) {
  if (left == row) return false;
  if (scores[left] == scores[row]) return left < row;
  return metric == Metric::l2 ? scores[left] < scores[row] : scores[left] > scores[row];
}

std::int64_t rank_of(const float* scores, std::size_t count, std::size_t row, Metric metric) {
  if (metric == Metric::l2) {
    return before(scores, count, row, [](float a, float b) { return a < b; }, [](float a, float b) { return a <= b; });
  }
  return before(scores, count, row, [](float a, float b) { return a > b; }, [](float a, float b) { return a >= b; });
}

void check(const Rows& rows, const std::int64_t* values, std::size_t count, const char* what) {
  for (std::size_t i = 0; i < count; ++i) {
    if (values[i] >= -1 && values[i] < static_cast<std::int64_t>(rows.count)) continue;
    fail(ErrorKind::invalid_argument, "ranks", std::string(what) + " within " + std::to_string(rows.count) + " rows",
         std::to_string(values[i]));
  }
}

}  // namespace

void ranks(const Rows& rows, const Queries& queries, Metric metric, const std::int64_t* candidates, std::size_t each,
           const std::int64_t* left_out, unsigned threads, std::int64_t* found) {
  check(rows, candidates, queries.count * each, "candidates");
  if (left_out != nullptr) check(rows, left_out, queries.count, "rows to leave out");
  if (rows.count == 0) return;
  const std::size_t block = std::clamp<std::size_t>(kBlockBytes / (sizeof(float) * rows.count), 8, 1024);
  std::vector<float> scores(std::min(block, queries.count) * rows.count);
  for (std::size_t first = 0; first < queries.count; first += block) {
    look_up();
    const Queries part{queries.data + first * rows.dimensions, std::min(block, queries.count - first)};
    score_all(rows, part, metric, threads, scores.data());
    parallel_for(part.count, 1, resolve_threads(threads), [&](std::size_t from, std::size_t to, unsigned) {
      for (std::size_t q = from; q < to; ++q) {
        const float* own = scores.data() + q * rows.count;
        for (std::size_t i = 0; i < each; ++i) {
          const std::size_t at = (first + q) * each + i;
          if (candidates[at] < 0) {
            found[at] = -1;
            continue;
          }
          const auto row = static_cast<std::size_t>(candidates[at]);
          found[at] = rank_of(own, rows.count, row, metric);
          const std::int64_t out = left_out == nullptr ? -1 : left_out[first + q];
          if (out >= 0 && precedes(own, static_cast<std::size_t>(out), row, metric)) --found[at];
        }
      }
    });
  }
}

}  // namespace tokenspace::knn
