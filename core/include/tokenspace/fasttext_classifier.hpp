// Text classification by the mean of a line's rows and a linear layer (Joulin et al., arXiv 1607.01759), with the
// losses of fastText 0.9.2.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "tokenspace/fasttext_dictionary.hpp"
#include "tokenspace/train.hpp"

namespace tokenspace::vectors {
class NoiseTable;
class Random;
struct OutputSet;
}  // namespace tokenspace::vectors

namespace tokenspace::fasttext {

enum class Loss : std::int32_t { hierarchical_softmax = 1, negative_sampling = 2, softmax = 3, one_vs_all = 4 };

// A label's way from the root of a Huffman tree over the labels' counts: inner nodes are rows of the output matrix.
class LabelTree {
 public:
  explicit LabelTree(const std::vector<std::uint64_t>& counts);  // by falling count
  struct Node {
    std::int32_t left = -1, right = -1;  // children; leaves have none
  };
  std::size_t leaves() const { return leaves_; }
  std::size_t root() const { return nodes_.size() - 1; }
  const Node& node(std::size_t i) const { return nodes_[i]; }
  // Calls visit(inner node, is it left by its right side?) from the leaf to the root. The counts of a file may make the
  // tree as deep as it has leaves: ways are walked, not kept.
  template <class Visit>
  void walk_up(std::size_t label, Visit visit) const {
    for (std::size_t at = label; at != root(); at = above_[at].first) {
      visit(above_[at].first - static_cast<std::uint32_t>(leaves_), above_[at].second);
    }
  }

 private:
  std::size_t leaves_;
  std::vector<Node> nodes_;                            // leaves, then inner nodes, the root last
  std::vector<std::pair<std::uint32_t, bool>> above_;  // of each node: its parent, and whether it is the right child
};

struct ClassifierOptions {
  Loss loss = Loss::softmax;
  int negatives = 5;
  double rate = 0.1;
  std::uint64_t epochs = 5;
  std::uint64_t seed = 0;
  unsigned threads = 1;
};

struct Matrix {
  float* data;
  std::size_t rows, columns;
};

class Classifier {
 public:
  // `input` and `output` are the caller's and live as long as this; rows are those of the dictionary and its labels.
  Classifier(const Dictionary& dictionary, Matrix input, Matrix output, ClassifierOptions options);

  // One pass over `lines`, which begin `tokens_before` tokens into the epoch. The rate falls linearly with the tokens
  // of all epochs. With one thread the result depends on the arguments alone. Returns the sum of the examples' losses
  // and their number. Error(format) when a weight is no longer a number.
  std::pair<double, std::uint64_t> train(const Lines& lines, std::uint64_t epoch, std::uint64_t tokens_before,
                                         train::Control& control);

  // Throws Error(invalid_argument) unless `lines` are those of the dictionary as it was when this was made: `train`
  // asks itself, before `predict` the caller asks.
  void check(const Lines& lines) const;

  // The at most k labels with the highest probabilities of at least `threshold`, the best first.
  using Prediction = std::pair<float, std::uint32_t>;
  void predict(std::span<const std::uint32_t> rows, std::size_t k, float threshold, std::vector<Prediction>& out) const;

 private:
  struct Work;
  void choose_outputs(vectors::OutputSet& set, const std::uint32_t* own, std::size_t labels,
                      vectors::Random& random) const;
  void step(Work& work, const std::vector<std::uint32_t>& rows, float rate) const;
  void predict_tree(const std::vector<float>& hidden, std::size_t k, float threshold,
                    std::vector<Prediction>& out) const;

  const Dictionary& dictionary_;
  std::uint64_t edition_;  // of the dictionary; the matrices fit that one
  Matrix input_, output_;
  ClassifierOptions options_;
  std::shared_ptr<const vectors::NoiseTable> noise_;  // label i with probability proportional to counts[i]^0.5
  std::optional<LabelTree> tree_;
};

}  // namespace tokenspace::fasttext
