// The word2vec trainer: kernels against plain loops, noise draws, chunks and windows, determinism.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

#include "harness.hpp"
#include "tokenspace/word2vec.hpp"
#include "vectors/noise_table.hpp"
#include "vectors/pair_kernels.hpp"
#include "vectors/rows.hpp"
#include "vectors/text_windows.hpp"

using namespace tokenspace;
using namespace tokenspace::vectors;

namespace {

// Rows at odd places of memory, followed by values that no kernel may touch.
struct RowSet {
  RowSet(std::size_t count, std::size_t dim, std::mt19937& random) : dim(dim), values(count * (dim + 1) + 1) {
    std::normal_distribution<float> normal(0.0f, 0.6f);
    for (float& value : values) value = normal(random);
    for (std::size_t i = 0; i < count; ++i) rows.push_back(values.data() + 1 + i * (dim + 1));
  }
  std::size_t dim;
  std::vector<float> values;
  std::vector<float*> rows;
};

bool near(float a, double b) {
  return std::abs(a - b) <= 1e-5 + 2e-5 * std::abs(b);
}

std::vector<const PairKernels*> all_kernels() {
  std::vector<const PairKernels*> all{&portable_pair_kernels()};
  for (const PairKernels* kernels : {avx2_pair_kernels(), avx512_pair_kernels()}) {
    if (kernels != nullptr) all.push_back(kernels);
  }
  return all;
}

void check_block(const PairKernels& kernels, std::size_t inputs, std::size_t outputs, std::size_t dim, bool apart) {
  std::mt19937 random(static_cast<unsigned>(dim * 1000 + inputs * 50 + outputs));
  RowSet in(inputs, dim, random);
  RowSet out(outputs, dim, random);
  RowSet changes(inputs, dim, random);
  const RowSet in_before = in;
  const RowSet out_before = out;
  std::vector<float> input_weights(inputs);
  std::vector<float> output_weights(outputs);
  std::vector<float> labels(outputs);
  for (float& weight : input_weights) weight = 1.0f + static_cast<float>(random() % 3);
  for (float& weight : output_weights) weight = 1.0f + static_cast<float>(random() % 2);
  for (float& label : labels) label = static_cast<float>(random() % 2);
  std::vector<float> scores(inputs * outputs + 1, 7.0f);
  std::vector<float> old(outputs * kOldFloats);
  PairBlock block{};
  block.inputs = in.rows.data();
  block.input_results = apart ? changes.rows.data() : in.rows.data();
  block.outputs = out.rows.data();
  block.input_weights = input_weights.data();
  block.output_weights = output_weights.data();
  block.labels = labels.data();
  block.input_count = inputs;
  block.output_count = outputs;
  block.dim = dim;
  block.alpha = 0.05f;
  block.scores = scores.data();
  block.old = old.data();
  kernels.scores(block);
  std::vector<double> g(inputs * outputs);
  const auto at = [&](const RowSet& set, std::size_t row, std::size_t k) {
    return static_cast<double>(set.values[1 + row * (dim + 1) + k]);
  };
  for (std::size_t b = 0; b < inputs; ++b) {
    for (std::size_t n = 0; n < outputs; ++n) {
      double score = 0;
      for (std::size_t k = 0; k < dim; ++k) score += at(in_before, b, k) * at(out_before, n, k);
      CHECK(near(scores[b * outputs + n], score));
      g[b * outputs + n] = 0.05 * input_weights[b] * output_weights[n] * (labels[n] - 1 / (1 + std::exp(-score)));
    }
  }
  kernels.gradients(block);
  for (std::size_t i = 0; i < g.size(); ++i) CHECK(near(scores[i], g[i]));
  CHECK_EQ(scores.back(), 7.0f);
  (apart ? kernels.update_apart : kernels.update)(block);
  for (std::size_t k = 0; k < dim; ++k) {
    for (std::size_t b = 0; b < inputs; ++b) {
      double change = 0;
      for (std::size_t n = 0; n < outputs; ++n) change += g[b * outputs + n] * at(out_before, n, k);
      if (apart) {
        CHECK(near(static_cast<float>(at(changes, b, k)), change));
        CHECK_EQ(at(in, b, k), at(in_before, b, k));
      } else {
        CHECK(near(static_cast<float>(at(in, b, k)), at(in_before, b, k) + change));
      }
    }
    for (std::size_t n = 0; n < outputs; ++n) {
      double change = 0;
      for (std::size_t b = 0; b < inputs; ++b) change += g[b * outputs + n] * at(in_before, b, k);
      CHECK(near(static_cast<float>(at(out, n, k)), at(out_before, n, k) + change));
    }
  }
  for (std::size_t i = 0; i < in.values.size(); i += dim + 1) CHECK_EQ(in.values[i], in_before.values[i]);
  for (std::size_t i = 0; i < out.values.size(); i += dim + 1) CHECK_EQ(out.values[i], out_before.values[i]);
}

}  // namespace

TEST("pair kernels: every instruction set equals plain loops") {
  for (const PairKernels* kernels : all_kernels()) {
    for (std::size_t dim = 1; dim <= 130; ++dim) {
      check_block(*kernels, 1 + dim % 16, 1 + dim % 9, dim, dim % 2 == 0);
    }
    for (std::size_t inputs = 1; inputs <= 20; ++inputs) {
      for (std::size_t outputs : {1, 2, 3, 4, 5, 6, 8, 17, 51}) check_block(*kernels, inputs, outputs, 37, false);
    }
  }
}

TEST("pair kernels: scores far out give the limits of the sigmoid, and beyond all bounds nothing") {
  for (const PairKernels* kernels : all_kernels()) {
    std::vector<float> in{1.0f};
    std::vector<float> out{-1000.0f, -29.0f, 0.0f, 29.0f, 1000.0f, INFINITY, NAN};
    float* input = in.data();
    std::vector<float*> outputs;
    for (float& value : out) outputs.push_back(&value);
    const std::vector<float> ones(out.size(), 1.0f);
    std::vector<float> scores(out.size());
    std::vector<float> old(out.size() * kOldFloats);
    PairBlock block{&input,     &input, outputs.data(), ones.data(),   ones.data(), ones.data(), 1,
                    out.size(), 1,      1.0f,           scores.data(), old.data()};
    kernels->scores(block);
    kernels->gradients(block);
    CHECK_EQ(scores[0], 0.0f);
    CHECK(std::abs(scores[1] - 1) < 1e-6f);
    CHECK(std::abs(scores[2] - 0.5f) < 1e-6f);
    CHECK(scores[3] >= 0 && scores[3] < 1e-6f);
    CHECK_EQ(scores[4], 0.0f);
    CHECK_EQ(scores[5], 0.0f);
    CHECK_EQ(scores[6], 0.0f);
  }
}

TEST("pair kernels: sums and scaled additions of rows") {
  for (const PairKernels* kernels : all_kernels()) {
    for (std::size_t dim = 1; dim <= 70; ++dim) {
      std::mt19937 random(static_cast<unsigned>(dim));
      RowSet rows(5, dim, random);
      RowSet sum(1, dim, random);
      const RowSet before = sum;
      kernels->sum_rows(rows.rows.data(), 5, dim, 0.2f, sum.rows[0]);
      for (std::size_t k = 0; k < dim; ++k) {
        double expected = 0;
        for (const float* row : rows.rows) expected += 0.2 * row[k];
        CHECK(near(sum.rows[0][k], expected));
      }
      const std::vector<float> first(sum.rows[0], sum.rows[0] + dim);
      kernels->add_scaled(rows.rows[0], dim, -1.5f, sum.rows[0]);
      for (std::size_t k = 0; k < dim; ++k) CHECK(near(sum.rows[0][k], first[k] - 1.5 * rows.rows[0][k]));
      CHECK_EQ(sum.values[0], before.values[0]);
      CHECK_EQ(sum.values.back(), before.values.back());
    }
  }
}

TEST("noise table: draws in proportion to the weights") {
  const std::vector<double> weights{5, 0, 1, 30, 0.5, 3.5};
  const NoiseTable table(weights);
  Random random{1, 2};
  std::vector<double> drawn(weights.size());
  constexpr int kDraws = 400000;
  for (int i = 0; i < kDraws; ++i) drawn[table.draw(random)] += 1;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double expected = weights[i] / 40 * kDraws;
    CHECK(std::abs(drawn[i] - expected) <= 5 * std::sqrt(expected));
  }
  CHECK_EQ(drawn[1], 0.0);
  CHECK_THROWS(NoiseTable(std::vector<double>{1, -1}));
  CHECK_THROWS(NoiseTable(std::vector<double>{0, 0}));
  CHECK_THROWS(NoiseTable(std::vector<double>{1, INFINITY}));
  CHECK_THROWS(NoiseTable(std::vector<double>{1, NAN}));
}

TEST("row copies: changes of several copies add up") {
  std::vector<float> matrix(2000 * 3);
  std::iota(matrix.begin(), matrix.end(), 0.0f);
  const std::vector<float> before = matrix;
  RowCopies first(matrix.data(), 3);
  RowCopies second(matrix.data(), 3);
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t row = 0; row < 2000; row += 2) first.at(row)[1] += 1.0f;
    for (std::uint32_t row = 0; row < 2000; row += 3) second.at(row)[1] += 2.0f;
  }
  CHECK(matrix == before);
  for (std::uint32_t part = 0; part < 3; ++part) {
    first.add_changes(matrix.data(), part, 3);
    second.add_changes(matrix.data(), part, 3);
  }
  for (std::size_t row = 0; row < 2000; ++row) {
    const float expected = (row % 2 == 0 ? 2.0f : 0.0f) + (row % 3 == 0 ? 4.0f : 0.0f);
    CHECK_EQ(matrix[row * 3 + 1], before[row * 3 + 1] + expected);
    CHECK_EQ(matrix[row * 3], before[row * 3]);
  }
}

TEST("chunks: every token once, sentences whole unless they are longer than a chunk") {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::int64_t> offsets{0};
    const int sentences = static_cast<int>(random() % 12);
    for (int i = 0; i < sentences; ++i) offsets.push_back(offsets.back() + static_cast<int>(random() % 40));
    const std::vector<std::int32_t> ids(static_cast<std::size_t>(offsets.back()));
    const std::vector<Chunk> chunks = plan_chunks({ids, offsets}, 16);
    std::size_t at = 0;
    for (const Chunk& chunk : chunks) {
      CHECK_EQ(chunk.begin, at);
      CHECK(chunk.end > chunk.begin && chunk.end - chunk.begin <= 16);
      const auto begin = static_cast<std::size_t>(offsets[chunk.sentence]);
      const auto end = static_cast<std::size_t>(offsets[chunk.sentence + 1]);
      CHECK(begin <= chunk.begin);
      const bool long_sentence = end - begin > 16;
      CHECK(long_sentence ? chunk.end <= end : begin == chunk.begin);
      at = chunk.end;
    }
    CHECK_EQ(at, ids.size());
  }
  const std::vector<std::int32_t> ids(3);
  CHECK_THROWS(plan_chunks({ids, std::vector<std::int64_t>{}}, 16));
  CHECK_THROWS(plan_chunks({ids, std::vector<std::int64_t>{0, 2}}, 16));
  CHECK_THROWS(plan_chunks({ids, std::vector<std::int64_t>{0, 5, 3}}, 16));
  CHECK_THROWS(plan_chunks({ids, std::vector<std::int64_t>{1, 3}}, 16));
}

TEST("windows: pairs of a sentence cut into chunks are those of the whole sentence") {
  std::vector<std::int32_t> ids(100);
  std::iota(ids.begin(), ids.end(), 0);
  const std::vector<std::int64_t> offsets{0, 3, 3, 90, 100};
  const WindowOptions options{100, {}, 4, false};
  std::vector<std::pair<int, int>> pairs;
  ChunkWindows reader;
  for (const Chunk& chunk : plan_chunks({ids, offsets}, 16)) {
    Random random{7};
    reader.read({ids, offsets}, chunk, options, random);
    for (const Window& window : reader.windows()) {
      for (std::uint32_t i = window.begin; i < window.end; ++i) {
        if (i != window.centre) pairs.emplace_back(reader.words()[window.centre], reader.words()[i]);
      }
    }
  }
  std::vector<std::pair<int, int>> expected;
  for (std::size_t s = 0; s + 1 < offsets.size(); ++s) {
    for (auto i = offsets[s]; i < offsets[s + 1]; ++i) {
      for (auto j = std::max(offsets[s], i - 4); j < std::min(offsets[s + 1], i + 5); ++j) {
        if (i != j) expected.emplace_back(i, j);
      }
    }
  }
  CHECK(pairs == expected);
}

TEST("windows: words are dropped by their thresholds, reach is uniform") {
  const std::vector<std::int32_t> ids = [] {
    std::vector<std::int32_t> made(40000);
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = static_cast<std::int32_t>(i % 2);
    return made;
  }();
  const std::vector<std::int64_t> offsets{0, 40000};
  const std::vector<std::uint32_t> sample{0xFFFFFFFFu, 0x40000000u};
  const WindowOptions options{2, sample, 4, true};
  Random random{1};
  ChunkWindows reader;
  reader.read({ids, offsets}, {0, 40000, 0}, options, random);
  double kept[2] = {0, 0};
  double reach[5] = {0, 0, 0, 0, 0};
  for (const Window& window : reader.windows()) {
    kept[reader.words()[window.centre]] += 1;
    if (window.centre > 4) reach[window.centre - window.begin] += 1;
  }
  CHECK_EQ(kept[0], 20000.0);
  CHECK(std::abs(kept[1] - 5000) < 5 * std::sqrt(5000 * 0.75));
  for (int i = 1; i <= 4; ++i) CHECK(std::abs(reach[i] - 6250) < 5 * std::sqrt(6250.0));
  const std::vector<std::int32_t> wrong{0, 2};
  CHECK_THROWS(reader.read({wrong, std::vector<std::int64_t>{0, 2}}, {0, 2, 0}, options, random));
  const std::vector<std::int32_t> negative{0, -1};
  CHECK_THROWS(reader.read({negative, std::vector<std::int64_t>{0, 2}}, {0, 2, 0}, options, random));
}

namespace {

// The word vectors after a pass over random text.
std::vector<float> trained(unsigned threads, bool deterministic, bool skip_gram, double* loss = nullptr) {
  constexpr std::size_t kVocabulary = 50;
  constexpr std::size_t kDim = 19;
  std::mt19937 random(11);
  std::vector<float> words(kVocabulary * kDim);
  for (float& value : words) value = static_cast<float>(random() % 1000) / 1e4f - 0.05f;
  std::vector<float> outputs(kVocabulary * kDim);
  const std::vector<double> noise(kVocabulary, 1.0);
  std::vector<std::int32_t> ids(30000);
  for (std::int32_t& id : ids) id = static_cast<std::int32_t>(random() % kVocabulary * (random() % kVocabulary) / 50);
  std::vector<std::int64_t> offsets{0};
  while (offsets.back() < 20000) offsets.push_back(offsets.back() + 1 + static_cast<int>(random() % 20));
  offsets.push_back(30000);  // and one long sentence
  Word2VecConfig config;
  config.dim = kDim;
  config.skip_gram = skip_gram;
  config.threads = threads;
  config.deterministic = deterministic;
  config.compute_loss = loss != nullptr;
  config.words = {words.data(), kVocabulary};
  config.outputs.negative = 5;
  config.outputs.negative_rows = {outputs.data(), kVocabulary};
  config.outputs.noise = noise;
  Word2VecTrainer trainer(config);
  train::Control control;
  const TrainStats stats = trainer.train({ids, offsets}, {3, 0, 0}, 0.05, 0.01, control);
  if (loss != nullptr) *loss = stats.loss;
  CHECK_EQ(control.done.load(), ids.size());
  return words;
}

}  // namespace

TEST("word2vec: one worker gives the same bits again, deterministic training gives them for every number of workers") {
  for (const bool skip_gram : {false, true}) {
    CHECK(trained(1, false, skip_gram) == trained(1, false, skip_gram));
    double loss = 0;
    const std::vector<float> expected = trained(1, true, skip_gram, &loss);
    for (const unsigned threads : {2u, 3u, 5u, 16u}) {
      double other = 0;
      CHECK(trained(threads, true, skip_gram, &other) == expected);
      CHECK_EQ(other, loss);
    }
    for (const float value : trained(3, false, skip_gram)) CHECK(std::isfinite(value));
  }
}

TEST("word2vec: a cancelled pass ends by Cancelled") {
  std::vector<float> words(4);
  std::vector<float> outputs(4);
  const std::vector<double> noise(2, 1.0);
  Word2VecConfig config;
  config.dim = 2;
  config.words = {words.data(), 2};
  config.outputs.negative = 1;
  config.outputs.negative_rows = {outputs.data(), 2};
  config.outputs.noise = noise;
  Word2VecTrainer trainer(config);
  train::Control control;
  control.cancel();
  const std::vector<std::int32_t> ids{0, 1};
  bool cancelled = false;
  try {
    trainer.train({ids, std::vector<std::int64_t>{0, 2}}, {}, 0.1, 0.1, control);
  } catch (const train::Cancelled&) {
    cancelled = true;
  }
  CHECK(cancelled);
}
