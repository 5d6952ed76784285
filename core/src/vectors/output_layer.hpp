// What an input is to predict for a word: the word itself among noise words, or its path in a Huffman tree.
#pragma once

#include <cstdint>
#include <vector>

#include "noise_table.hpp"
#include "random.hpp"
#include "rows.hpp"
#include "tokenspace/word2vec.hpp"

namespace tokenspace::vectors {

// Output rows with their labels; no row occurs twice.
struct OutputSet {
  std::vector<std::uint32_t> rows;
  std::vector<float> labels;   // 1 true, 0 noise
  std::vector<float> weights;  // how often the row was drawn

  void clear() {
    rows.clear();
    labels.clear();
    weights.clear();
  }
  void add(std::uint32_t row, float label) {
    rows.push_back(row);
    labels.push_back(label);
    weights.push_back(1.0f);
  }
};

class OutputLayer {
 public:
  // Throws Error (invalid_argument) for sizes, points or codes that do not fit `words` words.
  OutputLayer(const OutputConfig& config, std::size_t words);

  bool sampling() const { return config_.negative != 0; }
  bool tree() const { return !config_.path_offsets.empty(); }
  const Matrix& negative_rows() const { return config_.negative_rows; }
  const Matrix& node_rows() const { return config_.node_rows; }

  // `word` with label 1 and `negative` noise words with label 0; a draw of the word itself is skipped, as gensim does.
  void sample(std::uint32_t word, Random& random, OutputSet& set) const;

  // `negative` noise words with label 0, whatever is to be predicted.
  void sample_noise(Random& random, OutputSet& set) const;

  // The nodes on the way to `word`.
  void path(std::uint32_t word, OutputSet& set) const;

  // Asks for the cache lines of those nodes.
  void prefetch_path(std::uint32_t word, const Rows& nodes) const;

 private:
  OutputConfig config_;
  NoiseTable noise_;
};

}  // namespace tokenspace::vectors
