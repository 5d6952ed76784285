#include "noise_group.hpp"

#include <algorithm>
#include <cmath>

#include "log_likelihood.hpp"

namespace tokenspace::vectors {

namespace {

float sigmoid(float x) {
  return 1.0f / (1.0f + std::exp(-x));
}

}  // namespace

NoiseGroup::NoiseGroup(std::size_t dim, bool compute_loss)
    : kernels_(pair_kernels()),
      dim_(dim),
      compute_loss_(compute_loss),
      inputs_(kWindows * dim),
      changes_(kWindows * dim),
      ones_(kWindows, 1.0f) {
  for (std::size_t i = 0; i < kWindows; ++i) {
    input_rows_.push_back(inputs_.data() + i * dim);
    change_rows_.push_back(changes_.data() + i * dim);
  }
}

void NoiseGroup::add(const Bag& bag, std::uint32_t centre) {
  kernels_.sum_rows(bag.rows, bag.count, dim_, bag.scale, inputs_.data() + centres_.size() * dim_);
  windows_.push_back({rows_.size(), rows_.size() + bag.count, bag.back_scale});
  rows_.insert(rows_.end(), bag.rows, bag.rows + bag.count);
  if (bag.locks != nullptr) {
    locks_.resize(windows_.back().begin, 1.0f);
    locks_.insert(locks_.end(), bag.locks, bag.locks + bag.count);
  }
  centres_.push_back(centre);
}

void NoiseGroup::collect_outputs(const OutputSet& noise, const Rows& outputs) {
  words_.assign(noise.rows.begin(), noise.rows.end());
  drawn_.assign(noise.weights.begin(), noise.weights.end());
  own_.clear();
  for (const std::uint32_t centre : centres_) {
    const auto at = static_cast<std::size_t>(std::find(words_.begin(), words_.end(), centre) - words_.begin());
    if (at == words_.size()) {
      words_.push_back(centre);
      drawn_.push_back(0.0f);
    }
    own_.push_back(at);
  }
  output_rows_.resize(words_.size());
  for (std::size_t n = 0; n < words_.size(); ++n) output_rows_[n] = outputs.at(words_[n]);
  zeros_.resize(std::max(zeros_.size(), words_.size()));
  scores_.resize(std::max(scores_.size(), kWindows * words_.size()));
  old_.resize(std::max(old_.size(), kOldFloats * words_.size()));
}

void NoiseGroup::add_loss() const {
  const std::size_t count = words_.size();
  for (std::size_t b = 0; b < centres_.size(); ++b) {
    loss_ += softplus_of_minus(scores_[b * count + own_[b]]);
    for (std::size_t n = 0; n < count; ++n) {
      if (n != own_[b] && drawn_[n] != 0) loss_ += drawn_[n] * softplus_of_minus(-scores_[b * count + n]);
    }
  }
}

void NoiseGroup::train(const OutputSet& noise, const Rows& outputs, float alpha) {
  if (centres_.empty()) return;
  collect_outputs(noise, outputs);
  const std::size_t count = words_.size();
  PairBlock block{};
  block.inputs = input_rows_.data();
  block.input_results = change_rows_.data();
  block.outputs = output_rows_.data();
  block.input_weights = ones_.data();
  block.output_weights = drawn_.data();
  block.labels = zeros_.data();
  block.input_count = centres_.size();
  block.output_count = count;
  block.dim = dim_;
  block.alpha = alpha;
  block.scores = scores_.data();
  block.old = old_.data();
  kernels_.scores(block);
  if (compute_loss_) add_loss();
  own_scores_.clear();
  for (std::size_t b = 0; b < centres_.size(); ++b) own_scores_.push_back(scores_[b * count + own_[b]]);
  kernels_.gradients(block);
  for (std::size_t b = 0; b < centres_.size(); ++b) {
    const float score = own_scores_[b];
    const bool bounded = std::abs(score) < kScoreLimit;
    scores_[b * count + own_[b]] = bounded ? alpha * (1.0f - sigmoid(score)) : 0.0f;
  }
  kernels_.update_apart(block);
  for (std::size_t b = 0; b < centres_.size(); ++b) {
    const Window& window = windows_[b];
    for (std::size_t i = window.begin; i < window.end; ++i) {
      const float lock = i < locks_.size() ? locks_[i] : 1.0f;
      kernels_.add_scaled(change_rows_[b], dim_, window.back_scale * lock, rows_[i]);
    }
  }
  centres_.clear();
  windows_.clear();
  rows_.clear();
  locks_.clear();
}

}  // namespace tokenspace::vectors
