#include <bit>
#include <cstring>

#include "tokenspace/error.hpp"
#include "tokenspace/vector_formats.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::vectors {

static_assert(std::endian::native == std::endian::little, "rows are copied as they stand in the file");

namespace {

bool all_finite(const float* values, std::size_t count) {
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += values[i] * 0.0F;  // 0, or not a number
  return sum == 0;
}

}  // namespace

ParsedRows parse_binary(std::string_view block, std::size_t dimension, std::span<float> out) {
  if (dimension == 0) fail(ErrorKind::invalid_argument, "read vectors", "at least one value a row", "0");
  const std::size_t limit = out.size() / dimension;
  const std::size_t row_bytes = dimension * sizeof(float);
  ParsedRows parsed;
  std::size_t at = 0;
  while (parsed.words.size() < limit) {
    std::size_t begin = at;
    while (begin < block.size() && block[begin] == '\n') ++begin;
    const std::size_t space = block.find(' ', begin);
    if (space == std::string_view::npos || block.size() - space - 1 < row_bytes) break;
    float* const row = out.data() + parsed.words.size() * dimension;
    std::memcpy(row, block.data() + space + 1, row_bytes);
    if (!all_finite(row, dimension)) ++parsed.not_finite;
    parsed.words.push_back({begin, space - begin});
    at = space + 1 + row_bytes;
    if (parsed.words.size() % 1024 == 0) look_up();
  }
  parsed.bytes = at;
  return parsed;
}

std::string format_binary(std::span<const std::string_view> words, std::span<const float> rows, std::size_t dimension,
                          std::string_view prefix) {
  const std::size_t row_bytes = dimension * sizeof(float);
  std::size_t size = words.size() * (prefix.size() + 1 + row_bytes);
  for (const std::string_view word : words) size += word.size();
  std::string all;
  all.reserve(size);
  for (std::size_t i = 0; i < words.size(); ++i) {
    all.append(prefix).append(words[i]).append(1, ' ');
    all.append(reinterpret_cast<const char*>(rows.data() + i * dimension), row_bytes);
  }
  return all;
}

}  // namespace tokenspace::vectors
