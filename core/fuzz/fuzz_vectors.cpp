// Rows of vectors as text and as binary. Byte 0 chooses the format and the number of columns; the rest is the file
// after its header.
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include "fuzz.hpp"
#include "tokenspace/vector_formats.hpp"

namespace {

using namespace tokenspace;

// What was parsed lies within the block, and writing it gives rows that parse to the same again.
void check(std::string_view block, const vectors::ParsedRows& parsed, std::span<const float> rows,
           std::size_t dimension, bool binary) {
  std::vector<std::string_view> words;
  for (const vectors::WordSpan word : parsed.words) {
    if (word.begin > block.size() || word.size > block.size() - word.begin) std::abort();
    words.push_back(block.substr(word.begin, word.size));
    // A reader cannot tell these from what stands around them.
    if (words.back().empty() || words.back().front() == '\n' || words.back().find('\n') != std::string_view::npos)
      return;
  }
  const std::span<const float> used = rows.first(words.size() * dimension);
  const std::string text =
      binary ? vectors::format_binary(words, used, dimension, "") : vectors::format_text(words, used, dimension, "", 1);
  std::vector<float> again(used.size());
  const vectors::ParsedRows second =
      binary ? vectors::parse_binary(text, dimension, again) : vectors::parse_text<float>(text, dimension, again, 1, 1);
  if (second.words.size() != words.size()) std::abort();
  for (std::size_t i = 0; i < used.size(); ++i) {
    const bool same = used[i] == again[i] || (used[i] != used[i] && again[i] != again[i]);
    if (!same) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view block = fuzz::view(data + 1, size - 1);
  const std::size_t dimension = 1 + (data[0] & 31);
  const bool binary = (data[0] & 32) != 0;
  try {
    if (binary) {
      std::vector<float> rows(block.size() / (4 * dimension + 1) * dimension);
      check(block, vectors::parse_binary(block, dimension, rows), rows, dimension, true);
      return 0;
    }
    const vectors::RowCount count = vectors::count_rows(block, std::numeric_limits<std::size_t>::max());
    if (count.bytes != block.size()) std::abort();
    (void)vectors::count_values(block.substr(0, block.find('\n')));
    if ((data[0] & 64) != 0) {
      std::vector<double> rows(count.rows * dimension);
      (void)vectors::parse_text<double>(block, dimension, rows, 1, 1);
    }
    std::vector<float> rows(count.rows * dimension);
    check(block, vectors::parse_text<float>(block, dimension, rows, 1, 1 + (data[0] >> 7)), rows, dimension, false);
  } catch (const Error&) {
  }
  return 0;
}
