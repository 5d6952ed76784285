#include "tokenspace/train_unigram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/utf8.hpp"
#include "train/unigram_estimate.hpp"
#include "train/unigram_lattice.hpp"
#include "train/unigram_prune.hpp"
#include "train/unigram_rules.hpp"
#include "train/unigram_seeds.hpp"
#include "train/unigram_segments.hpp"

namespace tokenspace::train {
namespace {

using namespace unigram;

constexpr double kTieStep = 0.0001;  // between characters the corpus never needed, as in both references

void require(bool condition, std::string_view option, std::string_view expected, const std::string& received) {
  if (!condition) fail(ErrorKind::invalid_argument, option, expected, received);
}

void check_options(const UnigramOptions& options) {
  require(options.vocab_size >= 1 && options.vocab_size < kMaxPieces / 2, "vocab_size", "1 to 8388607",
          std::to_string(options.vocab_size));
  require(options.seed_size >= 1 && options.seed_size <= 16'000'000, "seed_size", "1 to 16000000",
          std::to_string(options.seed_size));
  require(options.shrinking_factor >= 0.1 && options.shrinking_factor <= 0.99, "shrinking_factor", "0.1 to 0.99",
          std::to_string(options.shrinking_factor));
  require(options.token_cost >= 0.0 && options.token_cost <= 100.0, "token_cost", "0 to 100",
          std::to_string(options.token_cost));
  require(options.sub_iterations >= 1 && options.sub_iterations <= 100, "sub_iterations", "1 to 100",
          std::to_string(options.sub_iterations));
  require(options.max_piece_length >= 1 && options.max_piece_length <= 255, "max_piece_length", "1 to 255",
          std::to_string(options.max_piece_length));
  require(options.character_coverage > 0.0 && options.character_coverage <= 1.0, "character_coverage",
          "a number above 0 and at most 1", std::to_string(options.character_coverage));
}

// The spellings of all first pieces, one after another: later rounds only hold their numbers.
struct Spellings {
  std::string text;
  std::vector<std::uint64_t> ends;
  void add(std::u32string_view characters) {
    for (const char32_t c : characters) utf8::append(text, c);
    ends.push_back(text.size());
  }
  std::string_view operator[](std::size_t i) const {
    const std::uint64_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(text).substr(begin, ends[i] - begin);
  }
};

// The pieces in play, and the lattice that uses their ids.
class Trainer {
 public:
  Trainer(const WordCounts& words, const UnigramOptions& options, Control& control)
      : options_(options), control_(control), keep_at_end_(options.vocab_size * 11 / 10) {
    check_options(options);
    const Rules rules(options.rules);
    control.begin("seed", 0);
    Segments segments = make_segments(words, options, rules, control);
    characters_ = segments.alphabet.characters.size();
    if (characters_ > options.vocab_size) {
      fail(ErrorKind::invalid_argument, "vocab_size",
           "at least " + std::to_string(characters_) + ", one piece for each character",
           std::to_string(options.vocab_size), "a larger vocabulary or a lower character_coverage");
    }
    const Seeds seeds = find_seeds(segments, options, rules, control);
    if (characters_ + seeds.seeds.size() < options.vocab_size) {
      fail(ErrorKind::invalid_argument, "vocab_size",
           "at most " + std::to_string(characters_ + seeds.seeds.size()) + ", all this corpus and seed_size can give",
           std::to_string(options.vocab_size), "a smaller vocabulary or more text");
    }
    first_pieces(std::move(segments), seeds);
  }

  // Estimates until the vocabulary is small enough, pruning in between.
  UnigramModel run(const UnigramState* resume, const UnigramCheckpoint& checkpoint) {
    if (resume != nullptr) restore(*resume);
    for (;;) {
      control_.begin("estimate", std::uint64_t{options_.sub_iterations} * lattice_.lengths.size());
      for (unsigned i = 0; i < options_.sub_iterations; ++i) estimate();
      if (scores_.size() <= keep_at_end_) break;
      control_.begin("prune", lattice_.lengths.size());
      std::vector<std::uint32_t> new_ids;
      const auto shrunk = static_cast<std::size_t>(options_.shrinking_factor * static_cast<double>(scores_.size()));
      prune(lattice_, characters_, std::max(keep_at_end_, shrunk), options_.vocab_size, options_.token_cost,
            options_.threads, control_, scores_, new_ids);
      rename(new_ids);
      ++round_;
      if (checkpoint) checkpoint(state());
    }
    return finish();
  }

 private:
  // Characters by falling frequency, then seeds by falling score: what is used most shares cache lines.
  void first_pieces(Segments&& segments, const Seeds& seeds) {
    const Alphabet& alphabet = segments.alphabet;
    std::vector<Symbol> order(characters_);
    std::iota(order.begin(), order.end(), 1);
    std::stable_sort(order.begin(), order.end(),
                     [&](Symbol a, Symbol b) { return alphabet.counts[a - 1] > alphabet.counts[b - 1]; });
    std::vector<std::uint32_t> character_ids(characters_ + 1);
    std::vector<double> weights;
    for (std::size_t i = 0; i < characters_; ++i) {
      const std::uint64_t count = alphabet.counts[order[i] - 1];
      character_ids[order[i]] = static_cast<std::uint32_t>(i);
      spellings_.add({&alphabet.characters[order[i] - 1], 1});
      weights.push_back(static_cast<double>(std::max<std::uint64_t>(1, count)));
    }
    std::u32string spelling;
    for (const Seed& seed : seeds.seeds) {
      spelling.clear();
      const Symbol* symbols = segments.symbols.data() + seeds.suffixes[seed.first];
      for (std::uint32_t i = 0; i < seed.length; ++i) spelling.push_back(alphabet.characters[symbols[i] - 1]);
      spellings_.add(spelling);
      weights.push_back(static_cast<double>(seed.score()));
    }
    const double log_sum = std::log(std::accumulate(weights.begin(), weights.end(), 0.0));
    for (const double weight : weights) scores_.push_back(std::log(weight) - log_sum);
    spelling_of_.resize(scores_.size());
    std::iota(spelling_of_.begin(), spelling_of_.end(), 0);
    lattice_ = build_lattice(std::move(segments), seeds, character_ids, static_cast<std::uint32_t>(characters_),
                             options_.threads, control_);
  }

  void estimate() {
    const Expectation expectation = expect(lattice_, scores_, options_.threads, control_);
    log_likelihood_ = expectation.likelihood();
    unneeded_.assign(characters_, false);
    for (std::size_t i = 0; i < characters_; ++i) unneeded_[i] = expectation.count(i) < 0.5;
    std::vector<std::uint32_t> new_ids;
    scores_ = maximize(expectation, characters_, options_.vocab_size, new_ids);
    rename(new_ids);
  }

  void rename(const std::vector<std::uint32_t>& new_ids) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < new_ids.size(); ++i) {
      if (new_ids[i] != kRemoved) spelling_of_[kept++] = spelling_of_[i];
    }
    if (kept == new_ids.size()) return;
    spelling_of_.resize(kept);
    lattice_.rename(new_ids, options_.threads, control_);
  }

  UnigramState state() const {
    UnigramState out;
    out.round = round_;
    for (const std::uint32_t i : spelling_of_) out.pieces.emplace_back(spellings_[i]);
    out.scores = scores_;
    return out;
  }

  // Seeds are found again (that costs less than storing the lattice), then cut down to the pieces of the state.
  void restore(const UnigramState& state) {
    const auto mismatch = [] {
      fail(ErrorKind::invalid_argument, "resume", "a state of the same words and options", "one that does not fit them",
           "starting again without it");
    };
    std::unordered_map<std::string_view, double> scores;
    if (state.pieces.size() != state.scores.size()) mismatch();
    for (std::size_t i = 0; i < state.pieces.size(); ++i) scores.emplace(state.pieces[i], state.scores[i]);
    std::vector<std::uint32_t> new_ids(scores_.size(), kRemoved);
    std::vector<double> kept;
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      const auto found = scores.find(spellings_[i]);
      if (found == scores.end()) {
        if (i < characters_) mismatch();
        continue;
      }
      new_ids[i] = static_cast<std::uint32_t>(kept.size());
      kept.push_back(found->second);
    }
    if (kept.size() != state.pieces.size() || kept.size() < options_.vocab_size) mismatch();
    rename(new_ids);
    scores_ = std::move(kept);
    round_ = state.round;
  }

  // Characters nobody needed get distinct scores from the lowest one up; then the best pieces make up the size.
  UnigramModel finish() {
    double score = *std::min_element(scores_.begin(), scores_.end());
    for (std::size_t i = 0; i < characters_; ++i) {
      if (!unneeded_[i]) continue;
      scores_[i] = score;
      score += kTieStep;
    }
    std::vector<std::uint32_t> order(scores_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
      if (scores_[a] != scores_[b]) return scores_[a] > scores_[b];
      return spellings_[spelling_of_[a]] < spellings_[spelling_of_[b]];
    };
    const auto others = order.begin() + static_cast<std::ptrdiff_t>(characters_);
    std::sort(others, order.end(), before);
    order.resize(options_.vocab_size);
    std::sort(order.begin(), order.end(), before);
    UnigramModel model;
    for (const std::uint32_t i : order) {
      model.pieces.emplace_back(spellings_[spelling_of_[i]]);
      model.scores.push_back(scores_[i]);
    }
    model.log_likelihood = log_likelihood_;
    model.rounds = round_;
    return model;
  }

  const UnigramOptions& options_;
  Control& control_;
  std::size_t keep_at_end_;
  std::size_t characters_ = 0;  // the first ids
  Spellings spellings_;
  std::vector<std::uint32_t> spelling_of_;  // by current id
  std::vector<double> scores_;
  std::vector<bool> unneeded_;  // characters expected less than half a time
  Lattice lattice_;
  double log_likelihood_ = 0.0;
  unsigned round_ = 0;
};

}  // namespace

UnigramModel train_unigram(const WordCounts& words, const UnigramOptions& options, Control& control,
                           const UnigramState* resume, const UnigramCheckpoint& checkpoint) {
  return Trainer(words, options, control).run(resume, checkpoint);
}

}  // namespace tokenspace::train
