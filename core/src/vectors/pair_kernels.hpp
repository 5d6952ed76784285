// The arithmetic of the word2vec family on a few rows at a time: B input vectors x N output rows, all `dim` floats.
//
//   score[b][n] = <input b, output n>
//   g[b][n]     = alpha * input_weight[b] * output_weight[n] * (label[n] - sigmoid(score[b][n])); 0 for huge scores
//   input  b   += sum over n of g[b][n] * output n
//   output n   += sum over b of g[b][n] * input b          both with the vectors as they were before
//
// Rows need no alignment and no padding. Weights are multiplicities: a word that is twice in a window is one input of
// weight 2, so no row occurs twice in one call and no update is lost.
#pragma once

#include <cstddef>

namespace tokenspace::vectors {

struct PairBlock {
  const float* const* inputs;   // B
  float* const* input_results;  // B: where update() writes; the inputs themselves, or vectors of the caller's own
  float* const* outputs;        // N, updated
  const float* input_weights;   // B
  const float* output_weights;  // N
  const float* labels;          // N: 1 true, 0 noise
  std::size_t input_count;
  std::size_t output_count;
  std::size_t dim;
  float alpha;
  float* scores;  // B x N: scores(), then turned into g by gradients()
  float* old;     // kOldFloats * N of scratch
};

// Pairs with a score of this size or more are left alone: the sigmoid is 0 or 1 there to the last bit, and only a
// training that diverges gets so far. Without the bound it would end in infinities.
inline constexpr float kScoreLimit = 30.0f;

// Floats of PairBlock::old for each output row.
inline constexpr std::size_t kOldFloats = 16;

struct PairKernels {
  const char* name;
  void (*scores)(const PairBlock& block);
  void (*gradients)(const PairBlock& block);
  // input_results[b] = inputs[b] + its change. Works in place: input_results[b] may be inputs[b].
  void (*update)(const PairBlock& block);
  // input_results[b] = the change alone.
  void (*update_apart)(const PairBlock& block);
  // out = scale * (rows[0] + ... + rows[count - 1])
  void (*sum_rows)(const float* const* rows, std::size_t count, std::size_t dim, float scale, float* out);
  // row += scale * values
  void (*add_scaled)(const float* values, std::size_t dim, float scale, float* row);
};

const PairKernels& portable_pair_kernels();
// nullptr where this machine cannot run them.
const PairKernels* avx2_pair_kernels();
const PairKernels* avx512_pair_kernels();

// The best of this machine.
const PairKernels& pair_kernels();

}  // namespace tokenspace::vectors
