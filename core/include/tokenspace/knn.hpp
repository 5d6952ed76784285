// Exact search: the best k rows of a matrix for each query, by dot product, cosine or Euclidean distance.
//
// Rows are read once for many queries. A score depends on the row, the query, the number of queries of the call (few or
// many take other kernels) and the instruction set; never on the threads or on where the row lies. Equal scores are
// ordered by row, a NaN score comes after every number (-inf as well), and NaN scores among themselves by row.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tokenspace::knn {

enum class Element : std::uint8_t { float32, float16, int8, float64, bfloat16 };

// dot: larger is better; with norms given the product is divided by the row's norm, which is the cosine for a query of
// length one. l2: the Euclidean distance, smaller is better.
enum class Metric : std::uint8_t { dot, l2 };

// A C-contiguous matrix that outlives the call. Any address; float64 is rounded to float32 while it is read.
struct Rows {
  const void* data = nullptr;
  Element element = Element::float32;
  std::size_t count = 0;
  std::size_t dimensions = 0;
  const float* scales = nullptr;  // row i stands for scales[i] * data[i]; null: as they are
  const float* norms = nullptr;   // see Metric; null: no division
};

// (count, dimensions) float32, C-contiguous.
struct Queries {
  const float* data = nullptr;
  std::size_t count = 0;
};

struct Options {
  Metric metric = Metric::dot;
  std::size_t k = 10;
  std::size_t begin = 0;  // rows [begin, end) are searched
  std::size_t end = 0;
  const std::uint8_t* allowed = nullptr;  // one byte a row of the matrix: 0 leaves the row out; null: all
  // Query q leaves out the rows excluded[excluded_offsets[q]] ... excluded[excluded_offsets[q + 1]); null: none.
  const std::int64_t* excluded = nullptr;
  const std::int64_t* excluded_offsets = nullptr;
  unsigned threads = 0;  // 0 = all cores
};

// rows, scores: (queries, k), best first. Where fewer than k rows remain the rest is -1 and NaN.
void search(const Rows& rows, const Queries& queries, const Options& options, std::int64_t* found, float* scores);

// scores: (queries, rows), the score of every row. Rows are never larger than what the caller holds already.
void score_all(const Rows& rows, const Queries& queries, Metric metric, unsigned threads, float* scores);

// found: (queries, each), how many rows come before candidates[query, i] in the order of `search`, from 0; the row
// left_out[query] is not counted (-1 or null: none), a candidate of -1 gets -1. Holds 32 MiB of scores, or those of 8
// queries.
void ranks(const Rows& rows, const Queries& queries, Metric metric, const std::int64_t* candidates, std::size_t each,
           const std::int64_t* left_out, unsigned threads, std::int64_t* found);

// norms: (rows), Euclidean lengths with `scales` applied.
void row_norms(const Rows& rows, unsigned threads, float* norms);

}  // namespace tokenspace::knn
