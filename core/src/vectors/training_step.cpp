#include "training_step.hpp"

#include <algorithm>
#include <cmath>

#include "log_likelihood.hpp"

namespace tokenspace::vectors {

namespace {

// Inputs of one call of the kernels: a window of 8 words to each side. Outputs see the changes of one such group before
// the next is worked on, so that the steps of very wide windows do not add up to more than they should.
constexpr std::size_t kMostInputs = 16;

double loss_of(const PairBlock& block) {
  double sum = 0;
  for (std::size_t b = 0; b < block.input_count; ++b) {
    double row = 0;
    for (std::size_t n = 0; n < block.output_count; ++n) {
      const double score = block.scores[b * block.output_count + n];
      row += block.output_weights[n] * softplus_of_minus(block.labels[n] != 0 ? score : -score);
    }
    sum += block.input_weights[b] * row;
  }
  return sum;
}

}  // namespace

TrainingStep::TrainingStep(std::size_t dim, bool compute_loss, bool freeze)
    : kernels_(pair_kernels()), dim_(dim), compute_loss_(compute_loss), freeze_(freeze), input_(dim) {}

void TrainingStep::set_outputs(const OutputSet& set, const Rows& outputs, std::size_t inputs) {
  output_rows_.resize(set.rows.size());
  for (std::size_t n = 0; n < set.rows.size(); ++n) output_rows_[n] = outputs.at(set.rows[n]);
  if (freeze_) {
    output_copies_.resize(std::max(output_copies_.size(), set.rows.size() * dim_));
    for (std::size_t n = 0; n < set.rows.size(); ++n) {
      output_rows_[n] = std::copy_n(output_rows_[n], dim_, output_copies_.data() + n * dim_) - dim_;
    }
  }
  scores_.resize(std::max(scores_.size(), inputs * set.rows.size()));
  old_.resize(std::max(old_.size(), kOldFloats * set.rows.size()));
}

void TrainingStep::run(PairBlock& block, bool apart) {
  block.outputs = output_rows_.data();
  block.output_count = output_rows_.size();
  block.dim = dim_;
  block.scores = scores_.data();
  block.old = old_.data();
  kernels_.scores(block);
  if (compute_loss_) loss_ += loss_of(block);
  kernels_.gradients(block);
  (apart ? kernels_.update_apart : kernels_.update)(block);
}

void TrainingStep::train_rows(float* const* rows, const float* weights, const float* locks, std::size_t count,
                              const OutputSet& set, const Rows& outputs, float alpha) {
  if (count == 0 || set.rows.empty()) return;
  const std::size_t groups = (count + kMostInputs - 1) / kMostInputs;
  set_outputs(set, outputs, (count + groups - 1) / groups);
  if (locks != nullptr && changes_.size() < kMostInputs * dim_) {
    changes_.resize(kMostInputs * dim_);
    change_rows_.resize(kMostInputs);
    for (std::size_t b = 0; b < kMostInputs; ++b) change_rows_[b] = changes_.data() + b * dim_;
  }
  std::size_t first = 0;
  for (std::size_t group = 0; group < groups; ++group) {
    const std::size_t size = (count - first) / (groups - group);
    PairBlock block{};
    block.inputs = rows + first;
    block.input_results = locks == nullptr ? rows + first : change_rows_.data();
    block.input_weights = weights + first;
    block.input_count = size;
    block.output_weights = set.weights.data();
    block.labels = set.labels.data();
    block.alpha = alpha;
    run(block, locks != nullptr);
    if (locks != nullptr) {
      for (std::size_t b = 0; b < size; ++b) {
        kernels_.add_scaled(change_rows_[b], dim_, locks[first + b], rows[first + b]);
      }
    }
    first += size;
  }
}

void TrainingStep::train_bag(const Bag& bag, const OutputSet& set, const Rows& outputs, float alpha) {
  if (bag.count == 0 || set.rows.empty()) return;
  set_outputs(set, outputs, 1);
  changes_.resize(std::max(changes_.size(), dim_));
  kernels_.sum_rows(bag.rows, bag.count, dim_, bag.scale, input_.data());
  const float* const input = input_.data();
  float* const change = changes_.data();
  const float one = 1.0f;
  PairBlock block{};
  block.inputs = &input;
  block.input_results = &change;
  block.input_weights = &one;
  block.input_count = 1;
  block.output_weights = set.weights.data();
  block.labels = set.labels.data();
  block.alpha = alpha;
  run(block, true);
  for (std::size_t i = 0; i < bag.count; ++i) {
    const float lock = bag.locks == nullptr ? 1.0f : bag.locks[i];
    kernels_.add_scaled(change, dim_, bag.back_scale * lock, bag.rows[i]);
  }
}

}  // namespace tokenspace::vectors
