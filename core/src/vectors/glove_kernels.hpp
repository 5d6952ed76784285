// One step of GloVe on two rows, in AVX-512, AVX2 and plain form; the processor decides which is used.
#pragma once

#include <cstddef>

namespace tokenspace::vectors {

struct GloveRow {
  float* values;
  float* squares;  // sums of squared gradients
};

struct GloveKernels {
  const char* name;
  float (*dot)(const float* a, const float* b, std::size_t dim);
  // With g = gradient of the error: word -= eta clip(g context) / sqrt(squares), squares += (eta clip(g context))^2,
  // and the same for the context with the word as it was before.
  void (*step)(GloveRow word, GloveRow context, float g, float eta, float clip, std::size_t dim);
};

const GloveKernels& glove_kernels();           // the best of this machine
const GloveKernels& portable_glove_kernels();  // the twin the others are tested against

}  // namespace tokenspace::vectors
