#include "tokenspace/fasttext_classifier.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "row_kernels.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/hash.hpp"
#include "tokenspace/thread_pool.hpp"

namespace tokenspace::fasttext {

namespace {

// Lines of about so many tokens are one unit of work, with random numbers of their own.
constexpr std::uint64_t kChunkTokens = 2000;

float sigmoid(float x) {
  return 1.0f / (1.0f + std::exp(-x));
}

// -log p, finite for p = 0.
float surprise(float p) {
  return -std::log(std::max(p, 1e-30f));
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return hash_u64(state_++); }
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(static_cast<unsigned __int128>(next()) * n >> 64);
  }

 private:
  std::uint64_t state_;
};

}  // namespace

struct Classifier::Work {
  Work(std::size_t dim, std::size_t labels) : hidden(dim), gradient(dim), scores(labels) {}
  std::vector<std::uint32_t> rows;
  std::vector<float> hidden, gradient, scores;
  Random random{0};
  double loss = 0;
  std::uint64_t examples = 0;
};

Classifier::Classifier(const Dictionary& dictionary, Matrix input, Matrix output, ClassifierOptions options)
    : dictionary_(dictionary), input_(input), output_(output), options_(options) {
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 0; i < dictionary.labels(); ++i)
    counts.push_back(dictionary.entry_count(dictionary.words() + i));
  if (options.loss == Loss::hierarchical_softmax) tree_.emplace(counts);
  if (options.loss == Loss::negative_sampling) {
    double total = 0;
    for (const std::uint64_t count : counts) total += std::sqrt(static_cast<double>(count));
    double sum = 0;
    for (const std::uint64_t count : counts) {
      sum += std::sqrt(static_cast<double>(count));
      noise_.push_back(static_cast<std::uint64_t>(sum / total * 9223372036854775808.0));
    }
  }
}

float Classifier::binary_step(Work& work, std::size_t row, bool wanted, float rate) const {
  const auto& kernels = vectors::row_kernels();
  float* weights = output_.data + row * output_.columns;
  const float p = sigmoid(kernels.dot(work.hidden.data(), weights, output_.columns));
  kernels.step(work.gradient.data(), weights, work.hidden.data(), rate * ((wanted ? 1.0f : 0.0f) - p), output_.columns);
  return surprise(wanted ? p : 1.0f - p);
}

float Classifier::softmax_step(Work& work, std::uint32_t label, float rate) const {
  const auto& kernels = vectors::row_kernels();
  const std::size_t dim = output_.columns;
  float highest = -INFINITY;
  for (std::size_t i = 0; i < output_.rows; ++i) {
    work.scores[i] = kernels.dot(work.hidden.data(), output_.data + i * dim, dim);
    highest = std::max(highest, work.scores[i]);
  }
  float total = 0;
  for (float& score : work.scores) total += score = std::exp(score - highest);
  for (std::size_t i = 0; i < output_.rows; ++i) {
    const float p = work.scores[i] /= total;
    kernels.step(work.gradient.data(), output_.data + i * dim, work.hidden.data(),
                 rate * ((i == label ? 1.0f : 0.0f) - p), dim);
  }
  return surprise(work.scores[label]);
}

void Classifier::step(Work& work, const Lines& lines, std::size_t line, float rate) const {
  const std::uint64_t first = line == 0 ? 0 : lines.label_ends[line - 1];
  const auto labels = static_cast<std::size_t>(lines.label_ends[line] - first);
  if (labels == 0) return;
  dictionary_.expand(lines, line, work.rows);
  if (work.rows.empty()) return;
  const auto& kernels = vectors::row_kernels();
  const float share = 1.0f / static_cast<float>(work.rows.size());
  kernels.sum_rows(work.hidden.data(), input_.data, work.rows.data(), work.rows.size(), input_.columns);
  for (float& value : work.hidden) value *= share;
  std::fill(work.gradient.begin(), work.gradient.end(), 0.0f);
  const std::uint32_t* own = lines.labels.data() + first;
  if (options_.loss == Loss::one_vs_all) {
    for (std::size_t i = 0; i < output_.rows; ++i) {
      work.loss += binary_step(work, i, std::find(own, own + labels, i) != own + labels, rate);
    }
  } else {
    const std::uint32_t label = own[labels == 1 ? 0 : work.random.below(labels)];
    if (options_.loss == Loss::softmax) {
      work.loss += softmax_step(work, label, rate);
    } else if (options_.loss == Loss::hierarchical_softmax) {
      for (const auto& [node, right] : tree_->path(label)) work.loss += binary_step(work, node, right, rate);
    } else {
      work.loss += binary_step(work, label, true, rate);
      // A single label has no others to be told from.
      for (int n = 0; n < options_.negatives && output_.rows > 1; ++n) {
        std::size_t drawn = label;
        while (drawn == label) {
          drawn = static_cast<std::size_t>(std::upper_bound(noise_.begin(), noise_.end(), work.random.next() >> 1) -
                                           noise_.begin());
          drawn = std::min(drawn, output_.rows - 1);
        }
        work.loss += binary_step(work, drawn, false, rate);
      }
    }
  }
  ++work.examples;
  for (float& value : work.gradient) value *= share;
  kernels.add_to_rows(input_.data, work.rows.data(), work.rows.size(), work.gradient.data(), input_.columns);
}

std::pair<double, std::uint64_t> Classifier::train(const Lines& lines, std::uint64_t epoch, std::uint64_t tokens_before,
                                                   train::Control& control) {
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
    if (!works[worker]) works[worker] = std::make_unique<Work>(input_.columns, output_.rows);
    Work& work = *works[worker];
    for (std::size_t c = begin; c < end; ++c) {
      control.check();
      const Chunk& chunk = chunks[c];
      work.random = Random(hash_u64(options_.seed ^ hash_u64(epoch_before + chunk.tokens_before)));
      std::uint64_t done = epoch_before + chunk.tokens_before;
      for (std::size_t line = chunk.begin; line < chunk.end; ++line) {
        const double rate = options_.rate * std::max(0.0, 1.0 - static_cast<double>(done) / total);
        step(work, lines, line, static_cast<float>(rate));
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
  const auto& kernels = vectors::row_kernels();
  std::vector<float> hidden(input_.columns);
  kernels.sum_rows(hidden.data(), input_.data, rows.data(), rows.size(), input_.columns);
  for (float& value : hidden) value /= static_cast<float>(rows.size());
  if (tree_) return predict_tree(hidden, k, threshold, out);
  std::vector<float> p(output_.rows);
  for (std::size_t i = 0; i < p.size(); ++i) {
    p[i] = kernels.dot(hidden.data(), output_.data + i * output_.columns, output_.columns);
  }
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
  const auto& kernels = vectors::row_kernels();
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
    const float right = sigmoid(kernels.dot(hidden.data(), weights, output_.columns));
    open.emplace_back(p * (1.0f - right), static_cast<std::uint32_t>(node.left));
    open.emplace_back(p * right, static_cast<std::uint32_t>(node.right));
  }
  std::sort(out.begin(), out.end(), better);
}

}  // namespace tokenspace::fasttext
