#include "tokenspace/word2vec.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "bag_window.hpp"
#include "chunk_runner.hpp"
#include "document_rows.hpp"
#include "noise_group.hpp"
#include "output_layer.hpp"
#include "text_windows.hpp"
#include "tokenspace/error.hpp"
#include "training_step.hpp"

namespace tokenspace::vectors {

namespace {

// Numbers in an input, which are those of an output row.
std::size_t input_size(const Word2VecConfig& config) {
  const std::uint32_t tags = config.documents.concatenate;
  return tags == 0 ? config.dim : config.dim * (tags + 2 * std::size_t{config.window});
}

// Plain CBOW with many noise words: consecutive windows are trained together. Documents and bags of rows go one by one:
// the windows of a group would wait for each other's rows.
bool shares_noise(const Word2VecConfig& config) {
  return !config.skip_gram && config.outputs.negative >= NoiseGroup::kLeastNegative &&
         config.outputs.path_offsets.empty() && config.bags.offsets.empty() && config.documents.rows.rows == 0;
}

bool changed(std::span<const float> factors) {
  return std::any_of(factors.begin(), factors.end(), [](float x) { return x != 1.0f; });
}

// The part of a block's sentences before a chunk, which is how the learning rate falls.
double part_before(const TextBlock& text, const Chunk& chunk) {
  const auto begin = static_cast<double>(text.offsets[chunk.sentence]);
  const auto size = static_cast<double>(text.offsets[chunk.sentence + 1]) - begin;
  const double within = size > 0 ? (static_cast<double>(chunk.begin) - begin) / size : 0.0;
  return (static_cast<double>(chunk.sentence) + within) / static_cast<double>(text.offsets.size() - 1);
}

// Order of the matrices given to the chunk runner.
enum : std::size_t { kWords, kNegatives, kNodes, kParts, kTags };

[[noreturn]] void refuse(std::string_view expected, std::string_view received) {
  fail(ErrorKind::invalid_argument, "train", expected, received);
}

}  // namespace

class Word2VecTrainer::Impl {
 public:
  explicit Impl(const Word2VecConfig& config)
      : config_(checked(config)),
        outputs_(config.outputs, config.words.rows),
        locked_(config.freeze || changed(config.lock_factors) || changed(config.documents.lock_factors)),
        runner_({{config.words.data, config.dim},
                 {config.outputs.negative_rows.data, input_size(config)},
                 {config.outputs.node_rows.data, input_size(config)},
                 {config.bags.rows.data, config.dim},
                 {config.documents.rows.data, config.dim}},
                config.threads, config.deterministic) {
    for (unsigned i = 0; i < runner_.workers(); ++i) workers_.emplace_back(config_);
  }

  TrainStats train(const TextBlock& text, const TrainPosition& position, double alpha_begin, double alpha_end,
                   train::Control& control) {
    const std::vector<Chunk> chunks = plan_chunks(text, runner_.chunk_tokens());
    if (documents()) check_tags(text, config_.documents.rows.rows);
    // Sums of each chunk, added in their order: the loss too is the same for every number of threads.
    std::vector<TrainStats> stats(chunks.size());
    runner_.run(chunks.size(), [&](std::size_t i, unsigned worker, std::span<const Rows> rows) {
      const double part = part_before(text, chunks[i]);
      const auto alpha = static_cast<float>(alpha_begin + (alpha_end - alpha_begin) * part);
      Random random{position.seed, position.epoch, position.block, i};
      stats[i] = train_chunk(text, chunks[i], alpha, random, workers_[worker], rows, control);
      control.done += chunks[i].end - chunks[i].begin;
    });
    TrainStats sum;
    for (const TrainStats& chunk : stats) {
      sum.words += chunk.words;
      sum.pairs += chunk.pairs;
      sum.loss += chunk.loss;
    }
    return sum;
  }

  // Each document by itself: what comes out depends on it and the seed alone, not on what else is asked for.
  void infer(const TextBlock& text, std::uint64_t seed, std::uint64_t epochs, double alpha_begin, double alpha_end,
             train::Control& control) {
    (void)plan_chunks(text, 1);
    check_tags(text, config_.documents.rows.rows);
    const std::vector<Rows> rows = runner_.shared();
    parallel_for(
        text.offsets.size() - 1, 1, runner_.workers(), [&](std::size_t begin, std::size_t end, unsigned worker) {
          for (std::size_t document = begin; document < end; ++document) {
            const Chunk chunk{static_cast<std::size_t>(text.offsets[document]),
                              static_cast<std::size_t>(text.offsets[document + 1]), document};
            for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
              const double part = epochs == 1 ? 0.0 : static_cast<double>(epoch) / static_cast<double>(epochs - 1);
              const auto alpha = static_cast<float>(alpha_begin + (alpha_end - alpha_begin) * part);
              Random random{seed, epoch, 0, 0};
              (void)train_chunk(text, chunk, alpha, random, workers_[worker], rows, control);
            }
            ++control.done;
          }
        });
  }

 private:
  struct Worker {
    explicit Worker(const Word2VecConfig& config)
        : step(input_size(config), config.compute_loss, config.freeze), documents(config) {
      if (!config.bags.offsets.empty()) bags.emplace(config, config.skip_gram);
      if (shares_noise(config)) group.emplace(config.dim, config.compute_loss);
    }
    TrainingStep step;
    DocumentRows documents;
    std::optional<BagWindow> bags;
    std::optional<NoiseGroup> group;
    ChunkWindows text;
    OutputSet sampled[2];  // of this window and the next
    OutputSet path;
    std::vector<std::uint32_t> context;
    std::vector<float*> rows;
    std::vector<float> weights;
    std::vector<float> locks;
    float row_count = 0;  // of the bags of a window
  };

  static const Word2VecConfig& checked(const Word2VecConfig& config) {
    if (config.dim == 0) refuse("vectors of one number at least", "none");
    if (config.window == 0) refuse("a window of one word at least", "0");
    if (config.words.rows > (std::size_t{1} << 31)) refuse("at most 2^31 words", "more");
    if (config.lock_factors.size() > 1 && config.lock_factors.size() != config.words.rows) {
      refuse("one lock factor, or one for each word", "another number");
    }
    if (!config.sample_int.empty() && config.sample_int.size() != config.words.rows) {
      refuse("a sub-sampling threshold for each word", "another number");
    }
    if (!config.bags.offsets.empty()) check_bags(config.bags, config.words.rows, "train");
    const DocumentConfig& documents = config.documents;
    if (documents.rows.rows == 0) {
      if (documents.concatenate != 0 || config.freeze) refuse("documents", "none");
      return config;
    }
    if (!config.bags.offsets.empty()) refuse("documents or bags", "both");
    if (documents.lock_factors.size() > 1 && documents.lock_factors.size() != documents.rows.rows) {
      refuse("one lock factor, or one for each tag", "another number");
    }
    if (documents.concatenate != 0 && (config.skip_gram || documents.padding >= config.words.rows)) {
      refuse("a padding word and no skip-gram for vectors side by side", "others");
    }
    return config;
  }

  TrainStats train_chunk(const TextBlock& text, const Chunk& chunk, float alpha, Random& random, Worker& worker,
                         std::span<const Rows> rows, const train::Control& control) const {
    const WindowOptions options{config_.words.rows, config_.sample_int, config_.window, config_.shrink_windows};
    worker.text.read(text, chunk, options, random);
    const std::vector<std::int32_t>& words = worker.text.words();
    const std::vector<Window>& windows = worker.text.windows();
    TrainStats stats;
    stats.words = windows.size();
    if (worker.group) {
      stats.pairs = train_groups(words, windows, alpha, random, worker, rows, control);
      stats.loss = worker.group->take_loss();
      return stats;
    }
    const auto prepare = [&](std::size_t i) {
      const auto centre = static_cast<std::uint32_t>(words[windows[i].centre]);
      if (outputs_.tree()) outputs_.prefetch_path(centre, rows[kNodes]);
      if (!outputs_.sampling()) return;
      OutputSet& set = worker.sampled[i % 2];
      outputs_.sample(centre, random, set);
      for (const std::uint32_t row : set.rows) rows[kNegatives].prefetch(row);
    };
    if (!windows.empty()) prepare(0);
    if (worker.bags) worker.bags->begin(words, rows[kWords], rows[kParts]);
    if (documents()) worker.documents.begin(text, rows[kTags]);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      control.check();
      const Window& window = windows[i];
      const std::size_t ahead = window.centre + std::size_t{config_.window} + 2;
      if (i + 1 < windows.size()) prepare(i + 1);
      if (worker.bags) {
        worker.bags->prefetch(ahead);
        worker.bags->give_back_before(window.centre - std::min<std::size_t>(window.centre, config_.window));
      } else if (ahead < words.size()) {
        rows[kWords].prefetch(static_cast<std::uint32_t>(words[ahead]));
      }
      if (documents()) worker.documents.enter(window.sentence);
      if (!collect(words, window, rows, worker)) continue;
      if (outputs_.tree()) outputs_.path(static_cast<std::uint32_t>(words[window.centre]), worker.path);
      if (outputs_.tree()) train_window(worker, worker.path, rows[kNodes], alpha);
      if (outputs_.sampling()) train_window(worker, worker.sampled[i % 2], rows[kNegatives], alpha);
      stats.pairs +=
          !config_.skip_gram ? 1 : tag_inputs(worker) + (worker.rows.empty() ? 0 : window.end - window.begin - 1);
    }
    if (worker.bags) worker.bags->give_back_all();
    stats.loss = worker.step.take_loss();
    return stats;
  }

  // Returns the windows that had a context.
  std::uint64_t train_groups(const std::vector<std::int32_t>& words, const std::vector<Window>& windows, float alpha,
                             Random& random, Worker& worker, std::span<const Rows> rows,
                             const train::Control& control) const {
    NoiseGroup& group = *worker.group;
    std::uint64_t trained = 0;
    std::size_t turn = 0;
    const auto draw = [&](OutputSet& noise) {
      outputs_.sample_noise(random, noise);
      for (const std::uint32_t row : noise.rows) rows[kNegatives].prefetch(row);
    };
    draw(worker.sampled[0]);
    for (std::size_t i = 0; i < windows.size(); ++i) {
      control.check();
      const Window& window = windows[i];
      const std::size_t ahead = window.centre + std::size_t{config_.window} + 2;
      if (ahead < words.size()) rows[kWords].prefetch(static_cast<std::uint32_t>(words[ahead]));
      if (i + 6 < windows.size()) {
        rows[kNegatives].prefetch(static_cast<std::uint32_t>(words[windows[i + 6].centre]));
      }
      collect_all(words, window, rows[kWords], worker);
      if (worker.rows.empty()) continue;
      ++trained;
      const float share = 1.0f / static_cast<float>(worker.rows.size());
      const float* const locks = worker.locks.empty() ? nullptr : worker.locks.data();
      group.add({worker.rows.data(), locks, worker.rows.size(), config_.cbow_mean ? share : 1.0f,
                 config_.cbow_mean ? 1.0f : share},
                static_cast<std::uint32_t>(words[window.centre]));
      if (!group.full()) continue;
      draw(worker.sampled[(turn + 1) % 2]);
      group.train(worker.sampled[turn++ % 2], rows[kNegatives], alpha);
    }
    group.train(worker.sampled[turn % 2], rows[kNegatives], alpha);
    return trained;
  }

  // What the window at hand is to be trained with, into the worker. False: nothing.
  bool collect(const std::vector<std::int32_t>& words, const Window& window, std::span<const Rows> rows,
               Worker& worker) const {
    if (config_.documents.concatenate != 0) return worker.documents.concatenate(words, window, rows[kWords]);
    if (worker.bags) {
      collect_bags(window, worker);
    } else if (!config_.skip_gram) {
      collect_all(words, window, rows[kWords], worker);
    } else if (!documents() || (config_.documents.train_words && !config_.freeze)) {
      collect_unique(words, window, rows[kWords], worker);
    } else {
      worker.rows.clear();
    }
    return !worker.rows.empty() || tag_inputs(worker) != 0;
  }

  bool documents() const { return config_.documents.rows.rows != 0; }
  std::size_t tag_inputs(const Worker& worker) const {
    return documents() && config_.skip_gram ? worker.documents.rows().size() : 0;
  }

  void train_window(Worker& worker, const OutputSet& set, const Rows& outputs, float alpha) const {
    if (config_.documents.concatenate != 0)
      return worker.documents.train_concatenated(worker.step, set, outputs, alpha);
    train_words(worker, set, outputs, alpha);
    const DocumentRows& tags = worker.documents;
    if (tag_inputs(worker) == 0) return;
    // Tag by tag: one given twice is trained twice.
    for (std::size_t i = 0; i < tags.rows().size(); ++i) {
      worker.step.train_rows(&tags.rows()[i], tags.ones().data(), locked_ ? &tags.locks()[i] : nullptr, 1, set, outputs,
                             alpha);
    }
  }

  void train_words(Worker& worker, const OutputSet& set, const Rows& outputs, float alpha) const {
    const float* const locks = worker.locks.empty() ? nullptr : worker.locks.data();
    const std::size_t count = worker.rows.size();
    if (worker.bags && !config_.skip_gram) {
      const float share = 1.0f / worker.row_count;
      const Bag bag{worker.rows.data(), locks, count, config_.cbow_mean ? share : 1.0f,
                    config_.cbow_mean ? 1.0f : share};
      worker.step.train_bag(bag, set, outputs, alpha);
    } else if (config_.skip_gram) {
      worker.step.train_rows(worker.rows.data(), worker.weights.data(), locks, count, set, outputs, alpha);
    } else {
      const float share = 1.0f / static_cast<float>(count);
      const Bag bag{worker.rows.data(), locks, count, config_.cbow_mean ? share : 1.0f,
                    config_.cbow_mean ? 1.0f : share};
      worker.step.train_bag(bag, set, outputs, alpha);
    }
  }

  // The window's words, each once with its multiplicity.
  void collect_unique(const std::vector<std::int32_t>& words, const Window& window, const Rows& matrix,
                      Worker& worker) const {
    worker.context.clear();
    worker.weights.clear();
    worker.rows.clear();
    worker.locks.clear();
    for (std::uint32_t i = window.begin; i < window.end; ++i) {
      if (i == window.centre) continue;
      const auto word = static_cast<std::uint32_t>(words[i]);
      bool known = false;
      for (const std::uint32_t other : worker.context) known |= other == word;
      if (known) {
        const auto at = std::find(worker.context.begin(), worker.context.end(), word) - worker.context.begin();
        worker.weights[static_cast<std::size_t>(at)] += 1.0f;
        continue;
      }
      worker.context.push_back(word);
      worker.weights.push_back(1.0f);
      worker.rows.push_back(matrix.at(word));
      if (locked_) worker.locks.push_back(lock_of(word));
    }
  }

  void collect_all(const std::vector<std::int32_t>& words, const Window& window, const Rows& matrix,
                   Worker& worker) const {
    worker.rows.clear();
    worker.locks.clear();
    for (std::uint32_t i = window.begin; i < window.end; ++i) {
      if (i == window.centre) continue;
      const auto word = static_cast<std::uint32_t>(words[i]);
      worker.rows.push_back(matrix.at(word));
      if (locked_) worker.locks.push_back(lock_of(word));
    }
    if (!documents()) return;
    const DocumentRows& tags = worker.documents;
    worker.rows.insert(worker.rows.end(), tags.rows().begin(), tags.rows().end());
    if (locked_) worker.locks.insert(worker.locks.end(), tags.locks().begin(), tags.locks().end());
  }

  // Each position of the window as an input of its own. In CBOW the vectors are sums: a change of the mean over all
  // rows of the window changes each of them by that, times its rows.
  void collect_bags(const Window& window, Worker& worker) const {
    worker.rows.clear();
    worker.locks.clear();
    worker.weights.clear();
    worker.row_count = 0;
    for (std::uint32_t i = window.begin; i < window.end; ++i) {
      if (i == window.centre) continue;
      const BagWindow::Item item = worker.bags->at(i);
      worker.rows.push_back(item.vector);
      worker.weights.push_back(1.0f);
      worker.row_count += item.rows;
      if (!config_.skip_gram) {
        worker.locks.push_back(item.rows * item.lock);
      } else if (item.lock != 1.0f) {
        worker.locks.resize(worker.rows.size() - 1, 1.0f);
        worker.locks.push_back(item.lock);
      }
    }
    if (!worker.locks.empty()) worker.locks.resize(worker.rows.size(), 1.0f);
  }

  float lock_of(std::uint32_t word) const {
    if (config_.freeze) return 0.0f;
    const auto& factors = config_.lock_factors;
    return factors.empty() ? 1.0f : factors[factors.size() == 1 ? 0 : word];
  }

  Word2VecConfig config_;
  OutputLayer outputs_;
  bool locked_;
  ChunkRunner runner_;
  std::vector<Worker> workers_;
};

Word2VecTrainer::Word2VecTrainer(const Word2VecConfig& config) : impl_(std::make_unique<Impl>(config)) {}
Word2VecTrainer::~Word2VecTrainer() = default;
Word2VecTrainer::Word2VecTrainer(Word2VecTrainer&&) noexcept = default;
Word2VecTrainer& Word2VecTrainer::operator=(Word2VecTrainer&&) noexcept = default;

TrainStats Word2VecTrainer::train(const TextBlock& text, const TrainPosition& position, double alpha_begin,
                                  double alpha_end, train::Control& control) {
  return impl_->train(text, position, alpha_begin, alpha_end, control);
}

void Word2VecTrainer::infer(const TextBlock& text, std::uint64_t seed, std::uint64_t epochs, double alpha_begin,
                            double alpha_end, train::Control& control) {
  impl_->infer(text, seed, epochs, alpha_begin, alpha_end, control);
}

}  // namespace tokenspace::vectors
