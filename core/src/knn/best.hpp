// The best k of many scored rows.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace tokenspace::knn {

struct Scored {
  float score;
  std::int64_t row;
};

// The order of results: numbers from large to small, then NaN; equal ones by row.
inline bool comes_before(const Scored& a, const Scored& b) {
  if (a.score > b.score) return true;
  if (a.score < b.score) return false;
  const bool a_is_nan = std::isnan(a.score), b_is_nan = std::isnan(b.score);
  if (a_is_nan != b_is_nan) return b_is_nan;
  return a.row < b.row;
}

// A heap whose top is the worst of the best k so far. Scores that are at most `threshold()` need not be offered, as
// long as rows are offered in increasing order.
class Best {
 public:
  explicit Best(std::size_t k) : k_(k) { heap_.reserve(k); }

  // NaN, which nothing is at most, while any score might still enter.
  float threshold() const { return heap_.size() < k_ ? std::numeric_limits<float>::quiet_NaN() : heap_.front().score; }

  void offer(Scored scored) {
    if (heap_.size() < k_) {
      heap_.push_back(scored);
      std::push_heap(heap_.begin(), heap_.end(), comes_before);
    } else if (comes_before(scored, heap_.front())) {
      replace_worst(scored);
    }
  }

  // Best first; the heap is used up.
  std::vector<Scored>& sorted() {
    std::sort(heap_.begin(), heap_.end(), comes_before);
    return heap_;
  }
  const std::vector<Scored>& items() const { return heap_; }

 private:
  void replace_worst(Scored scored) {
    std::size_t at = 0;
    for (;;) {
      std::size_t child = 2 * at + 1;
      if (child >= k_) break;
      if (child + 1 < k_ && comes_before(heap_[child], heap_[child + 1])) ++child;
      if (!comes_before(scored, heap_[child])) break;
      heap_[at] = heap_[child];
      at = child;
    }
    heap_[at] = scored;
  }

  std::size_t k_;
  std::vector<Scored> heap_;
};

}  // namespace tokenspace::knn
