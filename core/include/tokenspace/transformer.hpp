// A post-norm transformer encoder (BERT, RoBERTa, DistilBERT, MPNet) on the CPU: ragged batches in, vectors out.
//
// The batch is one flat run of tokens: nothing is padded and nothing is masked. Threads take whole groups of rows
// through all layers. What comes out for a row depends on the row, the precision and the instruction set; never on the
// threads or on the other rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tokenspace::nn {

enum class Activation : std::uint8_t { none, gelu, gelu_tanh, quick_gelu, relu, silu, tanh };

// How a tensor is stored.
enum class Number : std::uint8_t { float32, float16, bfloat16 };

// fp32: everywhere. bf16: factors rounded to bfloat16, sums in float32; AVX512_BF16. int8: weights of 8 bits, a scale
// an output; activations of 8 bits, a scale a token; AVX512_VNNI or AVX_VNNI. automatic: bf16 where the processor has
// it and a probe of this model keeps its cosine to fp32, else fp32.
enum class Precision : std::uint8_t { automatic, fp32, bf16, int8 };

enum class Pooling : std::uint8_t { mean, cls, max, last, mean_sqrt_len, weighted_mean };

// A C-contiguous matrix (rows, columns), a vector having one row. Any address.
struct Tensor {
  const void* data = nullptr;
  Number number = Number::float32;
  std::size_t rows = 0;
  std::size_t columns = 0;
};

struct Shape {
  std::size_t vocabulary = 0;
  std::size_t dimension = 0;
  std::size_t heads = 0;  // divides `dimension`
  std::size_t inner = 0;
  std::size_t layers = 0;
  std::size_t max_tokens = 0;
  std::size_t types = 0;  // 0: no segments
  Activation activation = Activation::gelu;
  float epsilon = 1e-12f;
  std::size_t first_position = 0;
  std::int64_t padding = -1;  // tokens that stand at first_position - 1 and are not counted; -1: none
  bool relative = false;      // MPNet's table of 32 biases by distance
};

// weight (out, in), bias (1, out).
struct Linear {
  Tensor weight, bias;
};

// `words`, `positions` and `types` must outlive the transformer, which reads rows of them where they lie; the rest is
// copied.
struct Tensors {
  Tensor words, positions, types, relative_bias;
  Linear embedding_norm;
  struct Layer {
    Linear query, key, value, output, attention_norm, up, down, output_norm;
  };
  std::vector<Layer> layers;
};

// Row i owns ids[offsets[i]] ... ids[offsets[i + 1]). Offsets rise from 0.
struct Batch {
  const std::uint32_t* ids = nullptr;
  const std::int64_t* offsets = nullptr;
  std::size_t rows = 0;
  const std::uint8_t* types = nullptr;  // null: all 0
};

class Transformer {
 public:
  // Packs the weights. `kernels`: a name of kernel_set_names(), empty for the best.
  // Throws Error: invalid_argument (shapes that do not fit), format (numbers that are not finite), unsupported (a
  // precision this machine or this set of kernels has not).
  Transformer(const Shape& shape, const Tensors& tensors, Precision precision, unsigned threads,
              const std::string& kernels = {});
  ~Transformer();
  Transformer(Transformer&&) noexcept;
  Transformer& operator=(Transformer&&) noexcept;

  const Shape& shape() const;
  Precision precision() const;  // never `automatic`
  // The least cosine of the probe's vectors to those of float32; 1 where nothing was probed.
  float probed_cosine() const;

  // vectors: (layers asked for, tokens, dimension). attentions: for each row a pointer to (layers, heads, length,
  // length), or null. Layer 0 is that of the embeddings. Throws Error: invalid_argument, limit (a row longer than
  // max_tokens), format (an embedding that is not finite).
  void token_vectors(const Batch& batch, std::span<const std::size_t> layers, float* vectors, float* const* attentions,
                     unsigned threads) const;

  // out: (rows, dimension), the last layer pooled, each row of length 1 if `normalize`; an empty row gives zeros.
  void pooled(const Batch& batch, Pooling pooling, bool normalize, float* out, unsigned threads) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The sets of kernels this machine can run, "portable" first, the best last, and the precisions of each.
struct KernelSetInfo {
  std::string name;
  bool bf16, int8;
};
std::vector<KernelSetInfo> transformer_kernel_sets();

}  // namespace tokenspace::nn
