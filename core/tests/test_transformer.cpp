// The transformer's vector kernels against the portable set: equal to the bit where all sums are exact (small whole
// numbers), close where they round. Then whole encoders: what a row comes to depends on nothing but the row.
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <random>
#include <vector>

#include "harness.hpp"
#include "nn/kernels.hpp"
#include "nn/numbers.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/transformer.hpp"

using namespace tokenspace;
using nn::Activation;
using nn::Factor;
using nn::Precision;

namespace {

std::vector<const nn::Kernels*> all_sets() {
  const nn::Kernels* const* sets = nullptr;
  const std::size_t count = nn::kernel_sets(&sets);
  return {sets, sets + count};
}

// Whole numbers of -4 to 4 (0 to 8 on the left of 8-bit products) as rows and as one panel, with their products.
struct Sample {
  std::size_t rows, inputs, steps, stride;
  std::vector<std::uint32_t> left, right;
  std::vector<std::vector<int>> products;

  Sample(Factor factor, std::size_t rows_, std::size_t inputs_, std::size_t panel, std::mt19937& random)
      : rows(rows_), inputs(inputs_) {
    const std::size_t per = nn::numbers_per_step(factor);
    steps = (inputs + per - 1) / per;
    stride = steps + 3;
    left.assign(rows * stride, 0);
    right.assign(steps * panel, 0);
    std::vector<std::vector<int>> a(rows, std::vector<int>(inputs)), b(panel, std::vector<int>(inputs));
    for (auto& row : a) {
      for (int& x : row) x = static_cast<int>(random() % 9) - (factor == Factor::int8 ? 0 : 4);
    }
    for (auto& row : b) {
      for (int& x : row) x = static_cast<int>(random() % 9) - 4;
    }
    const auto put = [&](std::uint32_t& group, std::size_t at, int value) {
      if (factor == Factor::fp32) {
        const float x = static_cast<float>(value);
        std::memcpy(&group, &x, 4);
      } else if (factor == Factor::bf16) {
        group |= static_cast<std::uint32_t>(nn::to_bfloat16(static_cast<float>(value))) << (16 * at);
      } else {
        group |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(value)) << (8 * at);
      }
    };
    for (std::size_t i = 0; i < inputs; ++i) {
      for (std::size_t r = 0; r < rows; ++r) put(left[r * stride + i / per], i % per, a[r][i]);
      for (std::size_t c = 0; c < panel; ++c) put(right[i / per * panel + c], i % per, b[c][i]);
    }
    products.assign(rows, std::vector<int>(panel, 0));
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < panel; ++c) {
        for (std::size_t i = 0; i < inputs; ++i) products[r][c] += a[r][i] * b[c][i];
      }
    }
  }
};

bool has(const nn::Kernels& set, Factor factor) {
  return factor == Factor::fp32 || (factor == Factor::bf16 ? set.bf16 : set.int8) != nullptr;
}

double exact(Activation activation, double x) {
  switch (activation) {
    case Activation::none:
      return x;
    case Activation::gelu:
      return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0)));
    case Activation::gelu_tanh:
      return 0.5 * x * (1.0 + std::tanh(std::sqrt(2.0 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)));
    case Activation::quick_gelu:
      return x / (1.0 + std::exp(-1.702 * x));
    case Activation::relu:
      return x > 0 ? x : 0.0;
    case Activation::silu:
      return x / (1.0 + std::exp(-x));
    case Activation::tanh:
      return std::tanh(x);
  }
  return x;
}

constexpr Activation kActivations[] = {Activation::none,       Activation::gelu, Activation::gelu_tanh,
                                       Activation::quick_gelu, Activation::relu, Activation::silu,
                                       Activation::tanh};

// A random encoder that owns its weights.
struct Encoder {
  nn::Shape shape;
  nn::Tensors tensors;
  std::deque<std::vector<float>> owned;
  std::mt19937 random{7};

  nn::Tensor tensor(std::size_t rows, std::size_t columns, float around = 0.0f) {
    std::normal_distribution<float> noise(around, 0.3f);
    owned.emplace_back(rows * columns);
    for (float& x : owned.back()) x = noise(random);
    return {owned.back().data(), nn::Number::float32, rows, columns};
  }
  nn::Linear linear(std::size_t out, std::size_t in) { return {tensor(out, in), tensor(1, out)}; }
  nn::Linear norm() { return {tensor(1, shape.dimension, 1.0f), tensor(1, shape.dimension)}; }

  Encoder(std::size_t dimension, std::size_t heads, std::size_t inner, bool relative) {
    shape.vocabulary = 50;
    shape.dimension = dimension;
    shape.heads = heads;
    shape.inner = inner;
    shape.layers = 2;
    shape.max_tokens = 140;
    shape.types = relative ? 0 : 2;
    shape.relative = relative;
    shape.first_position = relative ? 2 : 0;
    shape.padding = relative ? 1 : -1;
    tensors.words = tensor(shape.vocabulary, dimension);
    tensors.positions = tensor(shape.first_position + shape.max_tokens, dimension);
    if (shape.types != 0) tensors.types = tensor(shape.types, dimension);
    if (relative) tensors.relative_bias = tensor(32, heads);
    tensors.embedding_norm = norm();
    for (std::size_t i = 0; i < shape.layers; ++i) {
      tensors.layers.push_back({linear(dimension, dimension), linear(dimension, dimension),
                                linear(dimension, dimension), linear(dimension, dimension), norm(),
                                linear(inner, dimension), linear(dimension, inner), norm()});
    }
  }
};

struct Ragged {
  std::vector<std::uint32_t> ids;
  std::vector<std::int64_t> offsets{0};

  explicit Ragged(const std::vector<std::size_t>& lengths) {
    std::mt19937 random(3);
    for (const std::size_t length : lengths) {
      for (std::size_t i = 0; i < length; ++i) ids.push_back(random() % 50);
      offsets.push_back(static_cast<std::int64_t>(ids.size()));
    }
  }
  nn::Batch batch() const { return {ids.data(), offsets.data(), offsets.size() - 1, nullptr}; }
  nn::Batch row(std::size_t i, std::vector<std::int64_t>& two) const {
    two = {0, offsets[i + 1] - offsets[i]};
    return {ids.data() + offsets[i], two.data(), 1, nullptr};
  }
};

template <class Work>
ErrorKind kind_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  CHECK(!"an error was expected");
  return ErrorKind::io;
}

}  // namespace

TEST("transformer: every set of kernels multiplies exactly where sums are exact") {
  std::mt19937 random(1);
  for (const nn::Kernels* set : all_sets()) {
    for (const Factor factor : {Factor::fp32, Factor::bf16, Factor::int8}) {
      if (!has(*set, factor)) continue;
      for (std::size_t rows = 1; rows < 30; ++rows) {
        const Sample sample(factor, rows, 1 + rows * 7 % 37, set->panel, random);
        std::vector<float> out(rows * nn::kPad), bias(nn::kPad);
        for (std::size_t c = 0; c < nn::kPad; ++c) bias[c] = static_cast<float>(c);
        std::vector<std::int32_t> zeros(rows, 3), sums(nn::kPad, 2);
        std::vector<float> ones(rows, 0.5f), scales(nn::kPad, 2.0f);
        nn::ProductTask task;
        task.left = sample.left.data();
        task.left_stride = sample.stride * 4;
        task.rows = rows;
        task.steps = sample.steps;
        task.panel = sample.right.data();
        task.bias = bias.data();
        task.out = out.data();
        task.out_stride = nn::kPad;
        if (factor == Factor::int8) {
          task.zero_points = zeros.data();
          task.column_sums = sums.data();
          task.row_scales = ones.data();
          task.column_scales = scales.data();
        }
        set->product(factor, task);
        for (std::size_t r = 0; r < rows; ++r) {
          for (std::size_t c = 0; c < set->panel; ++c) {
            const int shift = factor == Factor::int8 ? 6 : 0;
            CHECK_EQ(out[r * nn::kPad + c], static_cast<float>(sample.products[r][c] - shift) + bias[c]);
          }
        }
      }
    }
  }
}

TEST("transformer: a row's product is the same to the bit in every tile") {
  std::mt19937 random(2);
  std::normal_distribution<float> noise;
  for (const nn::Kernels* set : all_sets()) {
    for (const Factor factor : {Factor::fp32, Factor::bf16, Factor::int8}) {
      if (!has(*set, factor)) continue;
      constexpr std::size_t kRows = 40, kSteps = 29;
      std::vector<std::uint32_t> left(kRows * kSteps), panel(kSteps * set->panel);
      const auto fill = [&](std::vector<std::uint32_t>& groups) {
        for (std::uint32_t& group : groups) {
          const float x = noise(random), y = noise(random);
          if (factor == Factor::fp32) std::memcpy(&group, &x, 4);
          if (factor == Factor::bf16) group = nn::to_bfloat16(x) | static_cast<std::uint32_t>(nn::to_bfloat16(y)) << 16;
          if (factor == Factor::int8) group = static_cast<std::uint32_t>(random());
        }
      };
      fill(left);
      fill(panel);
      std::vector<float> bias(nn::kPad, 0.1f), scales(nn::kPad, 0.3f), row_scales(kRows, 0.7f);
      std::vector<std::int32_t> zeros(kRows, 100), sums(nn::kPad, 12345);
      const auto run = [&](std::size_t first, std::size_t rows) {
        std::vector<float> out(rows * nn::kPad, 0.0f);
        nn::ProductTask task;
        task.left = left.data() + first * kSteps;
        task.left_stride = kSteps * 4;
        task.rows = rows;
        task.steps = kSteps;
        task.panel = panel.data();
        task.bias = bias.data();
        task.activation = Activation::gelu;
        task.row_scales = row_scales.data();
        if (factor == Factor::int8) {
          task.zero_points = zeros.data();
          task.column_sums = sums.data();
          task.column_scales = scales.data();
        }
        task.out = out.data();
        task.out_stride = nn::kPad;
        set->product(factor, task);
        return out;
      };
      const std::vector<float> whole = run(0, kRows);
      for (std::size_t rows = 1; rows <= 14; ++rows) {
        for (std::size_t first = 0; first + rows <= kRows; first += 5) {
          const std::vector<float> part = run(first, rows);
          CHECK(std::memcmp(part.data(), whole.data() + first * nn::kPad, part.size() * sizeof(float)) == 0);
        }
      }
    }
  }
}

TEST("transformer: activations to near float32, in every set") {
  for (const nn::Kernels* set : all_sets()) {
    for (const Activation activation : kActivations) {
      for (float x = -12.0f; x < 12.0f; x += 0.0137f) {
        // One step of 1 times x.
        const float one = 1.0f;
        std::vector<float> panel(nn::kPad, x), out(nn::kPad);
        nn::ProductTask task;
        task.left = &one;
        task.left_stride = 4;
        task.rows = 1;
        task.steps = 1;
        task.panel = panel.data();
        task.activation = activation;
        task.out = out.data();
        task.out_stride = nn::kPad;
        set->fp32(task);
        const double expected = exact(activation, static_cast<double>(x));
        const double bound = 4e-7 * std::max(1.0, std::abs(static_cast<double>(x)));
        CHECK(std::abs(static_cast<double>(out[0]) - expected) <= bound);
        CHECK_EQ(out[set->panel - 1], out[0]);
      }
    }
  }
}

TEST("transformer: softmax of any length, with what is behind it set to zero") {
  std::mt19937 random(4);
  std::normal_distribution<float> noise(0.0f, 5.0f);
  for (const nn::Kernels* set : all_sets()) {
    for (std::size_t n = 1; n < 80; ++n) {
      std::vector<float> scores(nn::padded(n), std::numeric_limits<float>::quiet_NaN()), bias(nn::padded(n));
      for (float& x : bias) x = noise(random);
      for (std::size_t i = 0; i < n; ++i) scores[i] = i % 17 == 3 ? -1e30f : noise(random);
      std::vector<double> expected(n);
      double most = -1e300, total = 0.0;
      for (std::size_t i = 0; i < n; ++i)
        most = std::max(most, expected[i] = double{scores[i]} * 0.25 + double{bias[i]});
      for (double& x : expected) total += x = std::exp(x - most);
      nn::SoftmaxTask task;
      task.scores = scores.data();
      task.count = n;
      task.scale = 0.25f;
      task.bias = bias.data();
      const float sum = set->softmax(task);
      CHECK(std::abs(double{sum} - total) <= 1e-5 * total);
      for (std::size_t i = 0; i < scores.size(); ++i) {
        CHECK(std::abs(double{scores[i]} - (i < n ? expected[i] : 0.0)) <= 4e-6);
        if (i >= n) CHECK_EQ(scores[i], 0.0f);
      }
    }
  }
}

TEST("transformer: layer norm of every width; what is quantized comes back within half a step") {
  std::mt19937 random(5);
  std::normal_distribution<float> noise(1.0f, 2.0f);
  for (const nn::Kernels* set : all_sets()) {
    for (std::size_t n = 1; n < 100; n += n < 40 ? 1 : 13) {
      const std::size_t width = nn::padded(n);
      std::vector<float> x(width, 0.0f), y(width, 0.0f), weight(width, 0.0f), bias(width, 0.0f);
      for (std::size_t i = 0; i < n; ++i) {
        x[i] = noise(random), y[i] = noise(random), weight[i] = noise(random), bias[i] = noise(random);
      }
      std::vector<double> expected(n);
      double mean = 0.0, variance = 0.0;
      for (std::size_t i = 0; i < n; ++i) mean += (expected[i] = double{x[i]} + double{y[i]}) / static_cast<double>(n);
      for (const double value : expected) variance += (value - mean) * (value - mean) / static_cast<double>(n);
      set->add_norm(x.data(), y.data(), n, weight.data(), bias.data(), 1e-3f);
      for (std::size_t i = 0; i < n; ++i) {
        const double unit = (expected[i] - mean) / std::sqrt(variance + 1e-3);
        CHECK(std::abs(double{x[i]} - (unit * double{weight[i]} + double{bias[i]})) <= 3e-5);
      }
      for (std::size_t i = n; i < width; ++i) CHECK_EQ(x[i], 0.0f);

      std::vector<std::uint8_t> bytes(width);
      float scale = 0.0f;
      std::int32_t zero_point = 0;
      set->quantize(x.data(), n, bytes.data(), scale, zero_point);
      for (std::size_t i = 0; i < width; ++i) {
        CHECK(std::abs((static_cast<float>(bytes[i]) - static_cast<float>(zero_point)) * scale - x[i]) <=
              0.51f * scale);
      }
    }
  }
}

TEST("transformer: a row's vectors are the same to the bit alone, in any batch and with any threads") {
  const Ragged rows({1, 0, 140, 3, 13, 47, 48, 49, 2, 90, 0, 31, 32, 33, 7, 7, 7});
  for (const bool relative : {false, true}) {
    Encoder encoder(relative ? 30 : 20, relative ? 2 : 5, 37, relative);
    for (const nn::Kernels* set : all_sets()) {
      for (const Precision precision : {Precision::fp32, Precision::bf16, Precision::int8}) {
        if (precision == Precision::bf16 && set->bf16 == nullptr) continue;
        if (precision == Precision::int8 && set->int8 == nullptr) continue;
        const nn::Transformer model(encoder.shape, encoder.tensors, precision, 2, set->name);
        const std::size_t d = encoder.shape.dimension;
        const auto pooled = [&](const nn::Batch& batch, unsigned threads) {
          std::vector<float> out(batch.rows * d, -1.0f);
          model.pooled(batch, nn::Pooling::mean, true, out.data(), threads);
          return out;
        };
        const std::vector<float> all = pooled(rows.batch(), 1);
        CHECK(all == pooled(rows.batch(), 3));
        std::vector<std::int64_t> two;
        for (std::size_t i = 0; i < rows.batch().rows; ++i) {
          const std::vector<float> alone = pooled(rows.row(i, two), 1);
          CHECK(std::equal(alone.begin(), alone.end(), all.begin() + static_cast<std::ptrdiff_t>(i * d)));
          if (two[1] == 0) CHECK(std::all_of(alone.begin(), alone.end(), [](float x) { return x == 0.0f; }));
        }
        // Attention weights change nothing, and each row of them sums to one.
        const std::size_t tokens = rows.ids.size(), layers[] = {2, 0};
        std::vector<float> plain(2 * tokens * d), with(2 * tokens * d);
        std::vector<std::vector<float>> weights;
        std::vector<float*> places;
        for (std::size_t i = 0; i < rows.batch().rows; ++i) {
          const auto n = static_cast<std::size_t>(rows.offsets[i + 1] - rows.offsets[i]);
          weights.emplace_back(2 * encoder.shape.heads * n * n);
          places.push_back(weights.back().data());
        }
        model.token_vectors(rows.batch(), layers, plain.data(), nullptr, 2);
        model.token_vectors(rows.batch(), layers, with.data(), places.data(), 1);
        CHECK(plain == with);
        for (std::size_t i = 0; i < weights.size(); ++i) {
          const auto n = static_cast<std::size_t>(rows.offsets[i + 1] - rows.offsets[i]);
          for (std::size_t r = 0; n != 0 && r < weights[i].size() / n; ++r) {
            float sum = 0.0f;
            for (std::size_t j = 0; j < n; ++j) sum += weights[i][r * n + j];
            CHECK(std::abs(sum - 1.0f) < 1e-5f);
          }
        }
      }
    }
  }
}

TEST("transformer: what cannot be run is refused by kind") {
  Encoder encoder(20, 5, 37, false);
  const auto made = [&] { return nn::Transformer(encoder.shape, encoder.tensors, Precision::fp32, 1); };
  const nn::Transformer model = made();
  std::vector<float> out(400 * 20);
  const auto run = [&](const Ragged& rows) { model.pooled(rows.batch(), nn::Pooling::cls, false, out.data(), 1); };
  CHECK(kind_of([&] { run(Ragged({3, 141})); }) == ErrorKind::limit);
  Ragged rows({3});
  rows.ids[1] = 50;
  CHECK(kind_of([&] { run(rows); }) == ErrorKind::invalid_argument);
  rows = Ragged({3, 4});
  rows.offsets[1] = 9;
  CHECK(kind_of([&] { run(rows); }) == ErrorKind::invalid_argument);
  const std::size_t no_layer[] = {3};
  CHECK(kind_of([&] { model.token_vectors(rows.batch(), no_layer, out.data(), nullptr, 1); }) ==
        ErrorKind::invalid_argument);
  // A weight that is not finite: at once in a layer, when it is read in a table.
  float* words = const_cast<float*>(static_cast<const float*>(encoder.tensors.words.data));
  words[20 * 7 + 3] = std::numeric_limits<float>::quiet_NaN();
  rows = Ragged({1});
  rows.ids[0] = 7;
  CHECK(kind_of([&] { run(rows); }) == ErrorKind::format);
  rows.ids[0] = 8;
  run(rows);
  float* up = const_cast<float*>(static_cast<const float*>(encoder.tensors.layers[1].up.weight.data));
  up[5] = std::numeric_limits<float>::infinity();
  CHECK(kind_of([&] { made(); }) == ErrorKind::format);
  up[5] = 0.0f;
  encoder.shape.heads = 3;
  CHECK(kind_of([&] { made(); }) == ErrorKind::invalid_argument);
  encoder.shape.heads = 5;
  encoder.shape.inner = 36;
  CHECK(kind_of([&] { made(); }) == ErrorKind::invalid_argument);
  encoder.shape.inner = 37;
  CHECK(kind_of([&] { nn::Transformer(encoder.shape, encoder.tensors, Precision::fp32, 1, "none such"); }) ==
        ErrorKind::unsupported);
}
