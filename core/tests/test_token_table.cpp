// The vector kernels against the scalar set: equal to the bit where all sums are exact (small whole numbers), in every
// width and type; then the walk over the texts.
#include <cmath>
#include <random>
#include <vector>

#include "harness.hpp"
#include "nn/token_table_kernels.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/token_table.hpp"

using namespace tokenspace;
using nn::RowType;

namespace {

constexpr RowType kTypes[] = {RowType::float32, RowType::float16, RowType::int8};

// Whole numbers of -4 to 4 in every type.
struct Rows {
  std::vector<float> wide;
  std::vector<std::uint16_t> half;
  std::vector<std::int8_t> small;

  Rows(std::size_t n, std::mt19937& random) {
    static const std::uint16_t kHalves[] = {0xC400, 0xC200, 0xC000, 0xBC00, 0x0000, 0x3C00, 0x4000, 0x4200, 0x4400};
    for (std::size_t i = 0; i < n; ++i) {
      const int value = static_cast<int>(random() % 9) - 4;
      wide.push_back(static_cast<float>(value));
      half.push_back(kHalves[value + 4]);
      small.push_back(static_cast<std::int8_t>(value));
    }
  }
  const void* data(RowType type) const {
    if (type == RowType::float32) return wide.data();
    if (type == RowType::float16) return half.data();
    return small.data();
  }
};

}  // namespace

TEST("token table: every set of kernels gives the scalar sums, in every width and type") {
  std::mt19937 random(1);
  const nn::TokenTableKernels* const* sets = nullptr;
  const std::size_t count = nn::token_table_kernel_sets(&sets);
  for (std::size_t d = 0; d < 300; d += d < 70 ? 1 : 37) {
    constexpr std::size_t kRows = 40, kTokens = 60;
    const Rows rows(kRows * d, random);
    std::vector<float> factors;
    std::vector<std::uint32_t> mapping, ids;
    for (std::size_t t = 0; t < kTokens; ++t) {
      factors.push_back(static_cast<float>(random() % 5) / 2);
      mapping.push_back(random() % kRows);
    }
    for (std::size_t i = 0; i < 1 + d % 23; ++i) ids.push_back(random() % kRows);
    for (const RowType type : kTypes) {
      for (const bool whole : {false, true}) {
        nn::TokenTable table{rows.data(type), type, kRows, d, kRows, nullptr, nullptr};
        if (whole) {
          table.vocabulary_size = kTokens;
          table.factors = factors.data();
          table.mapping = mapping.data();
        }
        std::vector<float> expected(d, 0.0f);
        for (const std::uint32_t id : ids) {
          for (std::size_t i = 0; i < d; ++i) {
            expected[i] += whole ? factors[id] * rows.wide[mapping[id] * d + i] : rows.wide[id * d + i];
          }
        }
        for (std::size_t s = 0; s < count; ++s) {
          std::vector<float> out(d, 7.0f);
          sets[s]->sum(table, ids.data(), ids.size(), 2.0f, out.data());
          for (std::size_t i = 0; i < d; ++i) CHECK_EQ(out[i], 2 * expected[i]);
          double squares = 0;
          for (const float x : out) squares += static_cast<double>(x) * x;
          sets[s]->normalize(out.data(), d);
          for (std::size_t i = 0; i < d; ++i) {
            const double wanted = squares > 0 ? 2 * expected[i] / std::sqrt(squares) : 0.0;
            CHECK_EQ(std::fabs(out[i] - wanted) < 1e-6, true);
          }
        }
      }
    }
  }
}

TEST("token table: means of texts, without the dropped token, whatever the threads") {
  std::mt19937 random(2);
  constexpr std::size_t kRows = 50, kWidth = 19, kTexts = 3000;
  const Rows rows(kRows * kWidth, random);
  nn::TokenTable table{rows.small.data(), RowType::int8, kRows, kWidth, kRows, nullptr, nullptr, 3};
  std::vector<std::uint32_t> ids;
  std::vector<std::int64_t> offsets{0};
  for (std::size_t i = 0; i < kTexts; ++i) {
    for (std::size_t n = random() % 40; n > 0; --n) ids.push_back(random() % kRows);
    if (i == 1) ids.push_back(3);
    offsets.push_back(static_cast<std::int64_t>(ids.size()));
  }
  std::vector<float> one(kTexts * kWidth), four(kTexts * kWidth);
  nn::mean_rows(table, {ids.data(), offsets.data(), kTexts}, false, 1, one.data());
  nn::mean_rows(table, {ids.data(), offsets.data(), kTexts}, false, 4, four.data());
  CHECK_EQ(one == four, true);
  for (std::size_t text = 0; text < kTexts; ++text) {
    double count = 0, sum = 0;
    for (auto i = offsets[text]; i < offsets[text + 1]; ++i) {
      if (ids[static_cast<std::size_t>(i)] == 3) continue;
      ++count;
      sum += rows.small[ids[static_cast<std::size_t>(i)] * kWidth + 5];
    }
    CHECK_EQ(std::fabs(one[text * kWidth + 5] - (count > 0 ? sum / count : 0.0)) < 1e-5, true);
  }
  ids[ids.size() / 2] = kRows;
  bool refused = false;
  try {
    nn::mean_rows(table, {ids.data(), offsets.data(), kTexts}, false, 2, one.data());
  } catch (const Error& error) {
    refused = error.kind() == ErrorKind::invalid_argument;
  }
  CHECK_EQ(refused, true);
}

TEST("token table: the mean of a very long text keeps its digits") {
  constexpr std::size_t kWidth = 20, kTokens = 3000001;
  std::vector<float> rows(2 * kWidth, 0.1f);
  std::fill(rows.begin() + kWidth, rows.end(), 0.3f);
  const nn::TokenTable table{rows.data(), RowType::float32, 2, kWidth, 2, nullptr, nullptr};
  std::vector<std::uint32_t> ids(kTokens, 0);
  for (std::size_t i = 0; i < kTokens; i += 2) ids[i] = 1;
  const std::vector<std::int64_t> offsets{0, static_cast<std::int64_t>(kTokens)};
  std::vector<float> out(kWidth);
  nn::mean_rows(table, {ids.data(), offsets.data(), 1}, false, 1, out.data());
  for (const float x : out) CHECK_EQ(std::fabs(x - 0.2f) < 5e-6f, true);
}
