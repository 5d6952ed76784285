// The encoder of static text models: one row of numbers a token, and a text is the mean of the rows of its tokens.
//
// Reads rows of float32, float16 or int8 where they lie (a mapped file as well), several texts at once on several
// threads. A text's vector depends on its own ids, the table and the instruction set; never on the threads or on the
// other texts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tokenspace::nn {

enum class RowType : std::uint8_t { float32, float16, int8 };

inline constexpr std::uint32_t kNoToken = UINT32_MAX;

// Token t stands for factors[t] * rows[mapping[t]]. Everything outlives the calls.
struct TokenTable {
  const void* rows = nullptr;  // (row_count, dimensions), C-contiguous, any address
  RowType type = RowType::float32;
  std::size_t row_count = 0;
  std::size_t dimensions = 0;
  std::size_t vocabulary_size = 0;         // ids are below it; row_count when there is no mapping
  const float* factors = nullptr;          // one a token; null: all 1
  const std::uint32_t* mapping = nullptr;  // one a token, each below row_count; null: row t is token t's
  std::uint32_t dropped = kNoToken;        // a token that is left out of the mean (the unknown one)
};

// Token ids of n texts one after the other: text i owns ids[offsets[i]] ... ids[offsets[i + 1]).
struct Bags {
  const std::uint32_t* ids = nullptr;
  const std::int64_t* offsets = nullptr;  // n + 1, rising from 0
  std::size_t count = 0;
};

// out: (bags.count, dimensions) float32, the mean of each text's rows, of length 1 when `normalize`. A text without
// tokens becomes zeros. Throws ArgumentError for an id outside the vocabulary.
void mean_rows(const TokenTable& table, const Bags& bags, bool normalize, unsigned threads, float* out);

}  // namespace tokenspace::nn
