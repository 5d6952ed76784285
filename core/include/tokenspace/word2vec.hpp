// The word2vec family's trainers (Mikolov et al., arXiv 1301.3781 and 1310.4546): blocks of word ids in, matrices
// changed. Matrices are C-contiguous float32 rows that the caller owns; all workers write into them without locks
// (Hogwild), or, deterministically, into private copies whose changes are added in a fixed order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "tokenspace/train.hpp"

namespace tokenspace::vectors {

// Sentence s is ids[offsets[s], offsets[s + 1]); words outside the vocabulary are already gone. Where sentences are
// documents, s has the tags tags[tag_offsets[s], tag_offsets[s + 1]).
struct TextBlock {
  std::span<const std::int32_t> ids;
  std::span<const std::int64_t> offsets;
  std::span<const std::int32_t> tags;
  std::span<const std::int64_t> tag_offsets;
};

struct Matrix {
  float* data = nullptr;
  std::size_t rows = 0;
};

// What inputs are trained to predict. One of the two at least; both may be on.
struct OutputConfig {
  // Negative sampling: `negative` draws a pair, word i with probability noise[i] / sum of noise.
  std::uint32_t negative = 0;
  Matrix negative_rows;           // one row a word
  std::span<const double> noise;  // one number a word

  // Hierarchical softmax: word i is the path of nodes points[path_offsets[i], path_offsets[i + 1]) with the code at
  // each. A label of 1 stands for code 0.
  Matrix node_rows;
  std::span<const std::int64_t> path_offsets;  // words + 1, or empty: off
  std::span<const std::int32_t> points;        // below node_rows.rows
  std::span<const std::uint8_t> codes;         // 0 or 1
};

// Inputs that are bags of rows (FastText): word i is its own row and the rows parts[offsets[i], offsets[i + 1]) of a
// second matrix. Skip-gram divides their sum by the number of parts, CBOW that of a window by the number of its rows.
struct BagConfig {
  Matrix rows;
  std::span<const std::int64_t> offsets;  // words + 1, or empty: no bags
  std::span<const std::uint32_t> parts;   // below rows.rows
  std::span<const float> lock_factors;    // of changes of these rows: one for all, or one a row
};

// Throws Error (invalid_argument) for sizes and parts that do not fit `words` words.
void check_bags(const BagConfig& bags, std::size_t words, std::string_view operation);

// Row i of `out` (words.rows x dim) = the mean of word i's own row and its parts.
void mean_of_bags(Matrix words, const BagConfig& bags, std::size_t dim, float* out, unsigned threads);

// Paragraph vectors (Le and Mikolov, arXiv 1405.4053): every document has the vectors of its tags beside those of its
// words. With CBOW (PV-DM) they join the window; with skip-gram (PV-DBOW) each tag predicts every word of its document.
struct DocumentConfig {
  Matrix rows;                          // one row a tag; none: no documents
  std::span<const float> lock_factors;  // of changes of these rows: one for all, or one a tag
  bool train_words = true;              // PV-DBOW: skip-gram between words as well
  // PV-DM with the vectors side by side instead of added: `concatenate` tags, then `window` words before and behind the
  // centre, where there are none the word `padding`. Documents with another number of tags are left out. 0: off.
  std::uint32_t concatenate = 0;
  std::uint32_t padding = 0;
};

struct Word2VecConfig {
  std::size_t dim = 0;
  bool skip_gram = false;  // else CBOW
  bool cbow_mean = true;   // else the sum of the window, whose gradient is divided among its words
  std::uint32_t window = 5;
  bool shrink_windows = true;
  unsigned threads = 1;        // 0: all cores of this process
  bool deterministic = false;  // the same bits for every number of threads
  bool compute_loss = false;

  Matrix words;                               // one row a word
  std::span<const float> lock_factors;        // of changes of a word's row: one for all, or one a word
  std::span<const std::uint32_t> sample_int;  // sub-sampling: a draw of 32 bits above it drops the word; empty: none
  BagConfig bags;
  DocumentConfig documents;
  OutputConfig outputs;
  bool freeze = false;  // words and outputs stay as they are: vectors of new documents are inferred
};

// Position in a training: random draws depend on it and on nothing else.
struct TrainPosition {
  std::uint64_t seed = 1;
  std::uint64_t epoch = 0;  // counted over all trainings of the model
  std::uint64_t block = 0;  // of the epoch
};

struct TrainStats {
  std::uint64_t words = 0;  // centres: words of the vocabulary that survived sub-sampling
  std::uint64_t pairs = 0;  // (context word or tag, centre) in skip-gram, centres that have a context in CBOW
  double loss = 0;          // -log likelihood summed over pairs and their noise words; 0 unless asked for
};

class Word2VecTrainer {
 public:
  // Spans and matrices are read and written by train(): they stay where they are. Throws Error (invalid_argument) for
  // sizes that do not fit each other.
  explicit Word2VecTrainer(const Word2VecConfig& config);
  ~Word2VecTrainer();
  Word2VecTrainer(Word2VecTrainer&&) noexcept;
  Word2VecTrainer& operator=(Word2VecTrainer&&) noexcept;

  // One pass over the block with a learning rate that goes from alpha_begin to alpha_end. control.done grows by the
  // tokens worked on. Throws Error (invalid_argument) for ids and offsets that do not fit, train::Cancelled; the
  // matrices then keep what was learnt so far.
  TrainStats train(const TextBlock& text, const TrainPosition& position, double alpha_begin, double alpha_end,
                   train::Control& control);

  // Trains the tags of each document by itself for `epochs` passes; control.done grows by one a document. Meant for a
  // frozen model and rows of new documents: the result for one depends on that document and the seed alone.
  void infer(const TextBlock& text, std::uint64_t seed, std::uint64_t epochs, double alpha_begin, double alpha_end,
             train::Control& control);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tokenspace::vectors
