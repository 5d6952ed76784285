// From text to counted pieces: what normalizer and pre-tokenizer of a pipeline make of a corpus, each distinct piece
// once. Text is streamed; memory stays within a budget by spilling sorted runs (core/src/train/bounded_counts.hpp).
//
// Pieces are those the reference's trainers see (tokenizers 0.23.3 train, train_from_iterator): every text goes through
// normalizer and pre-tokenizer; added tokens are not taken out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tokenspace/tokenizer.hpp"
#include "tokenspace/train.hpp"

namespace tokenspace::train {

struct CountOptions {
  unsigned threads = 0;                              // 0: all cores
  std::size_t memory_budget = std::size_t{2} << 30;  // bytes, for the tables of all threads
  std::string folder;                                // for spilled runs; empty: nothing may be written
};

struct CountStats {
  std::uint64_t texts = 0, bytes = 0;
  std::uint64_t spilled_runs = 0, spilled_bytes = 0;
};

class PieceCounter {
 public:
  PieceCounter(std::shared_ptr<const Tokenizer> pipeline, const CountOptions& options);
  ~PieceCounter();

  // True when the words of finish() are raw bytes for which a ByteLevel pre-tokenizer would write its characters.
  bool raw_bytes() const;

  // Every line of `block` (its ending included) is a text. `weight`: what one occurrence counts. The text must be valid
  // UTF-8, as everywhere in the core.
  void add_lines(std::string_view block, std::uint64_t weight, const Control& control);
  void add_texts(std::span<const std::string_view> texts, std::uint64_t weight, const Control& control);

  // The counts; the counter is empty afterwards. Linear in the number of distinct pieces, in no order.
  WordCounts finish(const Control& control);
  const CountStats& stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct LineCounts {
  std::uint64_t lines = 0;
  std::uint64_t empty = 0;  // those with nothing but their ending, "\n" or "\r\n"
};
LineCounts count_lines(std::string_view block);

// Counts kept in a file (a checkpoint), with a checksum. Error(io) and, for a damaged file, Error(format) name it.
void save_words(const WordCounts& words, const std::string& path);
WordCounts load_words(const std::string& path);

}  // namespace tokenspace::train
