#include "document_rows.hpp"

#include <algorithm>
#include <string>

#include "tokenspace/error.hpp"

namespace tokenspace::vectors {

void check_tags(const TextBlock& text, std::size_t rows) {
  const auto refuse = [](std::string_view expected, std::string_view received) {
    fail(ErrorKind::invalid_argument, "train", expected, received);
  };
  if (text.tag_offsets.size() != text.offsets.size() || text.tag_offsets.empty() || text.tag_offsets.front() != 0 ||
      static_cast<std::uint64_t>(text.tag_offsets.back()) != text.tags.size()) {
    refuse("tag offsets for each document from 0 to the number of tags", "others");
  }
  if (!std::is_sorted(text.tag_offsets.begin(), text.tag_offsets.end())) refuse("tag offsets that ascend", "others");
  for (const std::int32_t tag : text.tags) {
    if (tag < 0 || static_cast<std::size_t>(tag) >= rows) refuse("tags of the model", std::to_string(tag));
  }
}

DocumentRows::DocumentRows(const Word2VecConfig& config) : config_(config), kernels_(pair_kernels()) {
  if (config.documents.concatenate == 0) return;
  const std::size_t parts = config.documents.concatenate + 2 * std::size_t{config.window};
  input_.resize(parts * config.dim);
  before_.resize(parts * config.dim);
}

void DocumentRows::begin(const TextBlock& text, const Rows& tags) {
  text_ = &text;
  tags_ = tags;
  entered_ = false;
}

void DocumentRows::enter(std::uint32_t sentence) {
  if (entered_ && sentence == sentence_) return;
  entered_ = true;
  sentence_ = sentence;
  rows_.clear();
  locks_.clear();
  const auto& factors = config_.documents.lock_factors;
  for (auto i = text_->tag_offsets[sentence]; i < text_->tag_offsets[sentence + 1]; ++i) {
    const auto tag = static_cast<std::uint32_t>(text_->tags[static_cast<std::size_t>(i)]);
    rows_.push_back(tags_.at(tag));
    locks_.push_back(factors.empty() ? 1.0f : factors[factors.size() == 1 ? 0 : tag]);
  }
  ones_.assign(rows_.size(), 1.0f);
}

float DocumentRows::word_lock(std::uint32_t word) const {
  if (config_.freeze) return 0.0f;
  const auto& factors = config_.lock_factors;
  return factors.empty() ? 1.0f : factors[factors.size() == 1 ? 0 : word];
}

bool DocumentRows::concatenate(const std::vector<std::int32_t>& words, const Window& window, const Rows& matrix) {
  if (rows_.size() != config_.documents.concatenate) return false;
  parts_ = rows_;
  part_locks_ = locks_;
  const auto reach = static_cast<std::int64_t>(config_.window);
  for (std::int64_t step = -reach; step <= reach; ++step) {
    if (step == 0) continue;
    const std::int64_t at = static_cast<std::int64_t>(window.centre) + step;
    const bool inside = at >= static_cast<std::int64_t>(window.begin) && at < static_cast<std::int64_t>(window.end);
    const auto word =
        inside ? static_cast<std::uint32_t>(words[static_cast<std::size_t>(at)]) : config_.documents.padding;
    parts_.push_back(matrix.at(word));
    part_locks_.push_back(word_lock(word));
  }
  return true;
}

void DocumentRows::train_concatenated(TrainingStep& step, const OutputSet& set, const Rows& outputs, float alpha) {
  const std::size_t dim = config_.dim;
  for (std::size_t i = 0; i < parts_.size(); ++i) std::copy_n(parts_[i], dim, input_.data() + i * dim);
  std::copy(input_.begin(), input_.end(), before_.begin());
  float* const input = input_.data();
  const float one = 1.0f;
  step.train_rows(&input, &one, nullptr, 1, set, outputs, alpha);
  kernels_.add_scaled(before_.data(), input_.size(), -1.0f, input);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    kernels_.add_scaled(input + i * dim, dim, part_locks_[i], parts_[i]);
  }
}

}  // namespace tokenspace::vectors
