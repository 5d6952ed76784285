#include "bag_window.hpp"

#include <algorithm>

namespace tokenspace::vectors {

namespace {

bool has_locks(std::span<const float> factors) {
  return std::any_of(factors.begin(), factors.end(), [](float x) { return x != 1.0f; });
}

}  // namespace

BagWindow::BagWindow(const Word2VecConfig& config, bool as_mean)
    : config_(config),
      kernels_(pair_kernels()),
      as_mean_(as_mean),
      locked_(has_locks(config.lock_factors) || has_locks(config.bags.lock_factors)),
      dim_(config.dim),
      stride_((config.dim + 15) / 16 * 16) {}

std::span<const std::uint32_t> BagWindow::parts_of(std::uint32_t word) const {
  const auto begin = static_cast<std::size_t>(config_.bags.offsets[word]);
  return config_.bags.parts.subspan(begin, static_cast<std::size_t>(config_.bags.offsets[word + 1]) - begin);
}

float BagWindow::own_lock(std::uint32_t word) const {
  const auto& factors = config_.lock_factors;
  return factors.empty() ? 1.0f : factors[factors.size() == 1 ? 0 : word];
}

float BagWindow::part_lock(std::uint32_t part) const {
  const auto& factors = config_.bags.lock_factors;
  return factors.empty() ? 1.0f : factors[factors.size() == 1 ? 0 : part];
}

void BagWindow::begin(const std::vector<std::int32_t>& words, const Rows& own, const Rows& parts) {
  words_ = &words;
  own_ = own;
  parts_ = parts;
  first_ = next_ = 0;
  // No more positions are within reach at once than the chunk has: a window may be wider than any text.
  const std::size_t reach = std::min(2 * std::size_t{config_.window} + 2, words.size());
  for (Slot& slot : slots_) slot.used = false;  // a chunk that was cancelled left some
  if (slots_.size() < reach) {
    slots_.resize(reach);
    vectors_.resize(reach * 2 * stride_);
  }
}

void BagWindow::prefetch(std::size_t position) const {
  if (position >= words_->size()) return;
  const auto word = static_cast<std::uint32_t>((*words_)[position]);
  own_.prefetch(word);
  for (const std::uint32_t part : parts_of(word)) parts_.prefetch(part);
}

BagWindow::Item BagWindow::at(std::size_t position) {
  const std::size_t i = slot_of(position);
  Slot& slot = slots_[i];
  const auto word = static_cast<std::uint32_t>((*words_)[position]);
  const std::span<const std::uint32_t> parts = parts_of(word);
  const auto count = static_cast<float>(parts.size() + 1);
  if (!slot.used) {
    rows_.clear();
    rows_.push_back(own_.at(word));
    for (const std::uint32_t part : parts) rows_.push_back(parts_.at(part));
    const auto divisor = static_cast<float>(std::max<std::size_t>(1, parts.size()));
    kernels_.sum_rows(rows_.data(), rows_.size(), dim_, as_mean_ ? 1.0f / divisor : 1.0f, now(i));
    std::copy_n(now(i), dim_, before(i));
    slot = {position, true, 1.0f};
    if (locked_) {
      float sum = own_lock(word);
      for (const std::uint32_t part : parts) sum += part_lock(part);
      slot.lock = sum / count;
    }
    next_ = std::max(next_, position + 1);
  }
  return {now(i), count, slot.lock};
}

void BagWindow::give_back_before(std::size_t first) {
  for (; first_ < std::min(first, next_); ++first_) {
    const std::size_t i = slot_of(first_);
    if (slots_[i].used && slots_[i].position == first_) give_back(i);
  }
  first_ = std::max(first_, first);
}

// Each row changes by as much as the mean has; of a sum, by that divided among the rows.
void BagWindow::give_back(std::size_t i) {
  Slot& slot = slots_[i];
  slot.used = false;
  if (slot.lock == 0) return;
  const auto word = static_cast<std::uint32_t>((*words_)[slot.position]);
  const std::span<const std::uint32_t> parts = parts_of(word);
  kernels_.add_scaled(before(i), dim_, -1.0f, now(i));
  const float* const change = now(i);
  const float share = (as_mean_ ? 1.0f : 1.0f / static_cast<float>(parts.size() + 1)) / slot.lock;
  kernels_.add_scaled(change, dim_, locked_ ? share * own_lock(word) : share, own_.at(word));
  for (const std::uint32_t part : parts) {
    kernels_.add_scaled(change, dim_, locked_ ? share * part_lock(part) : share, parts_.at(part));
  }
}

}  // namespace tokenspace::vectors
