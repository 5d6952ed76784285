// The tags of the document at hand as rows to train, alone or side by side with a window's words.
#pragma once

#include <cstdint>
#include <vector>

#include "rows.hpp"
#include "text_windows.hpp"
#include "tokenspace/word2vec.hpp"
#include "training_step.hpp"

namespace tokenspace::vectors {

// Throws Error (invalid_argument) for tags and offsets that do not fit the block or the matrix of `rows` tags.
void check_tags(const TextBlock& text, std::size_t rows);

class DocumentRows {
 public:
  explicit DocumentRows(const Word2VecConfig& config);

  // Of a new chunk.
  void begin(const TextBlock& text, const Rows& tags);
  // Takes the tags of this sentence of the block.
  void enter(std::uint32_t sentence);

  // One a tag, with how far its changes are to go. A tag given twice is there twice.
  const std::vector<float*>& rows() const { return rows_; }
  const std::vector<float>& locks() const { return locks_; }
  const std::vector<float>& ones() const { return ones_; }

  // Tags and window side by side as one input of (tags + 2 * window) * dim numbers. False: the document has another
  // number of tags and is left out.
  bool concatenate(const std::vector<std::int32_t>& words, const Window& window, const Rows& matrix);
  void train_concatenated(TrainingStep& step, const OutputSet& set, const Rows& outputs, float alpha);

 private:
  float word_lock(std::uint32_t word) const;

  const Word2VecConfig& config_;
  const PairKernels& kernels_;
  const TextBlock* text_ = nullptr;
  Rows tags_;
  std::uint32_t sentence_ = 0;
  bool entered_ = false;
  std::vector<float*> rows_;
  std::vector<float> locks_;
  std::vector<float> ones_;
  // Of concatenate():
  std::vector<float*> parts_;
  std::vector<float> part_locks_;
  std::vector<float> input_;
  std::vector<float> before_;
};

}  // namespace tokenspace::vectors
