#include "attention.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tokenspace/watch.hpp"

namespace tokenspace::nn {

namespace {

// Rows of tokens that look, scored at once: their scores stay in the second-level cache.
constexpr std::size_t kBlock = 48;
constexpr int kBuckets = 32, kMaxDistance = 128;

// MPNet's bucket of a distance; behind: the token looked at comes before the one that looks. 8 exact distances each
// way, then a logarithmic scale in float32, as the reference computes it.
int bucket_of(std::ptrdiff_t behind) {
  constexpr int kHalf = kBuckets / 2, kExact = kHalf / 2;
  const int side = behind < 0 ? kHalf : 0;
  const std::ptrdiff_t distance = std::abs(behind);
  if (distance < kExact) return side + static_cast<int>(distance);
  const float ratio = std::log(static_cast<float>(distance) / kExact) /
                      static_cast<float>(std::log(static_cast<double>(kMaxDistance) / kExact)) * (kHalf - kExact);
  return side + std::min(kExact + static_cast<int>(ratio), kHalf - 1);
}

template <class T>
const T* numbers_at(const AttentionTask& task, std::size_t token, std::size_t column) {
  return static_cast<const T*>(task.mixed) + token * task.stride + column;
}

// Keys become the right side of a product: (panels, steps, panel) groups of four bytes, a column a token.
template <class T>
void pack_keys(const AttentionTask& task, std::size_t column, std::size_t panel, std::uint32_t* out) {
  constexpr std::size_t kPer = 4 / sizeof(T);
  const std::size_t steps = (task.head_size + kPer - 1) / kPer, tail = task.head_size % kPer;
  for (std::size_t token = 0; token < padded(task.tokens); ++token) {
    std::uint32_t* to = out + token / panel * panel * steps + token % panel;
    if (token >= task.tokens) {
      for (std::size_t s = 0; s < steps; ++s) to[s * panel] = 0;
      continue;
    }
    const T* from = numbers_at<T>(task, token, column);
    for (std::size_t s = 0; s < steps; ++s) std::memcpy(to + s * panel, from + s * kPer, 4);
    // The number behind an odd head belongs to the next one.
    if (tail != 0) to[(steps - 1) * panel] &= 0xFFFFu;
  }
}

// Values: a column a number of the head, a step one or two tokens.
void pack_values(const AttentionTask& task, std::size_t column, std::size_t panel, float* out) {
  const std::size_t width = padded(task.head_size), steps = task.tokens;
  for (std::size_t first = 0; first < width; first += panel) {
    for (std::size_t s = 0; s < steps; ++s, out += panel) {
      const std::size_t count = std::min(panel, task.head_size - std::min(first, task.head_size));
      const float* from = numbers_at<float>(task, s, column + first);
      std::copy_n(from, count, out);
      std::fill(out + count, out + panel, 0.0f);
    }
  }
}

void pack_values(const AttentionTask& task, std::size_t column, std::size_t panel, std::uint16_t* out) {
  const std::size_t width = padded(task.head_size), steps = (task.tokens + 1) / 2;
  for (std::size_t first = 0; first < width; first += panel) {
    const std::size_t count = std::min(panel, task.head_size - std::min(first, task.head_size));
    for (std::size_t s = 0; s < steps; ++s, out += 2 * panel) {
      const std::uint16_t* even = numbers_at<std::uint16_t>(task, 2 * s, column + first);
      const std::uint16_t* odd = numbers_at<std::uint16_t>(task, std::min(2 * s + 1, task.tokens - 1), column + first);
      const std::uint16_t keep = 2 * s + 1 < task.tokens ? 0xFFFF : 0;
      for (std::size_t c = 0; c < count; ++c) {
        out[2 * c] = even[c];
        out[2 * c + 1] = odd[c] & keep;
      }
      std::fill(out + 2 * count, out + 2 * panel, std::uint16_t{0});
    }
  }
}

template <class T>
void attend_by(const Kernels& kernels, const AttentionTask& task, AttentionScratch& scratch) {
  constexpr bool kBf16 = sizeof(T) == 2;
  constexpr std::size_t kPer = 4 / sizeof(T);
  const std::size_t n = task.tokens, width = padded(n), dimension = task.heads * task.head_size;
  const std::size_t key_steps = (task.head_size + kPer - 1) / kPer, value_steps = (n + kPer - 1) / kPer;
  const std::size_t panel = kernels.panel, head_width = padded(task.head_size);
  scratch.keys.resize(width * key_steps);
  scratch.values.resize(head_width * value_steps);
  scratch.scores.resize(kBlock * width);
  scratch.inverse_sums.resize(kBlock);
  if (kBf16) scratch.shares.resize(kBlock * width);
  const float scale = 1.0f / std::sqrt(static_cast<float>(task.head_size));
  void (*const product)(const ProductTask&) = kBf16 ? kernels.bf16 : kernels.fp32;

  for (std::size_t head = 0; head < task.heads; ++head) {
    const std::size_t column = head * task.head_size;
    pack_keys<T>(task, dimension + column, panel, scratch.keys.data());
    pack_values(task, 2 * dimension + column, panel, reinterpret_cast<T*>(scratch.values.data()));
    for (std::size_t first = 0; first < n; first += kBlock) {
      const std::size_t rows = std::min(kBlock, n - first);
      ProductTask look;
      look.left = numbers_at<T>(task, first, column);
      look.left_stride = task.stride * sizeof(T);
      look.rows = rows;
      look.steps = key_steps;
      look.out_stride = width;
      for (std::size_t c = 0; c < width; c += panel) {
        look.panel = scratch.keys.data() + c * key_steps;
        look.out = scratch.scores.data() + c;
        product(look);
      }
      for (std::size_t r = 0; r < rows; ++r) {
        SoftmaxTask soft;
        soft.scores = scratch.scores.data() + r * width;
        soft.count = n;
        soft.scale = scale;
        soft.bias = task.bias != nullptr ? task.bias->of(head, first + r) : nullptr;
        soft.out_bf16 = kBf16 && task.weights == nullptr ? scratch.shares.data() + r * width : nullptr;
        const float inverse = 1.0f / kernels.softmax(soft);
        scratch.inverse_sums[r] = inverse;
        if (task.weights != nullptr) {
          float* weights = task.weights + (head * n + first + r) * n;
          for (std::size_t i = 0; i < n; ++i) weights[i] = soft.scores[i] * inverse;
          if (kBf16) kernels.narrow(soft.scores, n, scratch.shares.data() + r * width);
        }
      }
      ProductTask mix;
      mix.left = kBf16 ? static_cast<const void*>(scratch.shares.data()) : scratch.scores.data();
      mix.left_stride = width * sizeof(T);
      mix.rows = rows;
      mix.steps = value_steps;
      mix.row_scales = scratch.inverse_sums.data();
      mix.out_stride = task.out_stride;
      mix.out_bf16 = task.out_bf16;
      for (std::size_t c = 0; c < head_width; c += panel) {
        mix.panel = scratch.values.data() + c * value_steps;
        const std::size_t to = first * task.out_stride + column + c;
        mix.out = task.out_bf16 ? static_cast<void*>(static_cast<std::uint16_t*>(task.out) + to)
                                : static_cast<void*>(static_cast<float*>(task.out) + to);
        product(mix);
      }
      look_up();
    }
  }
}

}  // namespace

DistanceBias::DistanceBias(const float* table, std::size_t heads, std::size_t max_tokens)
    : max_tokens_(max_tokens), stride_(padded(2 * max_tokens) + kPad) {
  values_.assign(heads * stride_, 0.0f);
  for (std::size_t i = 0; i + 1 < 2 * max_tokens; ++i) {
    const int bucket = bucket_of(static_cast<std::ptrdiff_t>(max_tokens) - 1 - static_cast<std::ptrdiff_t>(i));
    for (std::size_t head = 0; head < heads; ++head) {
      values_[head * stride_ + i] = table[static_cast<std::size_t>(bucket) * heads + head];
    }
  }
}

// Heads come in rising order: what a product writes behind its own head, the panel being wider, the next head
// overwrites; behind the last head lies padding, where zeros belong.
void attend(const Kernels& kernels, const AttentionTask& task, AttentionScratch& scratch) {
  if (task.tokens == 0) return;
  if (task.factor == Factor::bf16) {
    attend_by<std::uint16_t>(kernels, task, scratch);
  } else {
    attend_by<float>(kernels, task, scratch);
  }
}

}  // namespace tokenspace::nn
