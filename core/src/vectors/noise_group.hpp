// CBOW windows that share their noise words: some consecutive centres are trained at once, each against its own word
// and one set of noise words drawn for all of them. What was many products of one vector is one small matrix product,
// and a noise row is read and written once a group.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "output_layer.hpp"
#include "pair_kernels.hpp"
#include "rows.hpp"
#include "training_step.hpp"

namespace tokenspace::vectors {

class NoiseGroup {
 public:
  NoiseGroup(std::size_t dim, bool compute_loss);

  // Noise words a pair from which sharing pays and costs no quality; with 5 it took 4 % of analogies.
  static constexpr std::uint32_t kLeastNegative = 16;
  // Windows of a group, all trained on vectors as they were before it.
  static constexpr std::size_t kWindows = 8;

  bool full() const { return centres_.size() == kWindows; }
  bool empty() const { return centres_.empty(); }

  // A window: its bag is the input, `centre` what it is to predict.
  void add(const Bag& bag, std::uint32_t centre);

  // Trains the windows and forgets them. `noise`: rows with how often each was drawn; for a centre among them they do
  // not count, as in word2vec.
  void train(const OutputSet& noise, const Rows& outputs, float alpha);

  // The loss since the last call; 0 unless asked for.
  double take_loss() { return std::exchange(loss_, 0.0); }

 private:
  struct Window {
    std::size_t begin, end;  // in rows_
    float back_scale;
  };
  void collect_outputs(const OutputSet& noise, const Rows& outputs);
  void add_loss() const;

  const PairKernels& kernels_;
  std::size_t dim_;
  bool compute_loss_;
  mutable double loss_ = 0;
  std::vector<std::uint32_t> centres_;
  std::vector<Window> windows_;
  std::vector<float*> rows_;  // of all windows
  std::vector<float> locks_;
  std::vector<float> inputs_, changes_;  // kWindows x dim_
  std::vector<const float*> input_rows_;
  std::vector<float*> change_rows_;
  std::vector<float> ones_;
  std::vector<std::uint32_t> words_;  // of the output rows
  std::vector<float*> output_rows_;
  std::vector<float> drawn_;  // how often each was drawn as noise
  std::vector<float> zeros_;
  std::vector<std::size_t> own_;  // output of each window's centre
  std::vector<float> own_scores_;
  std::vector<float> scores_, old_;
};

}  // namespace tokenspace::vectors
