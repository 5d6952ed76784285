// One block of the encoder over a group of rows: attention, sum, norm; two matrix products with an activation between,
// sum, norm.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "attention.hpp"
#include "kernels.hpp"
#include "packed_matrix.hpp"
#include "tokenspace/buffer.hpp"

namespace tokenspace::nn {

// Weight and bias of a norm as float32, padded with zeros.
struct Norm {
  Buffer<float> weight, bias;
  void read(const Linear& tensors, const std::string& name);
};

// What the factors of each product of a block are.
struct Factors {
  Factor mixed = Factor::fp32;  // queries, keys, values
  Factor attention = Factor::fp32;
  Factor output = Factor::fp32;
  Factor up = Factor::fp32;
  Factor down = Factor::fp32;
};

// Rows of tokens, one after the other, that a thread takes through all layers.
struct Group {
  std::size_t tokens = 0;
  std::span<const std::int64_t> offsets;  // of the rows in the batch; one more than rows
  Buffer<float> hidden;                   // (tokens, padded dimension), in and out
  // Memory of the steps.
  Rows input, mixed, context, inner;
  Buffer<float> sums, context_floats, inner_floats;
  AttentionScratch attention;
};

class EncoderLayer {
 public:
  // `number`: for messages.
  EncoderLayer(const Kernels& kernels, const Tensors::Layer& tensors, const Factors& factors, unsigned threads,
               std::size_t number);

  // attentions: for each row of the group where its (heads, length, length) weights go, or null.
  void run(const Kernels& kernels, const Shape& shape, const DistanceBias* bias, Group& group,
           float* const* attentions) const;

 private:
  Factors factors_;
  PackedMatrix mixed_, output_, up_, down_;
  Norm attention_norm_, output_norm_;
};

}  // namespace tokenspace::nn
