#include "packed_matrix.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "numbers.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::nn {

void Rows::reserve(Factor wanted, std::size_t rows, std::size_t columns) {
  factor = wanted;
  width = columns;
  stride = padded(columns);
  const std::size_t numbers = rows * stride;
  // Grown only: resizing to less and back would leave what was written in between.
  const auto grow = [](auto& buffer, std::size_t n) {
    if (buffer.size() < n) buffer.resize(n);
  };
  if (factor == Factor::fp32) grow(floats, numbers);
  if (factor == Factor::bf16) grow(halves, numbers);
  if (factor == Factor::int8) {
    grow(bytes, numbers);
    grow(scales, rows);
    grow(zero_points, rows);
  }
}

void* Rows::row(std::size_t i) {
  switch (factor) {
    case Factor::fp32:
      return floats.data() + i * stride;
    case Factor::bf16:
      return halves.data() + i * stride;
    case Factor::int8:
      return bytes.data() + i * stride;
  }
  return nullptr;
}

const void* Rows::row(std::size_t i) const {
  return const_cast<Rows*>(this)->row(i);
}

void Rows::from_floats(const Kernels& kernels, const float* source, std::size_t source_stride, std::size_t rows) {
  for (std::size_t r = 0; r < rows; ++r) {
    const float* from = source + r * source_stride;
    switch (factor) {
      case Factor::fp32:
        std::copy_n(from, stride, floats.data() + r * stride);
        break;
      case Factor::bf16:
        kernels.narrow(from, width, halves.data() + r * stride);
        break;
      case Factor::int8:
        kernels.quantize(from, width, bytes.data() + r * stride, scales[r], zero_points[r]);
        break;
    }
  }
}

namespace {

// The four bytes of step `s` of a row of weights.
std::uint32_t step_of(Factor factor, const float* row, std::size_t columns, std::size_t s, float inverse) {
  std::uint32_t group = 0;
  if (factor == Factor::fp32) {
    std::memcpy(&group, row + s, 4);
  } else if (factor == Factor::bf16) {
    group = to_bfloat16(row[2 * s]);
    if (2 * s + 1 < columns) group |= static_cast<std::uint32_t>(to_bfloat16(row[2 * s + 1])) << 16;
  } else {
    for (std::size_t i = 0; i < 4 && 4 * s + i < columns; ++i) {
      const auto value = static_cast<std::int8_t>(std::nearbyint(row[4 * s + i] * inverse));
      group |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(value)) << (8 * i);
    }
  }
  return group;
}

}  // namespace

void PackedMatrix::pack(const Kernels& kernels, std::span<const Linear* const> parts, Factor factor, unsigned threads,
                        const std::string& name) {
  factor_ = factor;
  inputs_ = parts[0]->weight.columns;
  outputs_ = 0;
  for (const Linear* part : parts) outputs_ += part->weight.rows;
  const std::size_t per_step = numbers_per_step(factor), width = padded(outputs_), panel = kernels.panel;
  steps_ = (inputs_ + per_step - 1) / per_step;
  panels_.resize(width * steps_);
  bias_.assign(width, 0.0f);
  scales_.assign(factor == Factor::int8 ? width : 0, 1.0f);
  sums_.assign(factor == Factor::int8 ? width : 0, 0);

  std::atomic<bool> finite{true};
  const auto pack_panels = [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<float> row(inputs_);
    for (std::size_t column = begin * panel; column < end * panel; ++column) {
      std::uint32_t* to = panels_.data() + column / panel * panel * steps_ + column % panel;
      if (column >= outputs_) {
        for (std::size_t s = 0; s < steps_; ++s) to[s * panel] = 0;
        continue;
      }
      std::size_t part = 0, at = column;
      while (at >= parts[part]->weight.rows) at -= parts[part++]->weight.rows;
      read_row(parts[part]->weight, at, row.data());
      float bias;
      read_floats(static_cast<const std::byte*>(parts[part]->bias.data) + at * bytes_of(parts[part]->bias.number),
                  parts[part]->bias.number, 1, &bias);
      bias_[column] = bias;
      if (!all_finite(row.data(), inputs_) || !all_finite(&bias, 1)) finite = false;
      float inverse = 1.0f;
      if (factor == Factor::int8) {
        float most = 0.0f;
        for (const float x : row) most = std::max(most, std::abs(x));
        if (most > 0.0f && finite) {
          scales_[column] = most / 127.0f;
          inverse = 1.0f / scales_[column];
        }
      }
      for (std::size_t s = 0; s < steps_; ++s) {
        const std::uint32_t group = step_of(factor, row.data(), inputs_, s, inverse);
        to[s * panel] = group;
        if (factor == Factor::int8) {
          for (int i = 0; i < 4; ++i) sums_[column] += static_cast<std::int8_t>(group >> (8 * i));
        }
      }
      look_up();
    }
  };
  parallel_for(width / panel, 4, threads, pack_panels);
  if (!finite) fail(ErrorKind::format, "native engine", "finite numbers in " + name, "NaN or infinity");
}

void PackedMatrix::multiply(const Kernels& kernels, const Rows& left, std::size_t first, std::size_t count,
                            Activation activation, void* out, std::size_t stride, bool out_bf16) const {
  ProductTask task;
  task.left = left.row(first);
  task.left_stride = left.stride_bytes();
  task.rows = count;
  task.steps = steps_;
  task.activation = activation;
  task.out_stride = stride;
  task.out_bf16 = out_bf16;
  if (factor_ == Factor::int8) {
    task.zero_points = left.zero_points.data() + first;
    task.row_scales = left.scales.data() + first;
  }
  for (std::size_t column = 0; column < padded(outputs_); column += kernels.panel) {
    task.panel = panels_.data() + column * steps_;
    task.bias = bias_.data() + column;
    if (factor_ == Factor::int8) {
      task.column_sums = sums_.data() + column;
      task.column_scales = scales_.data() + column;
    }
    task.out = out_bf16 ? static_cast<void*>(static_cast<std::uint16_t*>(out) + column)
                        : static_cast<void*>(static_cast<float*>(out) + column);
    kernels.product(factor_, task);
    look_up();
  }
}

}  // namespace tokenspace::nn
