// A matrix of rows as one worker sees it: the shared memory itself, or private copies whose changes are added later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace tokenspace::vectors {

// Copies of the rows a chunk touches, made on the first touch.
class RowCopies {
 public:
  RowCopies(const float* matrix, std::size_t dim);

  // Stays valid until clear().
  float* at(std::uint32_t row);

  // matrix[row] += what changed since the copy was made, for the rows of `part` of `parts`. Rows of different parts are
  // disjoint, so that parts may run at once.
  void add_changes(float* matrix, std::uint32_t part, std::uint32_t parts) const;

  void clear();

 private:
  static constexpr std::size_t kBlock = 256;  // rows allocated at once
  struct Free {
    void operator()(float* p) const { ::operator delete[](p, std::align_val_t{64}); }
  };
  float* copy(std::size_t slot) const { return blocks_[slot / kBlock].get() + slot % kBlock * 2 * stride_; }
  void grow();

  const float* matrix_;
  std::size_t dim_;
  std::size_t stride_;                                  // dim rounded up to a cache line
  std::vector<std::unique_ptr<float[], Free>> blocks_;  // of each row: the copy, and what it was at first
  std::vector<std::uint32_t> rows_;                     // of each slot, in the order of first touches
  std::vector<std::uint32_t> table_;                    // open addressing: slot + 1, 0 is empty
};

class Rows {
 public:
  Rows() = default;
  Rows(float* matrix, std::size_t dim, RowCopies* copies) : matrix_(matrix), dim_(dim), copies_(copies) {}

  float* at(std::uint32_t row) const { return copies_ == nullptr ? matrix_ + row * dim_ : copies_->at(row); }

  // Asks for the row's cache lines; copies that exist are in the cache anyway.
  void prefetch(std::uint32_t row) const {
    const auto* const begin = reinterpret_cast<const char*>(matrix_ + row * dim_);
    for (std::size_t i = 0; i < dim_ * sizeof(float); i += 64) __builtin_prefetch(begin + i, 1, 3);
  }

 private:
  float* matrix_ = nullptr;
  std::size_t dim_ = 0;
  RowCopies* copies_ = nullptr;
};

}  // namespace tokenspace::vectors
