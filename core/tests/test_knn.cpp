// The vector kernels against the scalar set: equal to the bit where all sums are exact (small whole numbers), close
// where they round. Then the search over them.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "harness.hpp"
#include "knn/best.hpp"
#include "knn/half.hpp"
#include "knn/kernels.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/knn.hpp"

using namespace tokenspace;
using knn::Element;
using knn::Operation;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Whole numbers of -4 to 4 in every element type.
struct Sample {
  std::vector<float> wide;
  std::vector<std::uint16_t> half;
  std::vector<std::int8_t> small;
  std::vector<double> doubles;
  std::vector<std::uint16_t> brain;

  Sample(std::size_t n, std::mt19937& random) {
    static const std::uint16_t kHalves[] = {0xC400, 0xC200, 0xC000, 0xBC00, 0x0000, 0x3C00, 0x4000, 0x4200, 0x4400};
    static const std::uint16_t kBrains[] = {0xC080, 0xC040, 0xC000, 0xBF80, 0x0000, 0x3F80, 0x4000, 0x4040, 0x4080};
    for (std::size_t i = 0; i < n; ++i) {
      const int value = static_cast<int>(random() % 9) - 4;
      wide.push_back(static_cast<float>(value));
      half.push_back(kHalves[value + 4]);
      small.push_back(static_cast<std::int8_t>(value));
      doubles.push_back(value);
      brain.push_back(kBrains[value + 4]);
    }
  }
  const void* data(Element element) const {
    switch (element) {
      case Element::float32:
        return wide.data();
      case Element::float16:
        return half.data();
      case Element::int8:
        return small.data();
      case Element::float64:
        return doubles.data();
      case Element::bfloat16:
        return brain.data();
    }
    return nullptr;
  }
};

constexpr Element kElements[] = {Element::float32, Element::float16, Element::int8, Element::float64,
                                 Element::bfloat16};
constexpr Operation kOperations[] = {Operation::dot, Operation::minus_square_distance, Operation::square_norm};

}  // namespace

TEST("knn: every set of kernels gives the scalar scores of few queries, in every width and element") {
  std::mt19937 random(1);
  const knn::Kernels* const* sets = nullptr;
  const std::size_t count = knn::kernel_sets(&sets);
  for (std::size_t d = 0; d < 70; ++d) {
    const std::size_t rows = 1 + d % 19, queries = 1 + d % knn::kFew;
    const Sample sample(rows * d, random), asked(queries * d, random);
    std::vector<float> scales(rows, 0.5f);
    for (const Element element : kElements) {
      for (const Operation operation : kOperations) {
        for (const bool scaled : {false, true}) {
          std::vector<std::vector<float>> results;
          for (std::size_t s = 0; s < count; ++s) {
            results.emplace_back(queries * rows, 0.0f);
            knn::FewTask task;
            task.rows = sample.data(element);
            task.element = element;
            task.count = rows;
            task.dimensions = d;
            task.scales = scaled ? scales.data() : nullptr;
            task.queries = asked.wide.data();
            task.query_count = queries;
            task.scores = results.back().data();
            task.stride = rows;
            sets[s]->few(operation, task);
            CHECK_EQ(results.back() == results.front(), true);
          }
          if (operation == Operation::dot && d > 0) {
            float expected = 0;
            for (std::size_t i = 0; i < d; ++i) expected += sample.wide[i] * asked.wide[i];
            CHECK_EQ(results[0][0], scaled ? expected / 2 : expected);
          }
        }
      }
    }
  }
}

TEST("knn: tiles of every set give the scores that few queries give, and mark what beats a threshold") {
  std::mt19937 random(2);
  const knn::Kernels* const* sets = nullptr;
  const std::size_t count = knn::kernel_sets(&sets);
  for (std::size_t s = 0; s < count; ++s) {
    for (const std::size_t width : {sets[s]->lanes, sets[s]->pack_width}) {
      for (const std::size_t d : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{33}}) {
        for (const Operation operation : {Operation::dot, Operation::minus_square_distance}) {
          const std::size_t rows = sets[s]->tile_rows;
          const Sample sample(rows * d, random), asked(width * d, random);
          std::vector<float> pack(width * d), divisors(rows, 2.0f), thresholds(width, 1.0f), scores(rows * width);
          for (std::size_t q = 0; q < width; ++q) {
            for (std::size_t i = 0; i < d; ++i) pack[i * width + q] = asked.wide[q * d + i];
          }
          thresholds[0] = kNan;
          std::vector<std::uint32_t> hits(rows);
          knn::TileTask task;
          task.rows = sample.wide.data();
          task.dimensions = d;
          task.pack = pack.data();
          task.width = width;
          task.divisors = divisors.data();
          task.thresholds = thresholds.data();
          task.scores = scores.data();
          task.hits = hits.data();
          sets[s]->tile(operation, task);
          for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t q = 0; q < width; ++q) {
              float expected = 0;
              for (std::size_t i = 0; i < d; ++i) {
                const float x = sample.wide[r * d + i], y = asked.wide[q * d + i];
                expected += operation == Operation::dot ? x * y : -(x - y) * (x - y);
              }
              CHECK_EQ(scores[r * width + q], expected / 2);
              CHECK_EQ((hits[r] >> q & 1u) != 0, q == 0 || !(expected / 2 <= 1.0f));
            }
          }
        }
      }
    }
  }
}

TEST("knn: half precision is read exactly, subnormal numbers, infinity and NaN included") {
  const knn::Kernels* const* sets = nullptr;
  const std::size_t count = knn::kernel_sets(&sets);
  std::vector<std::uint16_t> all(1 << 16);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
  std::vector<float> scalar(all.size());
  sets[0]->widen(all.data(), Element::float16, 1, all.size(), nullptr, scalar.data());
  CHECK_EQ(scalar[0x3C00], 1.0f);
  CHECK_EQ(scalar[0x0001], 0x1p-24f);
  CHECK_EQ(scalar[0x7BFF], 65504.0f);
  CHECK_EQ(scalar[0xFC00], -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(scalar[0x7E00]));
  CHECK(std::signbit(scalar[0x8000]));
  for (std::size_t s = 1; s < count; ++s) {
    std::vector<float> vector(all.size());
    sets[s]->widen(all.data(), Element::float16, 1, all.size(), nullptr, vector.data());
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK(vector[i] == scalar[i] || (std::isnan(vector[i]) && std::isnan(scalar[i])));
    }
  }
}

TEST("knn: bfloat16 is the upper half of a float in every set of kernels, NaN with its bits included") {
  const knn::Kernels* const* sets = nullptr;
  const std::size_t count = knn::kernel_sets(&sets);
  std::vector<std::uint16_t> all(1 << 16);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
  for (std::size_t s = 0; s < count; ++s) {
    std::vector<float> wide(all.size());
    sets[s]->widen(all.data(), Element::bfloat16, 1, all.size(), nullptr, wide.data());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const float expected = std::bit_cast<float>(static_cast<std::uint32_t>(i) << 16);
      CHECK(wide[i] == expected || (std::isnan(wide[i]) && std::isnan(expected)));
    }
  }
}

TEST("knn: the heap orders numbers, NaN and ties") {
  const float inf = std::numeric_limits<float>::infinity();
  for (std::size_t k = 1; k <= 7; ++k) {
    knn::Best best(k);
    const float scores[] = {kNan, 1.0f, -inf, 1.0f, kNan, 3.0f, -2.0f};
    for (std::int64_t row = 0; row < 7; ++row) best.offer({scores[row], row});
    const std::int64_t expected[] = {5, 1, 3, 6, 2, 0, 4};
    const auto& sorted = best.sorted();
    CHECK_EQ(sorted.size(), k);
    for (std::size_t i = 0; i < k; ++i) CHECK_EQ(sorted[i].row, expected[i]);
  }
}

TEST("knn: a search finds the same rows for every number of threads and queries, ties by row") {
  std::mt19937 random(3);
  const std::size_t n = 20011, d = 9, k = 12;
  const Sample sample(n * d, random), asked(50 * d, random);  // many equal scores
  knn::Rows rows{sample.wide.data(), Element::float32, n, d, nullptr, nullptr};
  knn::Options options;
  options.k = k;
  options.begin = 13;
  options.end = n - 5;
  const auto run = [&](std::size_t first, std::size_t queries, unsigned threads) {
    options.threads = threads;
    std::vector<std::int64_t> found(queries * k);
    std::vector<float> scores(queries * k);
    knn::search(rows, {asked.wide.data() + first * d, queries}, options, found.data(), scores.data());
    return found;
  };
  const auto all = run(0, 50, 1);
  CHECK(all == run(0, 50, 4));
  for (std::size_t q = 0; q < 50; q += 7) {
    const auto one = run(q, 1, 3);
    CHECK(std::equal(one.begin(), one.end(), all.begin() + static_cast<std::ptrdiff_t>(q * k)));
    for (const std::int64_t row : one) CHECK(row >= 13 && row < static_cast<std::int64_t>(n) - 5);
  }
}

TEST("knn: excluded and disallowed rows stay out, and what is missing is -1 and NaN") {
  const float data[] = {1, 2, 3, 4, 5};
  const float query[] = {1, 1, -1};
  const std::uint8_t allowed[] = {1, 1, 1, 0, 1};
  const std::int64_t excluded[] = {4, 0, 1, 2};
  const std::int64_t offsets[] = {0, 1, 1, 4};
  knn::Rows rows{data, Element::float32, 5, 1, nullptr, nullptr};
  knn::Options options;
  options.k = 4;
  options.end = 5;
  options.allowed = allowed;
  options.excluded = excluded;
  options.excluded_offsets = offsets;
  std::vector<std::int64_t> found(12);
  std::vector<float> scores(12);
  knn::search(rows, {query, 3}, options, found.data(), scores.data());
  const std::vector<std::int64_t> expected = {2, 1, 0, -1, 4, 2, 1, 0, 4, -1, -1, -1};
  CHECK(found == expected);
  CHECK_EQ(scores[8], -5.0f);
  CHECK(std::isnan(scores[3]));
}

TEST("knn: a range outside the matrix is refused") {
  const float data[] = {1, 2};
  knn::Rows rows{data, Element::float32, 2, 1, nullptr, nullptr};
  knn::Options options;
  options.end = 3;
  std::vector<std::int64_t> found(10);
  std::vector<float> scores(10);
  CHECK_THROWS(knn::search(rows, {data, 1}, options, found.data(), scores.data()));
}
