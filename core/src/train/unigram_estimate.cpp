#include "train/unigram_estimate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>

#include "tokenspace/thread_pool.hpp"

namespace tokenspace::train::unigram {
namespace {

constexpr unsigned kMaxFraction = 40;
constexpr unsigned kLikelihoodGuard = 8;  // a character costs less than 2^8 nats
constexpr double kLeastExpected = 0.5;    // both references drop below this
constexpr double kSmall = 0x1.0p-256;     // below: scale up
constexpr int kScaleBits = 256;
constexpr double kScale = 0x1.0p256;

// One thread's buffers. Forward values are probabilities, so at most 1; a character's probability is above 2^-66 (its
// count is at least half of one in 2^64), so one scaling at a time is enough.
class ForwardBackward {
 public:
  ForwardBackward(const std::vector<double>& probabilities, unsigned bits)
      : expected(probabilities.size()),
        probabilities_(probabilities.data()),
        bits_(bits),
        forward_(kCells),
        backward_(kCells) {}

  std::vector<std::int64_t> expected;
  std::int64_t log_likelihood = 0;

  // Returns the first edge of the next segment.
  const Edge* run(const Edge* edges, std::uint32_t length, std::uint64_t count) {
    scaled_.clear();
    const Edge* end = forward(edges, length);
    const double weight = static_cast<double>(count);
    const double total = forward_[length];
    const double log_total = std::log(total) - static_cast<double>(scaled_.size()) * kScaleBits * 0.6931471805599453;
    log_likelihood +=
        std::llrint(std::ldexp(weight * log_total, static_cast<int>(bits_) - static_cast<int>(kLikelihoodGuard)));
    backward(end, length, std::ldexp(weight, static_cast<int>(bits_)) / total);
    return end;
  }

 private:
  static constexpr std::size_t kCells = kMaxSegment + 256;

  const Edge* forward(const Edge* edge, std::uint32_t length) {
    double* cells = forward_.data();
    cells[0] = 1.0;
    for (std::uint32_t i = 0; i < length; ++i) {
      if (cells[i] < kSmall) {
        scaled_.push_back(i);
        for (std::uint32_t j = i; j <= std::min(length, i + 255); ++j) cells[j] *= kScale;
      }
      const double here = cells[i];
      do {
        cells[i + edge_length(*edge)] += here * probabilities_[edge_id(*edge)];
        ++edge;
      } while (edge_length(*edge) != 1);
    }
    return edge;
  }

  // Leaves the forward cells zero for the next segment.
  void backward(const Edge* edge, std::uint32_t length, double weight) {
    double* cells = backward_.data();
    std::int64_t* counts = expected.data();
    cells[length] = 1.0;
    forward_[length] = 0.0;
    for (std::uint32_t i = length; i-- > 0;) {
      const double here = forward_[i] * weight;
      forward_[i] = 0.0;
      double total = 0.0;
      do {
        --edge;
        const std::uint32_t id = edge_id(*edge);
        const double rest = probabilities_[id] * cells[i + edge_length(*edge)];
        total += rest;
        counts[id] += std::llrint(here * rest);
      } while (edge_length(*edge) != 1);
      cells[i] = total;
      if (!scaled_.empty() && scaled_.back() == i) {
        scaled_.pop_back();
        for (std::uint32_t j = i; j <= std::min(length, i + 255); ++j) cells[j] *= kScale;
      }
    }
  }

  const double* probabilities_;
  unsigned bits_;
  std::vector<double> forward_, backward_;
  std::vector<std::uint32_t> scaled_;  // positions from which on the forward cells hold kScale times more
};

double digamma(double x) {
  double result = 0.0;
  for (; x < 7.0; x += 1.0) result -= 1.0 / x;
  x -= 0.5;
  const double x2 = 1.0 / (x * x);
  const double x4 = x2 * x2;
  return result + std::log(x) + 1.0 / 24.0 * x2 - 7.0 / 960.0 * x4 + 31.0 / 8064.0 * x4 * x2 -
         127.0 / 30720.0 * x4 * x4;
}

}  // namespace

double Expectation::count(std::size_t id) const {
  return std::ldexp(static_cast<double>(counts[id]), -static_cast<int>(fraction_bits));
}

double Expectation::likelihood() const {
  return std::ldexp(static_cast<double>(log_likelihood),
                    static_cast<int>(kLikelihoodGuard) - static_cast<int>(fraction_bits));
}

unsigned fraction_bits(std::uint64_t characters) {
  return std::min(kMaxFraction, 62 - static_cast<unsigned>(std::bit_width(characters)));
}

Expectation expect(const Lattice& lattice, const std::vector<double>& scores, unsigned threads, Control& control) {
  std::vector<double> probabilities(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) probabilities[i] = std::exp(scores[i]);
  Expectation out;
  out.fraction_bits = fraction_bits(lattice.characters);
  threads = resolve_threads(threads);
  std::vector<std::unique_ptr<ForwardBackward>> workers(threads);
  parallel_for(lattice.chunks.size(), 1, threads, [&](std::size_t begin, std::size_t end, unsigned worker) {
    if (!workers[worker]) workers[worker] = std::make_unique<ForwardBackward>(probabilities, out.fraction_bits);
    ForwardBackward& pass = *workers[worker];
    for (std::size_t c = begin; c < end; ++c) {
      control.check();
      const Chunk& chunk = lattice.chunks[c];
      const Edge* edge = lattice.edges.data() + chunk.first_edge;
      for (std::uint32_t s = chunk.first_segment; s < chunk.last_segment; ++s) {
        edge = pass.run(edge, lattice.lengths[s], lattice.counts[s]);
      }
      control.done.fetch_add(chunk.last_segment - chunk.first_segment, std::memory_order_relaxed);
    }
  });
  out.counts.resize(scores.size());
  for (const auto& worker : workers) {
    if (!worker) continue;
    out.log_likelihood += worker->log_likelihood;
    for (std::size_t i = 0; i < out.counts.size(); ++i) out.counts[i] += worker->expected[i];
  }
  return out;
}

std::vector<double> maximize(const Expectation& expectation, std::size_t characters, std::size_t at_least,
                             std::vector<std::uint32_t>& new_ids) {
  const std::size_t n = expectation.counts.size();
  std::vector<double> counts(n);
  new_ids.assign(n, kRemoved);
  std::vector<std::uint32_t> rare;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < n; ++i) {
    counts[i] = std::max(expectation.count(i), kLeastExpected);
    if (i < characters || expectation.count(i) >= kLeastExpected) {
      new_ids[i] = 0;
      ++kept;
    } else {
      rare.push_back(static_cast<std::uint32_t>(i));
    }
  }
  if (kept < at_least) {
    std::stable_sort(rare.begin(), rare.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return expectation.counts[a] > expectation.counts[b]; });
    rare.resize(std::min(rare.size(), at_least - kept));
    for (const std::uint32_t id : rare) new_ids[id] = 0;
  }
  double sum = 0.0;
  std::vector<double> scores;
  for (std::size_t i = 0; i < n; ++i) {
    if (new_ids[i] == kRemoved) continue;
    new_ids[i] = static_cast<std::uint32_t>(scores.size());
    scores.push_back(digamma(counts[i]));
    sum += counts[i];
  }
  const double log_sum = digamma(sum);
  for (double& score : scores) score -= log_sum;
  return scores;
}

}  // namespace tokenspace::train::unigram
