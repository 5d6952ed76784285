#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "formats/decimal_float.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/vector_formats.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::vectors {

namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr std::size_t kShown = 60;  // bytes of a line in a message

bool is_separator(char c) {
  return c == ' ' || c == '\t';
}

// What bytes.rstrip() of Python takes away.
bool is_white(char c) {
  return is_separator(c) || (c >= '\n' && c <= '\r');
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && is_white(line.back())) line.remove_suffix(1);
  return line;
}

// The line at the start of `text`, and `text` moved past its line feed.
std::string_view take_line(std::string_view& text) {
  const std::size_t cut = text.find('\n');
  const std::string_view line = text.substr(0, cut);
  text.remove_prefix(cut == std::string_view::npos ? text.size() : cut + 1);
  return line;
}

// Where the fields that are `count` from the right begin; npos when there are fewer separators.
std::size_t begin_of_values(std::string_view line, std::size_t count) {
  std::size_t at = line.size();
  for (std::size_t i = 0; i < count; ++i) {
    while (at > 0 && !is_separator(line[at - 1])) --at;
    if (at == 0) return std::string_view::npos;
    if (i + 1 == count) return at;
    while (at > 0 && is_separator(line[at - 1])) --at;
  }
  return at;
}

// `values.size()` numbers between separators, and nothing after them.
template <class T>
bool read_values(const char* p, const char* end, std::span<T> values) {
  for (T& value : values) {
    while (p < end && is_separator(*p)) ++p;
    if (!decimal::read_number(p, end, value)) return false;
    if (p < end && !is_separator(*p)) return false;
  }
  return p == end;
}

[[noreturn]] void refuse(std::string_view line, std::size_t dimension, std::uint64_t number) {
  const std::size_t values = count_values(line);
  std::string received;
  if (values < dimension) {
    received = std::to_string(values) + " values";
  } else {
    received = "values that are not all numbers";
  }
  received += ": ";
  received += line.substr(0, kShown);
  if (line.size() > kShown) received += "...";
  fail(ErrorKind::format, "read vectors, line " + std::to_string(number),
       "a word and " + std::to_string(dimension) + " numbers", received);
}

// One line that holds something; the length of its word.
template <class T>
std::size_t parse_line(std::string_view line, std::span<T> values, std::uint64_t number) {
  // Nearly all words hold no blank: one pass from the left does.
  const char* const end = line.data() + line.size();
  std::size_t word = 0;
  while (word < line.size() && !is_separator(line[word])) ++word;
  if (read_values(line.data() + word, end, values)) return word;
  const std::size_t begin = begin_of_values(line, values.size());
  if (begin == std::string_view::npos || !read_values(line.data() + begin, end, values)) {
    refuse(line, values.size(), number);
  }
  word = begin;
  while (word > 0 && is_separator(line[word - 1])) --word;
  return word;
}

template <class T>
bool all_finite(std::span<T> values) {
  T sum = 0;
  for (const T value : values) sum += value * T{0};  // 0, or not a number
  return sum == 0;
}

struct Chunk {
  std::size_t begin = 0, end = 0;
  RowCount count;
  std::size_t first_row = 0;
  std::uint64_t first_line = 0;
  std::size_t not_finite = 0;
};

// Pieces of about kChunkBytes that end at line feeds.
std::vector<Chunk> chunks_of(std::string_view block) {
  std::vector<Chunk> chunks;
  for (std::size_t begin = 0; begin < block.size();) {
    std::size_t end = begin + std::min(kChunkBytes, block.size() - begin);
    if (end < block.size()) {
      const std::size_t cut = block.find('\n', end);
      end = cut == std::string_view::npos ? block.size() : cut + 1;
    }
    chunks.push_back({begin, end, {}, 0, 0, 0});
    begin = end;
  }
  return chunks;
}

template <class Work>
void for_each_chunk(std::vector<Chunk>& chunks, unsigned threads, Work work) {
  parallel_for(chunks.size(), 1, threads, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i) work(chunks[i]);
  });
}

}  // namespace

RowCount count_rows(std::string_view block, std::size_t limit) {
  RowCount count;
  std::string_view rest = block;
  while (!rest.empty() && count.rows < limit) {
    const std::string_view line = take_line(rest);
    ++count.lines;
    // The first byte of a line is nearly always that of a word.
    if (!line.empty() && (!is_white(line.front()) || !trimmed(line).empty())) ++count.rows;
    if (count.lines % 4096 == 0) look_up();
  }
  count.bytes = block.size() - rest.size();
  return count;
}

std::size_t count_values(std::string_view line) {
  line = trimmed(line);
  std::size_t values = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (is_separator(line[i]) && (i == 0 || !is_separator(line[i - 1]))) ++values;
  }
  return values;
}

template <class T>
ParsedRows parse_text(std::string_view block, std::size_t dimension, std::span<T> out, std::uint64_t first_line,
                      unsigned threads) {
  if (dimension == 0) fail(ErrorKind::invalid_argument, "read vectors", "at least one value a line", "0");
  const std::size_t rows = out.size() / dimension;
  threads = resolve_threads(threads);
  std::vector<Chunk> chunks = chunks_of(block);
  for_each_chunk(chunks, threads, [&](Chunk& chunk) {
    chunk.count = count_rows(block.substr(chunk.begin, chunk.end - chunk.begin), static_cast<std::size_t>(-1));
  });
  std::size_t total = 0;
  for (Chunk& chunk : chunks) {
    chunk.first_row = total;
    chunk.first_line = first_line;
    total += chunk.count.rows;
    first_line += chunk.count.lines;
  }
  if (total != rows) {
    fail(ErrorKind::invalid_argument, "read vectors", std::to_string(total) + " rows of output", std::to_string(rows));
  }
  ParsedRows parsed;
  parsed.words.resize(rows);
  parsed.bytes = block.size();
  for_each_chunk(chunks, threads, [&](Chunk& chunk) {
    std::string_view rest = block.substr(chunk.begin, chunk.end - chunk.begin);
    std::size_t row = chunk.first_row;
    for (std::uint64_t number = chunk.first_line; !rest.empty(); ++number) {
      const std::string_view line = trimmed(take_line(rest));
      if (line.empty()) continue;
      const std::span<T> values = out.subspan(row * dimension, dimension);
      const auto begin = static_cast<std::uint64_t>(line.data() - block.data());
      parsed.words[row++] = {begin, parse_line(line, values, number)};
      if (!all_finite(values)) ++chunk.not_finite;
      if (number % 256 == 0) look_up();
    }
  });
  for (const Chunk& chunk : chunks) parsed.not_finite += chunk.not_finite;
  return parsed;
}

template ParsedRows parse_text(std::string_view, std::size_t, std::span<float>, std::uint64_t, unsigned);
template ParsedRows parse_text(std::string_view, std::size_t, std::span<double>, std::uint64_t, unsigned);

std::string format_text(std::span<const std::string_view> words, std::span<const float> rows, std::size_t dimension,
                        std::string_view prefix, unsigned threads) {
  constexpr std::size_t kGrain = 512;
  const std::size_t pieces = (words.size() + kGrain - 1) / kGrain;
  std::vector<std::string> text(pieces);
  parallel_for(pieces, 1, resolve_threads(threads), [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t piece = begin; piece < end; ++piece) {
      std::string& out = text[piece];
      for (std::size_t i = piece * kGrain; i < std::min(words.size(), (piece + 1) * kGrain); ++i) {
        out.append(prefix).append(words[i]);
        const std::size_t written = out.size();
        out.resize(written + dimension * (decimal::kMaxFloat + 1) + 1);
        char* p = out.data() + written;
        for (const float value : rows.subspan(i * dimension, dimension)) {
          *p++ = ' ';
          p = decimal::write_float(p, value);
        }
        *p++ = '\n';
        out.resize(static_cast<std::size_t>(p - out.data()));
      }
      look_up();
    }
  });
  std::string all;
  std::size_t size = 0;
  for (const std::string& piece : text) size += piece.size();
  all.reserve(size);
  for (const std::string& piece : text) all.append(piece);
  return all;
}

}  // namespace tokenspace::vectors
