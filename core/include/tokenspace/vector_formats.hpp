// Word vectors as text ("word v1 ... vd" a line) and as word2vec binary (word, space, d little-endian float32).
// Headers, compression and duplicates are the caller's affair; here bytes become rows and rows become bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tokenspace/buffer.hpp"

namespace tokenspace::vectors {

// A word of a block, as it stands there.
struct WordSpan {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
};

struct RowCount {
  std::size_t rows = 0;   // lines that hold anything but white space
  std::size_t lines = 0;  // all lines
  std::size_t bytes = 0;  // where the last of them ends, its line feed included
};

// The first `limit` rows of a block of lines; the last line may lack its line feed. Linear.
RowCount count_rows(std::string_view block, std::size_t limit);

// Values on a line: its fields (separated by runs of blanks and tabs) less the first, which is the word.
std::size_t count_values(std::string_view line);

struct ParsedRows {
  Buffer<WordSpan> words;
  std::size_t bytes = 0;       // consumed
  std::size_t not_finite = 0;  // rows with an infinite value or one that is not a number
};

// Every row of `block`, which holds out.size() / dimension of them, into `out`. The values are the last `dimension`
// fields of a line and the word is all before them, so words may hold blanks. A value is what Python's float() reads
// (without underscores and non-ASCII digits), rounded to double and then, for T = float, to float, as NumPy does.
// Error(format) names the line, counted from `first_line`.
template <class T>
ParsedRows parse_text(std::string_view block, std::size_t dimension, std::span<T> out, std::uint64_t first_line,
                      unsigned threads);

// As many whole rows as `block` and `out` hold. Line feeds in front of a word are dropped.
ParsedRows parse_binary(std::string_view block, std::size_t dimension, std::span<float> out);

// Rows as lines; values in the fewest digits that give the same float, laid out as NumPy's str() of float32 does.
std::string format_text(std::span<const std::string_view> words, std::span<const float> rows, std::size_t dimension,
                        std::string_view prefix, unsigned threads);

std::string format_binary(std::span<const std::string_view> words, std::span<const float> rows, std::size_t dimension,
                          std::string_view prefix);

}  // namespace tokenspace::vectors
