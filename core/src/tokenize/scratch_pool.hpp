// Scratch memory lent to working threads: last in, first out, so that a lone thread keeps its warm caches.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "engine.hpp"

namespace tokenspace::detail {

class ScratchPool {
 public:
  // 256 MiB a tokenizer at most. 8 MB of English need about 6; 6 MB of Chinese, whose pieces are whole clauses, 50.
  static constexpr std::size_t kDefaultBudget = std::size_t{256} << 20;

  class Loan {
   public:
    Loan(ScratchPool& pool, std::unique_ptr<Scratch> scratch) : pool_(pool), scratch_(std::move(scratch)) {}
    ~Loan() { pool_.give_back(std::move(scratch_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Scratch& operator*() { return *scratch_; }
    Scratch* operator->() { return scratch_.get(); }

   private:
    ScratchPool& pool_;
    std::unique_ptr<Scratch> scratch_;
  };

  // `ahead`: see Scratch.
  Loan borrow(std::size_t ahead) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Scratch> scratch;
    if (free_.empty()) {
      ++made_;
      // The two caches of one scratch and those of its siblings share the tokenizer's budget.
      scratch = std::make_unique<Scratch>(share());
    } else {
      scratch = std::move(free_.back());
      free_.pop_back();
    }
    scratch->ahead = ahead;
    return {*this, std::move(scratch)};
  }

  void set_budget(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    budget_ = bytes;
    drop_free();
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    drop_free();
  }

 private:
  friend class Loan;
  std::size_t share() const { return std::max<std::size_t>(budget_ / (2 * std::max<std::size_t>(1, made_)), 1u << 19); }
  void drop_free() {
    made_ -= free_.size();
    free_.clear();
  }
  void give_back(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard lock(mutex_);
    scratch->ids.set_budget(share());
    scratch->spans.set_budget(share());
    free_.push_back(std::move(scratch));
  }

  std::mutex mutex_;
  std::size_t budget_ = kDefaultBudget;
  std::size_t made_ = 0;
  std::vector<std::unique_ptr<Scratch>> free_;
};

}  // namespace tokenspace::detail
