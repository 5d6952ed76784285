// One gradient step of a worker: a few inputs against a set of output rows. Shared by all models of the family.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "output_layer.hpp"
#include "pair_kernels.hpp"
#include "rows.hpp"

namespace tokenspace::vectors {

// The rows one input vector is made of: scale * (rows[0] + ...). What the input is to change by, times back_scale and
// the row's lock factor, is added to each row. A row may occur more than once.
struct Bag {
  float* const* rows;
  const float* locks;  // one a row, or nullptr: all 1
  std::size_t count;
  float scale;
  float back_scale;
};

class TrainingStep {
 public:
  // `freeze`: output rows are read, never changed.
  TrainingStep(std::size_t dim, bool compute_loss, bool freeze = false);

  // Each row is an input of its own; weights are multiplicities, no row occurs twice. locks: one a row, or nullptr.
  void train_rows(float* const* rows, const float* weights, const float* locks, std::size_t count, const OutputSet& set,
                  const Rows& outputs, float alpha);

  // The bag is one input.
  void train_bag(const Bag& bag, const OutputSet& set, const Rows& outputs, float alpha);

  // The loss since the last call; 0 unless asked for.
  double take_loss() { return std::exchange(loss_, 0.0); }

 private:
  void run(PairBlock& block, bool apart);
  void set_outputs(const OutputSet& set, const Rows& outputs, std::size_t inputs);

  const PairKernels& kernels_;
  std::size_t dim_;
  bool compute_loss_;
  bool freeze_;
  double loss_ = 0;
  std::vector<float*> output_rows_;
  std::vector<float> output_copies_;  // of frozen rows, for the kernels to write into
  std::vector<float> scores_;
  std::vector<float> old_;
  std::vector<float> input_;    // of a bag
  std::vector<float> changes_;  // of inputs that are not trained in place
  std::vector<float*> change_rows_;
};

}  // namespace tokenspace::vectors
