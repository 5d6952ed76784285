// The weights of a linear layer in the order the product kernels read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels.hpp"
#include "tokenspace/buffer.hpp"

namespace tokenspace::nn {

// Rows that a product reads, in one of its factors; written by Rows::from_floats or by a product.
struct Rows {
  Factor factor = Factor::fp32;
  std::size_t width = 0;   // numbers that count
  std::size_t stride = 0;  // numbers
  Buffer<float> floats;
  Buffer<std::uint16_t> halves;
  Buffer<std::uint8_t> bytes;
  Buffer<float> scales;  // of int8, one a row
  Buffer<std::int32_t> zero_points;

  // Room for rows of `columns` numbers and the padding.
  void reserve(Factor wanted, std::size_t rows, std::size_t columns);
  void* row(std::size_t i);
  const void* row(std::size_t i) const;
  std::size_t stride_bytes() const { return stride * (factor == Factor::fp32 ? 4 : factor == Factor::bf16 ? 2 : 1); }
  // Rows `first` ... of `source`, whose rows lie `source_stride` apart, padded.
  void from_floats(const Kernels& kernels, const float* source, std::size_t source_stride, std::size_t rows);
};

class PackedMatrix {
 public:
  // Linear layers that share their input, one below the other. Throws Error(format) naming `name` for numbers that are
  // not finite.
  void pack(const Kernels& kernels, std::span<const Linear* const> parts, Factor factor, unsigned threads,
            const std::string& name);

  Factor factor() const { return factor_; }
  std::size_t outputs() const { return outputs_; }
  std::size_t inputs() const { return inputs_; }

  // out = activation(rows [first, first + count) of `left` times the matrix + bias), float32 or bfloat16, rows `stride`
  // numbers apart; padded(outputs()) numbers of each are written.
  void multiply(const Kernels& kernels, const Rows& left, std::size_t first, std::size_t count, Activation activation,
                void* out, std::size_t stride, bool out_bf16) const;

 private:
  Factor factor_ = Factor::fp32;
  std::size_t outputs_ = 0, inputs_ = 0, steps_ = 0;
  Buffer<std::uint32_t> panels_;  // (panels, steps, panel) groups of four bytes
  Buffer<float> bias_;            // these with zeros to the padding
  Buffer<float> scales_;          // of int8, one a column of the product
  Buffer<std::int32_t> sums_;
};

}  // namespace tokenspace::nn
