// The walk over a batch: groups of rows, each taken through all layers by one thread.
#include "tokenspace/transformer.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "encoder_layer.hpp"
#include "numbers.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::nn {

namespace {

// Tokens a thread takes at once: enough that reading the weights costs little, few enough that what is computed from
// them stays in its cache and that the threads end together.
constexpr std::size_t kGroupTokens = 384, kLeastGroupTokens = 48;
// The probe: rows of these lengths, of ids that are spread over the vocabulary. Where the least cosine of one of its
// tokens is below the bound, bf16 is not used.
constexpr std::size_t kProbeRows = 2, kProbeTokens = 12, kProbeCandidates = 1000;
constexpr float kProbeBound = 0.9995f;
// Sums of 8-bit products must fit 32 bits.
constexpr std::size_t kMost8BitInputs = 1 << 16;

std::string shown(std::size_t rows, std::size_t columns) {
  std::string text = std::to_string(rows);
  return text.append(" x ").append(std::to_string(columns));
}

void check(const Tensor& tensor, std::size_t rows, std::size_t columns, const std::string& name) {
  if (tensor.data != nullptr && tensor.rows == rows && tensor.columns == columns) return;
  fail(ErrorKind::invalid_argument, "native engine", name + " of " + shown(rows, columns),
       shown(tensor.rows, tensor.columns));
}

void check_linear(const Linear& linear, std::size_t out, std::size_t in, const std::string& name) {
  check(linear.weight, out, in, name + " weight");
  check(linear.bias, 1, out, name + " bias");
}

void check_norm(const Linear& norm, std::size_t n, const std::string& name) {
  check(norm.weight, 1, n, name + " weight");
  check(norm.bias, 1, n, name + " bias");
}

void check(const Shape& shape, const Tensors& tensors) {
  const std::size_t d = shape.dimension;
  if (d == 0 || shape.heads == 0 || d % shape.heads != 0 || shape.inner == 0 || shape.max_tokens == 0 ||
      shape.layers != tensors.layers.size() || shape.vocabulary == 0 || shape.activation == Activation::none ||
      (shape.padding >= 0 && shape.first_position == 0)) {
    fail(ErrorKind::invalid_argument, "native engine", "sizes that fit each other", "others");
  }
  check(tensors.words, shape.vocabulary, d, "words");
  check(tensors.positions, shape.first_position + shape.max_tokens, d, "positions");
  if (shape.types != 0) check(tensors.types, shape.types, d, "types");
  if (shape.relative) check(tensors.relative_bias, 32, shape.heads, "biases by distance");
  check_norm(tensors.embedding_norm, d, "embedding norm");
  for (const Tensors::Layer& layer : tensors.layers) {
    check_linear(layer.query, d, d, "query");
    check_linear(layer.key, d, d, "key");
    check_linear(layer.value, d, d, "value");
    check_linear(layer.output, d, d, "output");
    check_linear(layer.up, shape.inner, d, "first inner matrix");
    check_linear(layer.down, d, shape.inner, "second inner matrix");
    check_norm(layer.attention_norm, d, "attention norm");
    check_norm(layer.output_norm, d, "output norm");
  }
}

// One vector of those of a row, `stride` apart.
void pool(Pooling pooling, const float* tokens, std::size_t count, std::size_t stride, std::size_t d, bool normalize,
          std::vector<double>& sums, float* out) {
  sums.assign(d, 0.0);
  if (count != 0) {
    switch (pooling) {
      case Pooling::cls:
        std::copy_n(tokens, d, sums.begin());
        break;
      case Pooling::last:
        std::copy_n(tokens + (count - 1) * stride, d, sums.begin());
        break;
      case Pooling::max:
        std::copy_n(tokens, d, sums.begin());
        for (std::size_t t = 1; t < count; ++t) {
          for (std::size_t i = 0; i < d; ++i) sums[i] = std::max(sums[i], static_cast<double>(tokens[t * stride + i]));
        }
        break;
      case Pooling::mean:
      case Pooling::mean_sqrt_len:
      case Pooling::weighted_mean: {
        double total = 0.0;
        for (std::size_t t = 0; t < count; ++t) {
          const double weight = pooling == Pooling::weighted_mean ? static_cast<double>(t + 1) : 1.0;
          total += weight;
          for (std::size_t i = 0; i < d; ++i) sums[i] += weight * static_cast<double>(tokens[t * stride + i]);
        }
        const double divisor = pooling == Pooling::mean_sqrt_len ? std::sqrt(total) : total;
        for (double& x : sums) x /= divisor;
        break;
      }
    }
  }
  double length = 1.0;
  if (normalize) {
    double squares = 0.0;
    for (const double x : sums) squares += x * x;
    length = std::max(std::sqrt(squares), 1e-12);
  }
  for (std::size_t i = 0; i < d; ++i) out[i] = static_cast<float>(sums[i] / length);
}

// Runs of rows of about `target` tokens: group g owns rows [cuts[g], cuts[g + 1]).
std::vector<std::size_t> cut_groups(const Batch& batch, std::size_t target) {
  std::vector<std::size_t> cuts{0};
  std::int64_t start = batch.offsets[0];
  for (std::size_t row = 0; row < batch.rows; ++row) {
    if (row != cuts.back() && static_cast<std::size_t>(batch.offsets[row + 1] - start) > target) {
      cuts.push_back(row);
      start = batch.offsets[row];
    }
  }
  cuts.push_back(batch.rows);
  return cuts;
}

}  // namespace

struct Transformer::State {
  Shape shape;
  const Kernels* kernels = nullptr;
  Precision precision = Precision::fp32;
  float probed = 1.0f;
  Tensor words, positions, types;
  Norm embedding_norm;
  std::unique_ptr<DistanceBias> bias;
  std::vector<EncoderLayer> layers;

  Factors factors(Precision wanted) const {
    if (wanted == Precision::fp32) return {};
    if (wanted == Precision::bf16) return {Factor::bf16, Factor::bf16, Factor::bf16, Factor::bf16, Factor::bf16};
    // What queries and keys are computed from is where 8 bits lose most: with MiniLM the least cosine of 670 texts is
    // 0.991 with bf16 there and 0.986 without, at a tenth of the speed.
    if (kernels->bf16 != nullptr) return {Factor::bf16, Factor::bf16, Factor::int8, Factor::int8, Factor::int8};
    return {Factor::int8, Factor::fp32, Factor::int8, Factor::int8, Factor::int8};
  }

  void build(const Tensors& tensors, Precision wanted, unsigned threads) {
    precision = wanted;
    layers.clear();
    layers.reserve(shape.layers);
    for (std::size_t i = 0; i < shape.layers; ++i) {
      layers.emplace_back(*kernels, tensors.layers[i], factors(wanted), threads, i);
    }
  }

  // bf16 layer by layer beside fp32, whose layers are given back at once.
  void build_probed(const Tensors& tensors, unsigned threads) {
    precision = Precision::bf16;
    std::vector<std::uint32_t> ids;
    std::vector<std::int64_t> offsets{0};
    std::vector<float> row(shape.dimension);
    const std::size_t length = std::min(kProbeTokens, shape.max_tokens);
    for (std::uint64_t i = 1; i <= kProbeCandidates && ids.size() < kProbeRows * length; ++i) {
      // Multiples of the golden ratio's fraction: the same ids every time, far apart. A row that is not finite is an
      // error of the text that has this token.
      const auto id = static_cast<std::uint32_t>((i * 2654435769u >> 8) % shape.vocabulary);
      read_row(words, id, row.data());
      if (!all_finite(row.data(), row.size())) continue;
      ids.push_back(id);
      if (ids.size() % length == 0) offsets.push_back(static_cast<std::int64_t>(ids.size()));
    }
    ids.resize(static_cast<std::size_t>(offsets.back()));
    const std::size_t rows = offsets.size() - 1;
    const Batch batch{ids.data(), offsets.data(), rows, nullptr};
    Group exact, rounded;
    embed(batch, 0, rows, exact);
    embed(batch, 0, rows, rounded);
    for (std::size_t i = 0; i < shape.layers; ++i) {
      const EncoderLayer wide(*kernels, tensors.layers[i], factors(Precision::fp32), threads, i);
      wide.run(*kernels, shape, bias.get(), exact, nullptr);
      layers.emplace_back(*kernels, tensors.layers[i], factors(Precision::bf16), threads, i);
      layers.back().run(*kernels, shape, bias.get(), rounded, nullptr);
    }
    const std::size_t stride = padded(shape.dimension);
    for (std::size_t t = 0; t < ids.size(); ++t) {
      double product = 0, left = 0, right = 0;
      for (std::size_t i = 0; i < shape.dimension; ++i) {
        const double a = exact.hidden[t * stride + i], b = rounded.hidden[t * stride + i];
        product += a * b;
        left += a * a;
        right += b * b;
      }
      const double cosine = left > 0 && right > 0 ? product / std::sqrt(left * right) : 0.0;
      // Written so that a NaN counts as the worst.
      if (!(cosine >= static_cast<double>(probed))) probed = static_cast<float>(cosine);
    }
    if (!(probed >= kProbeBound)) build(tensors, Precision::fp32, threads);
  }

  void check_batch(const Batch& batch) const {
    for (std::size_t row = 0; row < batch.rows; ++row) {
      if (batch.offsets[0] != 0 || batch.offsets[row + 1] < batch.offsets[row]) {
        fail(ErrorKind::invalid_argument, "encode", "row offsets that rise from 0", "others");
      }
      const std::int64_t length = batch.offsets[row + 1] - batch.offsets[row];
      if (static_cast<std::uint64_t>(length) > shape.max_tokens) {
        fail(ErrorKind::limit, "encode", "rows of at most " + std::to_string(shape.max_tokens) + " tokens",
             std::to_string(length) + " in row " + std::to_string(row), "to truncate or to split the text");
      }
    }
    const std::size_t tokens = batch.rows != 0 ? static_cast<std::size_t>(batch.offsets[batch.rows]) : 0;
    for (std::size_t t = 0; t < tokens; ++t) {
      if (batch.ids[t] >= shape.vocabulary) {
        fail(ErrorKind::invalid_argument, "encode", "ids below " + std::to_string(shape.vocabulary),
             std::to_string(batch.ids[t]), "the tokenizer of this model");
      }
      if (batch.types != nullptr && batch.types[t] >= std::max<std::size_t>(1, shape.types)) {
        fail(ErrorKind::invalid_argument, "encode",
             "type ids below " + std::to_string(std::max<std::size_t>(1, shape.types)), std::to_string(batch.types[t]));
      }
    }
  }

  // Layer 0 of rows [begin, end) of the batch into the group.
  void embed(const Batch& batch, std::size_t begin, std::size_t end, Group& group) const {
    const std::size_t d = shape.dimension, stride = padded(d);
    group.offsets = {batch.offsets + begin, end - begin + 1};
    group.tokens = static_cast<std::size_t>(batch.offsets[end] - batch.offsets[begin]);
    if (group.hidden.size() < group.tokens * stride) group.hidden.resize(group.tokens * stride);
    std::vector<float> part(d);
    float* out = group.hidden.data();
    for (std::size_t row = begin; row < end; ++row) {
      std::size_t position = shape.first_position;
      for (std::int64_t t = batch.offsets[row]; t < batch.offsets[row + 1]; ++t, out += stride) {
        const std::uint32_t id = batch.ids[t];
        read_row(words, id, out);
        const bool counted = static_cast<std::int64_t>(id) != shape.padding;
        const auto add = [&](const Tensor& table, std::size_t at) {
          read_row(table, at, part.data());
          for (std::size_t i = 0; i < d; ++i) out[i] += part[i];
        };
        if (shape.types != 0) add(types, batch.types != nullptr ? batch.types[t] : 0);
        add(positions, counted ? position : shape.first_position - 1);
        position += counted;
        if (!all_finite(out, d)) {
          fail(ErrorKind::format, "encode", "finite embeddings of token " + std::to_string(id), "NaN or infinity");
        }
        std::fill(out + d, out + stride, 0.0f);
        kernels->add_norm(out, nullptr, d, embedding_norm.weight.data(), embedding_norm.bias.data(), shape.epsilon);
      }
    }
  }

  // Calls take(worker, group, first row, layer) after each layer up to `last`. attentions: see token_vectors.
  using Take = std::function<void(unsigned, const Group&, std::size_t, std::size_t)>;
  void walk(const Batch& batch, std::size_t last, float* const* attentions, unsigned threads, const Take& take) const {
    check_batch(batch);
    if (batch.rows == 0) return;
    threads = resolve_threads(threads);
    const std::size_t tokens = static_cast<std::size_t>(batch.offsets[batch.rows]);
    const std::vector<std::size_t> cuts =
        cut_groups(batch, std::clamp(tokens / (std::size_t{4} * threads), kLeastGroupTokens, kGroupTokens));
    const std::size_t groups = cuts.size() - 1;
    std::vector<std::unique_ptr<Group>> memory(std::min<std::size_t>(threads, groups));
    parallel_for(
        groups, 1, static_cast<unsigned>(memory.size()), [&](std::size_t begin, std::size_t end, unsigned worker) {
          if (memory[worker] == nullptr) memory[worker] = std::make_unique<Group>();
          Group& group = *memory[worker];
          std::vector<float*> places;
          for (std::size_t g = begin; g < end; ++g) {
            const std::size_t first = cuts[g];
            embed(batch, first, cuts[g + 1], group);
            take(worker, group, first, 0);
            for (std::size_t layer = 0; layer < last; ++layer) {
              places.clear();
              for (std::size_t row = first; attentions != nullptr && row < cuts[g + 1]; ++row) {
                const auto n = static_cast<std::size_t>(batch.offsets[row + 1] - batch.offsets[row]);
                places.push_back(attentions[row] + layer * shape.heads * n * n);
              }
              layers[layer].run(*kernels, shape, bias.get(), group, attentions != nullptr ? places.data() : nullptr);
              take(worker, group, first, layer + 1);
            }
          }
        });
  }
};

Transformer::Transformer(const Shape& shape, const Tensors& tensors, Precision precision, unsigned threads,
                         const std::string& kernels)
    : state_(std::make_unique<State>()) {
  check(shape, tensors);
  State& state = *state_;
  state.shape = shape;
  state.kernels = find_kernels(kernels);
  if (state.kernels == nullptr) {
    fail(ErrorKind::unsupported, "native engine", "kernels this machine can run", "\"" + kernels + "\"");
  }
  const bool has_bf16 = state.kernels->bf16 != nullptr;
  if (precision == Precision::bf16 && !has_bf16) {
    fail(ErrorKind::unsupported, "native engine", "a processor with AVX512_BF16 for precision \"bf16\"", "one without",
         "precision=\"auto\"");
  }
  if (precision == Precision::int8 && state.kernels->int8 == nullptr) {
    fail(ErrorKind::unsupported, "native engine", "a processor with AVX512_VNNI or AVX_VNNI for precision \"int8\"",
         "one without", "precision=\"auto\"");
  }
  if (precision == Precision::int8 && std::max(shape.dimension, shape.inner) > kMost8BitInputs) {
    fail(ErrorKind::unsupported, "native engine", "layers of at most 65536 inputs for precision \"int8\"",
         std::to_string(std::max(shape.dimension, shape.inner)), "precision=\"auto\"");
  }
  state.words = tensors.words;
  state.positions = tensors.positions;
  state.types = tensors.types;
  state.embedding_norm.read(tensors.embedding_norm, "the norm of the embeddings");
  if (shape.relative) {
    std::vector<float> table(32 * shape.heads);
    for (std::size_t bucket = 0; bucket < 32; ++bucket) {
      read_row(tensors.relative_bias, bucket, table.data() + bucket * shape.heads);
    }
    if (!all_finite(table.data(), table.size())) {
      fail(ErrorKind::format, "native engine", "finite biases by distance", "NaN or infinity");
    }
    state.bias = std::make_unique<DistanceBias>(table.data(), shape.heads, shape.max_tokens);
  }
  threads = resolve_threads(threads);
  if (precision == Precision::automatic && has_bf16) {
    state.build_probed(tensors, threads);
  } else {
    state.build(tensors, precision == Precision::automatic ? Precision::fp32 : precision, threads);
  }
}

Transformer::~Transformer() = default;
Transformer::Transformer(Transformer&&) noexcept = default;
Transformer& Transformer::operator=(Transformer&&) noexcept = default;

const Shape& Transformer::shape() const {
  return state_->shape;
}

Precision Transformer::precision() const {
  return state_->precision;
}

float Transformer::probed_cosine() const {
  return state_->probed;
}

void Transformer::token_vectors(const Batch& batch, std::span<const std::size_t> wanted, float* vectors,
                                float* const* attentions, unsigned threads) const {
  const State& state = *state_;
  const std::size_t d = state.shape.dimension, stride = padded(d);
  std::size_t last = attentions != nullptr ? state.shape.layers : 0;
  for (const std::size_t layer : wanted) {
    if (layer > state.shape.layers) {
      fail(ErrorKind::invalid_argument, "encode", "layers of 0 to " + std::to_string(state.shape.layers),
           std::to_string(layer));
    }
    last = std::max(last, layer);
  }
  const std::size_t tokens = batch.rows != 0 ? static_cast<std::size_t>(batch.offsets[batch.rows]) : 0;
  state.walk(batch, last, attentions, threads, [&](unsigned, const Group& group, std::size_t, std::size_t layer) {
    for (std::size_t w = 0; w < wanted.size(); ++w) {
      if (wanted[w] != layer) continue;
      float* out = vectors + (w * tokens + static_cast<std::size_t>(group.offsets[0])) * d;
      for (std::size_t t = 0; t < group.tokens; ++t) std::copy_n(group.hidden.data() + t * stride, d, out + t * d);
    }
  });
}

void Transformer::pooled(const Batch& batch, Pooling pooling, bool normalize, float* out, unsigned threads) const {
  const State& state = *state_;
  const std::size_t d = state.shape.dimension, stride = padded(d), last = state.shape.layers;
  std::vector<std::vector<double>> sums(resolve_threads(threads));
  state.walk(batch, last, nullptr, threads,
             [&](unsigned worker, const Group& group, std::size_t first, std::size_t layer) {
               if (layer != last) return;
               for (std::size_t row = 0; row + 1 < group.offsets.size(); ++row) {
                 const auto begin = static_cast<std::size_t>(group.offsets[row] - group.offsets[0]);
                 const auto count = static_cast<std::size_t>(group.offsets[row + 1] - group.offsets[row]);
                 pool(pooling, group.hidden.data() + begin * stride, count, stride, d, normalize, sums[worker],
                      out + (first + row) * d);
               }
             });
}

}  // namespace tokenspace::nn
