#include "encoder_layer.hpp"

#include <algorithm>

#include "numbers.hpp"
#include "tokenspace/error.hpp"

namespace tokenspace::nn {

namespace {

// Tokens whose inner activations exist at a time: with the weights' panel they stay in the second-level cache.
constexpr std::size_t kInnerTokens = 192;

}  // namespace

void Norm::read(const Linear& tensors, const std::string& name) {
  const std::size_t n = tensors.weight.columns;
  weight.assign(padded(n), 0.0f);
  bias.assign(padded(n), 0.0f);
  read_row(tensors.weight, 0, weight.data());
  read_row(tensors.bias, 0, bias.data());
  if (!all_finite(weight.data(), n) || !all_finite(bias.data(), n)) {
    fail(ErrorKind::format, "native engine", "finite numbers in " + name, "NaN or infinity");
  }
}

EncoderLayer::EncoderLayer(const Kernels& kernels, const Tensors::Layer& tensors, const Factors& factors,
                           unsigned threads, std::size_t number)
    : factors_(factors) {
  const std::string where = " of layer " + std::to_string(number);
  const Linear* mixed[] = {&tensors.query, &tensors.key, &tensors.value};
  const Linear *output[] = {&tensors.output}, *up[] = {&tensors.up}, *down[] = {&tensors.down};
  mixed_.pack(kernels, mixed, factors.mixed, threads, "query, key and value" + where);
  output_.pack(kernels, output, factors.output, threads, "the attention's output" + where);
  up_.pack(kernels, up, factors.up, threads, "the first inner matrix" + where);
  down_.pack(kernels, down, factors.down, threads, "the second inner matrix" + where);
  attention_norm_.read(tensors.attention_norm, "the attention's norm" + where);
  output_norm_.read(tensors.output_norm, "the output's norm" + where);
}

void EncoderLayer::run(const Kernels& kernels, const Shape& shape, const DistanceBias* bias, Group& group,
                       float* const* attentions) const {
  const std::size_t d = shape.dimension, stride = padded(d), tokens = group.tokens;
  if (tokens == 0) return;
  float* hidden = group.hidden.data();
  const auto grow = [](Buffer<float>& buffer, std::size_t n) {
    if (buffer.size() < n) buffer.resize(n);
  };

  group.input.reserve(factors_.mixed, tokens, d);
  group.input.from_floats(kernels, hidden, stride, tokens);
  group.mixed.reserve(factors_.attention, tokens, 3 * d);
  mixed_.multiply(kernels, group.input, 0, tokens, Activation::none, group.mixed.row(0), group.mixed.stride,
                  factors_.attention == Factor::bf16);

  // A panel behind the last head: see attend.
  group.context.reserve(factors_.output, tokens, d + kPad);
  const bool quantized = factors_.output == Factor::int8;
  if (quantized) grow(group.context_floats, tokens * group.context.stride);
  AttentionTask task;
  task.factor = factors_.attention;
  task.stride = group.mixed.stride;
  task.heads = shape.heads;
  task.head_size = d / shape.heads;
  task.bias = bias;
  task.out_bf16 = factors_.output == Factor::bf16;
  task.out_stride = group.context.stride;
  for (std::size_t row = 0; row + 1 < group.offsets.size(); ++row) {
    const auto first = static_cast<std::size_t>(group.offsets[row] - group.offsets[0]);
    task.tokens = static_cast<std::size_t>(group.offsets[row + 1] - group.offsets[row]);
    task.mixed = group.mixed.row(first);
    task.out = quantized ? group.context_floats.data() + first * task.out_stride : group.context.row(first);
    task.weights = attentions != nullptr ? attentions[row] : nullptr;
    attend(kernels, task, group.attention);
  }
  if (quantized) {
    group.context.width = d;
    group.context.from_floats(kernels, group.context_floats.data(), group.context.stride, tokens);
  }

  grow(group.sums, tokens * stride);
  output_.multiply(kernels, group.context, 0, tokens, Activation::none, group.sums.data(), stride, false);
  for (std::size_t t = 0; t < tokens; ++t) {
    kernels.add_norm(hidden + t * stride, group.sums.data() + t * stride, d, attention_norm_.weight.data(),
                     attention_norm_.bias.data(), shape.epsilon);
  }

  const std::size_t inner_stride = padded(shape.inner);
  const bool inner_bf16 = factors_.down == Factor::bf16;
  group.input.reserve(factors_.up, tokens, d);
  group.input.from_floats(kernels, hidden, stride, tokens);
  group.inner.reserve(factors_.down, std::min(tokens, kInnerTokens), shape.inner);
  if (factors_.down == Factor::int8) grow(group.inner_floats, std::min(tokens, kInnerTokens) * inner_stride);
  for (std::size_t first = 0; first < tokens; first += kInnerTokens) {
    const std::size_t count = std::min(kInnerTokens, tokens - first);
    void* inner = factors_.down == Factor::int8 ? group.inner_floats.data() : group.inner.row(0);
    up_.multiply(kernels, group.input, first, count, shape.activation, inner, inner_stride, inner_bf16);
    if (factors_.down == Factor::int8) {
      group.inner.from_floats(kernels, group.inner_floats.data(), inner_stride, count);
    }
    float* sums = group.sums.data() + first * stride;
    down_.multiply(kernels, group.inner, 0, count, Activation::none, sums, stride, false);
    for (std::size_t t = 0; t < count; ++t) {
      kernels.add_norm(hidden + (first + t) * stride, sums + t * stride, d, output_norm_.weight.data(),
                       output_norm_.bias.data(), shape.epsilon);
    }
  }
}

}  // namespace tokenspace::nn
