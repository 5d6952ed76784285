// The model files of fastText, .bin and .ftz (docs/formats/fasttext.md): what they hold and where, checked against the
// length of the file before anything is allocated. Matrices stay in the file until they are asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tokenspace::fasttext {

struct BinArguments {
  std::int32_t dim, ws, epoch, min_count, neg, word_ngrams;
  std::int32_t loss;   // 1 hierarchical softmax, 2 negative sampling, 3 softmax, 4 one against all
  std::int32_t model;  // 1 CBOW, 2 skip-gram, 3 supervised
  std::int32_t bucket, minn, maxn, lr_update_rate;
  double t;
};

struct BinEntry {
  std::string_view word;  // bytes of the file
  std::uint64_t count;
};

// Centroids of sub-vectors and the codes that choose among them (Jegou et al., 2011).
struct ProductCodes {
  std::int32_t dim = 0, parts = 0, width = 0, last_width = 0;
  std::uint64_t centroids = 0;  // offset of dim * 256 float32
  std::uint64_t codes = 0;      // offset of a byte for each row and part
};

struct BinMatrix {
  std::uint64_t rows = 0, columns = 0;
  bool quantized = false;
  std::uint64_t offset = 0;  // of rows * columns float32, when not quantized
  ProductCodes codes;
  bool has_norms = false;
  ProductCodes norms;
};

struct BinFile {
  std::string_view bytes;
  std::int32_t version = 0;
  BinArguments arguments{};
  std::uint64_t tokens = 0;
  std::uint64_t words = 0, labels = 0;
  std::vector<BinEntry> entries;  // words, then labels
  bool is_pruned = false;
  std::unordered_map<std::uint32_t, std::uint32_t> pruned;  // {bucket: row - words}
  BinMatrix input, output;
};

// Views into `bytes`. Throws Error(format) for a file that is damaged, Error(unsupported) for one of another time.
BinFile read_bin(std::string_view bytes, const std::string& name);

// Row `row` as float32; `out` has room for matrix.columns.
void copy_row(const BinFile& file, const BinMatrix& matrix, std::uint64_t row, float* out);

}  // namespace tokenspace::fasttext
