// GloVe (Pennington, Socher, Manning 2014): co-occurrence counts of words, and vectors fitted to their logarithms by
// weighted least squares with AdaGrad. Semantics are those of the authors' C programs (version 1.2).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "tokenspace/buffer.hpp"
#include "tokenspace/train.hpp"

namespace tokenspace {

struct CooccurrenceOptions {
  std::uint32_t vocab_size = 0;
  std::uint32_t window = 15;                         // words to the left of a word that count
  bool symmetric = true;                             // words to the right as well
  bool weighted = true;                              // a word d places away counts 1/d, else 1
  unsigned threads = 0;                              // 0: all cores
  std::size_t memory_budget = std::size_t{1} << 30;  // bytes, for the tables of all threads
  std::string folder;                                // for sorted runs; empty: nothing may be written
};

// Sums are held in units of 2^-30, so that they do not depend on the order of additions: the result is the same bits
// for every number of threads. A sum may reach 2^34.
class Cooccurrences {
 public:
  explicit Cooccurrences(const CooccurrenceOptions& options);
  ~Cooccurrences();

  // Sentence i is ids[offsets[i], offsets[i+1]); windows do not cross sentences. Error(invalid_argument) for ids
  // outside the vocabulary and offsets that do not rise. Adds the words done to control.done.
  void add(std::span<const std::int32_t> ids, std::span<const std::int64_t> offsets, train::Control& control);

  // emit(row, column, count) once for each pair that occurred: row the word, column the word to its right, or with
  // `symmetric` on either side. In no order of meaning. Empties this.
  using Emit = std::function<void(std::uint32_t row, std::uint32_t column, double count)>;
  void drain(const train::Control& control, const Emit& emit);

  // At most so many calls of emit; for memory to be planned.
  std::uint64_t bound() const;
  std::uint32_t vocab_size() const;
  std::uint64_t spilled_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct GloveOptions {
  float x_max = 100.0f;
  float alpha = 0.75f;
  std::uint64_t seed = 1;                            // of the order of the records
  unsigned threads = 0;                              // 0: all cores
  std::size_t memory_budget = std::size_t{1} << 30;  // bytes of records held in memory
  std::string folder;                                // for the others; empty: nothing may be written
};

// Rows of a model, owned by the caller. Words and contexts: (vocab_size, dim); biases and their sums: (vocab_size,).
// Sums of squared gradients begin with 1.
struct GloveMatrices {
  float *words, *contexts, *word_biases, *context_biases;
  float *word_squares, *context_squares, *word_bias_squares, *context_bias_squares;
  std::uint32_t vocab_size, dim;
};

// Records in an order that is random but depends on the seed alone, and that several threads may work on without
// touching a row at once: words and contexts are dealt to 16 groups each, a thread takes all records of a pair of
// groups, and pairs that run together share no group (Gemulla et al. 2011). So results are the same bits for every
// number of threads.
class GloveRecords {
 public:
  // Drains `counts`.
  GloveRecords(Cooccurrences& counts, const GloveOptions& options, train::Control& control);
  ~GloveRecords();

  std::uint64_t size() const;
  // One pass; the sum of the cost before each record's step. `clip`: bound on each component of a gradient. Records
  // whose error is not finite are left out. Adds the records done to control.done.
  double train_epoch(const GloveMatrices& matrices, float eta, float clip, std::uint64_t epoch,
                     train::Control& control);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tokenspace
