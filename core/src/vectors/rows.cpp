#include "rows.hpp"

#include <algorithm>
#include <new>

namespace tokenspace::vectors {

namespace {

std::size_t hash(std::uint32_t row) {
  return static_cast<std::size_t>((row * 0x9E3779B97F4A7C15ull) >> 32);
}

}  // namespace

RowCopies::RowCopies(const float* matrix, std::size_t dim)
    : matrix_(matrix), dim_(dim), stride_((dim + 15) / 16 * 16), table_(1024) {}

float* RowCopies::at(std::uint32_t row) {
  std::size_t i = hash(row) & (table_.size() - 1);
  for (; table_[i] != 0; i = (i + 1) & (table_.size() - 1)) {
    if (rows_[table_[i] - 1] == row) return copy(table_[i] - 1);
  }
  const std::size_t slot = rows_.size();
  rows_.push_back(row);
  table_[i] = static_cast<std::uint32_t>(slot + 1);
  if (slot / kBlock == blocks_.size()) {
    const std::size_t floats = kBlock * 2 * stride_;
    blocks_.emplace_back(static_cast<float*>(::operator new[](floats * sizeof(float), std::align_val_t{64})));
  }
  if (rows_.size() * 2 > table_.size()) grow();
  float* const to = copy(slot);
  const float* const from = matrix_ + row * dim_;
  std::copy_n(from, dim_, to);
  std::copy_n(from, dim_, to + stride_);
  return to;
}

void RowCopies::grow() {
  table_.assign(table_.size() * 2, 0);
  for (std::size_t slot = 0; slot < rows_.size(); ++slot) {
    std::size_t i = hash(rows_[slot]) & (table_.size() - 1);
    while (table_[i] != 0) i = (i + 1) & (table_.size() - 1);
    table_[i] = static_cast<std::uint32_t>(slot + 1);
  }
}

void RowCopies::add_changes(float* matrix, std::uint32_t part, std::uint32_t parts) const {
  for (std::size_t slot = 0; slot < rows_.size(); ++slot) {
    if (rows_[slot] % parts != part) continue;
    float* const to = matrix + rows_[slot] * dim_;
    const float* const now = copy(slot);
    const float* const before = now + stride_;
    for (std::size_t k = 0; k < dim_; ++k) to[k] += now[k] - before[k];
  }
}

void RowCopies::clear() {
  rows_.clear();
  std::fill(table_.begin(), table_.end(), 0);
}

}  // namespace tokenspace::vectors
