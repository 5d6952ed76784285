// A training step of a static encoder's table: the gradient of texts' means goes to the rows of their tokens, and Adam
// (Kingma and Ba 2015) moves the rows that were touched; the others keep their moments, as torch's SparseAdam has it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tokenspace/token_table.hpp"

namespace tokenspace::nn {

// (row_count, dimensions) float32 each; moments begin as zeros.
struct TrainedRows {
  float* rows = nullptr;
  float* first = nullptr;   // moment: running mean of the gradients
  float* second = nullptr;  // moment: running mean of their squares
  std::size_t row_count = 0;
  std::size_t dimensions = 0;
};

struct AdamStep {
  std::uint64_t number = 1;  // of this step, from 1
  float rate = 0.01f;
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-8f;
};

// gradients: (bags.count, dimensions), of the loss by each text's mean, in which a token weighs 1 / tokens of the text.
// The result does not depend on the threads. Throws ArgumentError for an id outside the table, before a row changes.
void adam_step(const TrainedRows& table, const Bags& bags, const float* gradients, const AdamStep& step,
               unsigned threads);

}  // namespace tokenspace::nn
