#include <utility>

#include "tokenspace/train_bpe.hpp"

namespace tokenspace::train {

void MergeLog::add(LoggedMerge merge) {
  const std::lock_guard lock(mutex_);
  merges_.push_back(std::move(merge));
}

std::vector<LoggedMerge> MergeLog::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(merges_, {});
}

void MergeLog::begin(std::uint64_t tokens) {
  const std::lock_guard lock(mutex_);
  start_tokens_ = tokens;
}

std::uint64_t MergeLog::start_tokens() const {
  const std::lock_guard lock(mutex_);
  return start_tokens_;
}

}  // namespace tokenspace::train
