// Every token of a row looks at all tokens of the row: softmax(Q K^T / sqrt(head size) + bias) V, head by head.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels.hpp"
#include "tokenspace/buffer.hpp"

namespace tokenspace::nn {

// Biases by distance (MPNet), spread out so that the biases of one token that looks lie side by side.
class DistanceBias {
 public:
  // table: (32, heads).
  DistanceBias(const float* table, std::size_t heads, std::size_t max_tokens);
  // For the token at `position` of a row of any length: the bias for token j of it is at [j].
  const float* of(std::size_t head, std::size_t position) const {
    return values_.data() + head * stride_ + (max_tokens_ - 1 - position);
  }

 private:
  std::size_t max_tokens_, stride_;
  Buffer<float> values_;
};

// Memory of one thread, kept from row to row.
struct AttentionScratch {
  Buffer<std::uint32_t> keys, values;
  Buffer<float> scores, inverse_sums;
  Buffer<std::uint16_t> shares;
};

struct AttentionTask {
  Factor factor = Factor::fp32;  // fp32 or bf16: how queries, keys and values are stored and multiplied
  const void* mixed = nullptr;   // (tokens, stride): the queries, keys and values of a token side by side
  std::size_t stride = 0;        // numbers
  std::size_t tokens = 0;
  std::size_t heads = 0;
  std::size_t head_size = 0;
  const DistanceBias* bias = nullptr;
  void* out = nullptr;  // (tokens, out_stride) with room for a panel behind the last head
  std::size_t out_stride = 0;
  bool out_bf16 = false;
  float* weights = nullptr;  // (heads, tokens, tokens) or null
};

void attend(const Kernels& kernels, const AttentionTask& task, AttentionScratch& scratch);

}  // namespace tokenspace::nn
