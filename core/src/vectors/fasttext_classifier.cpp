#include "tokenspace/fasttext_classifier.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "output_layer.hpp"
#include "pair_kernels.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"

namespace tokenspace::fasttext {

namespace {

using vectors::pair_kernels;
using vectors::PairBlock;
using vectors::Random;

// Lines of about so many tokens are one unit of work, with random numbers of their own.
constexpr std::uint64_t kChunkTokens = 2000;
// Steps shorter than this change no weight that matters, and denormal numbers would make them slow.
constexpr float kLeastStep = 1e-12f;

float sigmoid(float x) {
  return 1.0f / (1.0f + std::exp(-x));
}

// -log p, finite for p = 0.
float surprise(float p) {
  return -std::log(std::max(p, 1e-30f));
}

float dot(const std::vector<float>& a, const float* b) {
  float sum = 0;
  const float* inputs = a.data();
  PairBlock block{};
  block.inputs = &inputs;
  float* outputs = const_cast<float*>(b);  // read alone
  block.outputs = &outputs;
  block.input_count = block.output_count = 1;
  block.dim = a.size();
  block.scores = &sum;
  pair_kernels().scores(block);
  return sum;
}

}  // namespace

struct Classifier::Work {
  explicit Work(std::size_t dim) : hidden(dim), gradient(dim) {}

  std::vector<std::uint32_t> rows[2];  // of this line and the next
  std::vector<float*> places;
  std::vector<float> hidden, gradient;
  vectors::OutputSet set;
  std::vector<float*> outputs;
  std::vector<float> scores, old;
  double loss = 0;
  std::uint64_t examples = 0;
};

Classifier::Classifier(const Dictionary& dictionary, Matrix input, Matrix output, ClassifierOptions options)
    : dictionary_(dictionary), edition_(dictionary.edition()), input_(input), output_(output), options_(options) {
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 0; i < dictionary.labels(); ++i)
    counts.push_back(dictionary.entry_count(dictionary.words() + i));
  if (options.loss == Loss::hierarchical_softmax) tree_.emplace(counts);
  if (options.loss == Loss::negative_sampling && options.negatives > 0) {
    std::vector<double> weights;
    for (const std::uint64_t count : counts)
      weights.push_back(std::sqrt(static_cast<double>(std::max<std::uint64_t>(count, 1))));
    noise_ = std::make_shared<const vectors::NoiseTable>(weights);
  }
}

void Classifier::check(const Lines& lines) const {
  if (dictionary_.edition() != edition_) {
    fail(ErrorKind::invalid_argument, "classifier", "the dictionary it was made with", "one that has changed since");
  }
  dictionary_.check(lines);
}

// Which output rows the line is told apart by, and which of them are wanted.
void Classifier::choose_outputs(vectors::OutputSet& set, const std::uint32_t* own, std::size_t labels,
                                Random& random) const {
  set.clear();
  if (options_.loss == Loss::one_vs_all) {
    for (std::uint32_t i = 0; i < output_.rows; ++i) set.add(i, std::find(own, own + labels, i) != own + labels);
    return;
  }
  const std::uint32_t label =
      own[labels == 1 ? 0
                      : Random::below(static_cast<std::uint32_t>(labels), static_cast<std::uint32_t>(random.next()))];
  if (options_.loss == Loss::softmax) {
    for (std::uint32_t i = 0; i < output_.rows; ++i) set.add(i, i == label);
  } else if (options_.loss == Loss::hierarchical_softmax) {
    tree_->walk_up(label, [&](std::uint32_t node, bool right) { set.add(node, right); });
  } else {
    set.add(label, 1.0f);
    // A single label has no others to be told from.
    for (int n = 0; noise_ && n < options_.negatives && output_.rows > 1; ++n) {
      std::uint32_t drawn = label;
      while (drawn == label) drawn = noise_->draw(random);
      const auto at = std::find(set.rows.begin(), set.rows.end(), drawn) - set.rows.begin();
      if (static_cast<std::size_t>(at) == set.rows.size()) {
        set.add(drawn, 0.0f);
      } else {
        set.weights[static_cast<std::size_t>(at)] += 1.0f;
      }
    }
  }
}

void Classifier::step(Work& work, const std::vector<std::uint32_t>& rows, float rate) const {
  const auto& kernels = pair_kernels();
  const vectors::OutputSet& set = work.set;
  const std::size_t count = set.rows.size();
  const std::size_t dim = input_.columns;
  work.places.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) work.places[i] = input_.data + rows[i] * dim;
  const float share = 1.0f / static_cast<float>(rows.size());
  kernels.sum_rows(work.places.data(), rows.size(), dim, share, work.hidden.data());
  work.outputs.resize(count);
  for (std::size_t i = 0; i < count; ++i) work.outputs[i] = output_.data + set.rows[i] * dim;
  work.scores.resize(std::max(work.scores.size(), count));
  work.old.resize(std::max(work.old.size(), count * vectors::kOldFloats));
  const float* const hidden = work.hidden.data();
  float* const gradient = work.gradient.data();
  const float once = 1.0f;
  const PairBlock block{
      &hidden, &gradient, work.outputs.data(), &once,          set.weights.data(), set.labels.data(), 1, count,
      dim,     rate,      work.scores.data(),  work.old.data()};
  kernels.scores(block);
  float* const scores = work.scores.data();
  if (options_.loss == Loss::softmax) {
    const float highest = *std::max_element(scores, scores + count);
    float total = 0;
    for (std::size_t i = 0; i < count; ++i) total += scores[i] = std::exp(scores[i] - highest);
    for (std::size_t i = 0; i < count; ++i) {
      const float p = scores[i] / total;
      if (set.labels[i] != 0) work.loss += surprise(p);
      scores[i] = rate * (set.labels[i] - p);
    }
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      work.loss += set.weights[i] * surprise(sigmoid(set.labels[i] != 0 ? scores[i] : -scores[i]));
    }
    kernels.gradients(block);
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (std::fabs(scores[i]) < kLeastStep) scores[i] = 0;
  }
  kernels.update_apart(block);
  ++work.examples;
  for (float* const place : work.places) kernels.add_scaled(gradient, dim, share, place);
}

std::pair<double, std::uint64_t> Classifier::train(const Lines& lines, std::uint64_t epoch, std::uint64_t tokens_before,
                                                   train::Control& control) {
  check(lines);
  struct Chunk {
    std::size_t begin, end;
    std::uint64_t tokens_before;
  };
  std::vector<Chunk> chunks;
  std::uint64_t tokens = tokens_before;
  for (std::size_t line = 0; line < lines.size();) {
    Chunk chunk{line, line, tokens};
    while (chunk.end < lines.size() && tokens - chunk.tokens_before < kChunkTokens) tokens += lines.read[chunk.end++];
    line = chunk.end;
    chunks.push_back(chunk);
  }
  const double total = static_cast<double>(options_.epochs) * static_cast<double>(dictionary_.tokens());
  const std::uint64_t epoch_before = epoch * dictionary_.tokens();
  const unsigned threads = resolve_threads(options_.threads);
  std::vector<std::unique_ptr<Work>> works(threads);
  parallel_for(chunks.size(), 1, threads, [&](std::size_t begin, std::size_t end, unsigned worker) {
    if (!works[worker]) works[worker] = std::make_unique<Work>(input_.columns);
    Work& work = *works[worker];
    for (std::size_t c = begin; c < end; ++c) {
      const Chunk& chunk = chunks[c];
      Random random{options_.seed, epoch, chunk.tokens_before};
      std::uint64_t done = epoch_before + chunk.tokens_before;
      const auto prepare = [&](std::size_t line) {
        dictionary_.expand(lines, line, work.rows[line % 2]);
        for (const std::uint32_t row : work.rows[line % 2]) {
          const float* const place = input_.data + row * input_.columns;
          for (std::size_t i = 0; i < input_.columns; i += 16) __builtin_prefetch(place + i, 1);
        }
      };
      prepare(chunk.begin);
      for (std::size_t line = chunk.begin; line < chunk.end; ++line) {
        control.check();
        if (line + 1 < chunk.end) prepare(line + 1);
        const std::uint64_t first = line == 0 ? 0 : lines.label_ends[line - 1];
        const auto labels = static_cast<std::size_t>(lines.label_ends[line] - first);
        if (labels != 0 && !work.rows[line % 2].empty()) {
          const double rate = options_.rate * std::max(0.0, 1.0 - static_cast<double>(done) / total);
          choose_outputs(work.set, lines.labels.data() + first, labels, random);
          step(work, work.rows[line % 2], static_cast<float>(rate));
        }
        done += lines.read[line];
      }
      control.done += done - epoch_before - chunk.tokens_before;
    }
  });
  double loss = 0;
  std::uint64_t examples = 0;
  for (const auto& work : works) {
    if (!work) continue;
    loss += work->loss;
    examples += work->examples;
  }
  if (!std::isfinite(loss)) {
    fail(ErrorKind::invalid_argument, "train classifier", "a learning rate at which the weights stay numbers",
         "lr=" + std::to_string(options_.rate), "a smaller lr");
  }
  return {loss, examples};
}

void Classifier::predict(std::span<const std::uint32_t> rows, std::size_t k, float threshold,
                         std::vector<Prediction>& out) const {
  out.clear();
  if (rows.empty() || k == 0 || output_.rows == 0) return;
  const auto& kernels = pair_kernels();
  std::vector<const float*> places;
  for (const std::uint32_t row : rows) places.push_back(input_.data + row * input_.columns);
  std::vector<float> hidden(input_.columns);
  kernels.sum_rows(places.data(), places.size(), hidden.size(), 1.0f / static_cast<float>(rows.size()), hidden.data());
  if (tree_) return predict_tree(hidden, k, threshold, out);
  std::vector<float> p(output_.rows);
  std::vector<float*> outputs;
  for (std::size_t i = 0; i < output_.rows; ++i) outputs.push_back(output_.data + i * output_.columns);
  const float* const input = hidden.data();
  PairBlock block{};
  block.inputs = &input;
  block.outputs = outputs.data();
  block.input_count = 1;
  block.output_count = outputs.size();
  block.dim = hidden.size();
  block.scores = p.data();
  kernels.scores(block);
  if (options_.loss == Loss::softmax) {
    const float highest = *std::max_element(p.begin(), p.end());
    float total = 0;
    for (float& value : p) total += value = std::exp(value - highest);
    for (float& value : p) value /= total;
  } else {
    for (float& value : p) value = sigmoid(value);
  }
  for (std::uint32_t i = 0; i < p.size(); ++i) {
    if (p[i] >= threshold) out.emplace_back(p[i], i);
  }
  const auto better = [](const Prediction& a, const Prediction& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  k = std::min(k, out.size());
  std::partial_sort(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(k), out.end(), better);
  out.resize(k);
}

// Every leaf whose way down is likely enough; ways that fall behind the k best so far are given up.
void Classifier::predict_tree(const std::vector<float>& hidden, std::size_t k, float threshold,
                              std::vector<Prediction>& out) const {
  const auto better = [](const Prediction& a, const Prediction& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  std::vector<Prediction> open{{1.0f, static_cast<std::uint32_t>(tree_->root())}};
  while (!open.empty()) {
    const auto [p, at] = open.back();
    open.pop_back();
    if (!(p >= threshold) || (out.size() == k && p < out.front().first)) continue;
    const LabelTree::Node& node = tree_->node(at);
    if (node.left < 0) {
      out.emplace_back(p, at);
      std::push_heap(out.begin(), out.end(), better);  // the worst is in front
      if (out.size() > k) {
        std::pop_heap(out.begin(), out.end(), better);
        out.pop_back();
      }
      continue;
    }
    const float* weights = output_.data + (at - tree_->leaves()) * output_.columns;
    const float right = sigmoid(dot(hidden, weights));
    open.emplace_back(p * (1.0f - right), static_cast<std::uint32_t>(node.left));
    open.emplace_back(p * right, static_cast<std::uint32_t>(node.right));
  }
  std::sort(out.begin(), out.end(), better);
}

}  // namespace tokenspace::fasttext
