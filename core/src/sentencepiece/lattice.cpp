#include "lattice.hpp"

#include <algorithm>
#include <cmath>
#include <queue>
#include <random>
#include <unordered_map>

#include "vocabulary.hpp"

namespace tokenspace::sentencepiece {
namespace {

// log(exp(x) + exp(y)); the first term of a sum replaces x.
float log_sum_exp(float x, float y, bool first) {
  if (first) return y;
  const float low = std::min(x, y);
  const float high = std::max(x, y);
  constexpr float kFar = 50;
  if (high > low + kFar) return high;
  return static_cast<float>(high + std::log1p(std::exp(static_cast<double>(low - high))));
}

// A partial path from the end of the text; `next` leads towards the end.
struct Hypothesis {
  std::uint32_t node;
  std::uint32_t next;
  float fx;  // score of the best complete path through this one
  float gx;  // score of the path so far
};
constexpr std::uint32_t kNone = 0xFFFFFFFF;

// Ties of fx are popped in the order the standard heap gives, which is the reference's own container.
struct LowerFx {
  const std::vector<Hypothesis>* pool;
  bool operator()(std::uint32_t a, std::uint32_t b) const { return (*pool)[a].fx < (*pool)[b].fx; }
};

}  // namespace

Lattice::Lattice(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    starts_.push_back(at);
    at += char_length(text.substr(at));
  }
  starts_.push_back(text.size());
  begins_.resize(starts_.size());
  ends_.resize(starts_.size());
  nodes_.resize(2);
  nodes_[kEos].pos = static_cast<std::uint32_t>(size());
  ends_[0].push_back(kBos);
  begins_[size()].push_back(kEos);
}

std::size_t Lattice::characters_to(std::size_t pos, std::size_t byte) const {
  std::size_t at = pos;
  while (starts_[at] < byte) ++at;
  return at - pos;
}

void Lattice::insert(std::size_t pos, std::size_t length, std::uint32_t id, float score) {
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({id, static_cast<std::uint32_t>(pos), static_cast<std::uint32_t>(length), score, 0.0f, kBos});
  begins_[pos].push_back(index);
  ends_[pos + length].push_back(index);
}

void Lattice::forward_best() {
  for (std::size_t pos = 0; pos <= size(); ++pos) {
    for (const std::uint32_t right : begins_[pos]) {
      bool found = false;
      for (const std::uint32_t left : ends_[pos]) {
        const float score = nodes_[left].best + nodes_[right].score;
        if (!found || score > nodes_[right].best) {
          found = true;
          nodes_[right].before = left;
          nodes_[right].best = score;
        }
      }
    }
  }
}

Lattice::Path Lattice::viterbi() {
  forward_best();
  Path path;
  path.score = nodes_[kEos].best;
  for (std::uint32_t at = nodes_[kEos].before; at != kBos; at = nodes_[at].before) path.nodes.push_back(at);
  std::reverse(path.nodes.begin(), path.nodes.end());
  return path;
}

std::vector<Lattice::Path> Lattice::nbest(std::size_t n) {
  if (n < 1 || size() == 0) return {};
  if (n == 1) return {viterbi()};
  forward_best();

  // The reference's limits; past them it keeps the best open paths or falls back to the single best path.
  constexpr std::size_t kMaxAgenda = 10000, kMinAgenda = 512, kMaxHypotheses = 100000, kMaxAll = 500000;
  constexpr int kMaxShrinks = 10;
  const std::size_t keep = std::min(kMinAgenda, n * 10);
  std::vector<Hypothesis> pool{{kEos, kNone, nodes_[kEos].best, 0.0f}};
  using Agenda = std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, LowerFx>;
  Agenda agenda(LowerFx{&pool});
  agenda.push(0);
  std::size_t limit = kMaxHypotheses;
  std::size_t total = 1;
  int shrinks = 0;
  std::vector<Path> results;
  while (!agenda.empty()) {
    const std::uint32_t top = agenda.top();
    agenda.pop();
    const std::uint32_t node = pool[top].node;
    if (node == kBos) {
      Path& path = results.emplace_back();
      for (std::uint32_t at = pool[top].next; pool[at].next != kNone; at = pool[at].next)
        path.nodes.push_back(pool[at].node);
      path.score = pool[top].fx;
      if (results.size() == n) break;
      continue;
    }
    const auto& lefts = ends_[nodes_[node].pos];
    const float gx = pool[top].gx;
    for (const std::uint32_t left : lefts) {
      pool.push_back({left, top, nodes_[left].best + gx, nodes_[left].score + gx});
      agenda.push(static_cast<std::uint32_t>(pool.size() - 1));
    }
    total += lefts.size();
    if (total >= kMaxAll) return {viterbi()};
    if (agenda.size() >= kMaxAgenda || (agenda.size() > keep && pool.size() >= limit)) {
      if (shrinks++ >= kMaxShrinks) return {viterbi()};
      std::vector<std::uint32_t> best;
      for (std::size_t i = std::min(agenda.size(), keep); i > 0; --i) {
        best.push_back(agenda.top());
        agenda.pop();
      }
      // Keep these and what they lead to; the rest of the pool goes.
      std::vector<Hypothesis> kept;
      std::unordered_map<std::uint32_t, std::uint32_t> moved;
      std::vector<std::uint32_t> heap_order;
      for (const std::uint32_t from : best) {
        std::uint32_t first = kNone;
        std::uint32_t previous = kNone;
        for (std::uint32_t at = from; at != kNone; at = pool[at].next) {
          const auto [entry, is_new] = moved.emplace(at, static_cast<std::uint32_t>(kept.size()));
          if (is_new) {
            kept.push_back(pool[at]);
            kept.back().next = kNone;
          }
          if (previous != kNone) kept[previous].next = entry->second;
          if (first == kNone) first = entry->second;
          previous = entry->second;
          if (!is_new) break;
        }
        heap_order.push_back(first);
      }
      pool.swap(kept);
      agenda = Agenda(LowerFx{&pool});
      for (const std::uint32_t hypothesis : heap_order) agenda.push(hypothesis);
      limit = pool.size() + kMaxHypotheses;
    }
  }
  return results;
}

std::vector<float> Lattice::forward(float theta) const {
  std::vector<float> alpha(nodes_.size(), 0.0f);
  for (std::size_t pos = 0; pos <= size(); ++pos) {
    for (const std::uint32_t right : begins_[pos]) {
      bool first = true;
      for (const std::uint32_t left : ends_[pos]) {
        alpha[right] = log_sum_exp(alpha[right], theta * nodes_[left].score + alpha[left], first);
        first = false;
      }
    }
  }
  return alpha;
}

std::vector<std::uint32_t> Lattice::sample(float theta, Rng& rng) const {
  std::vector<std::uint32_t> path;
  if (size() == 0) return path;
  const std::vector<float> alpha = forward(theta);
  std::uint32_t node = kEos;
  std::vector<double> weights;
  while (true) {
    const auto& lefts = ends_[nodes_[node].pos];
    weights.clear();
    double sum = 0.0;
    for (const std::uint32_t left : lefts) {
      const double weight = std::exp(static_cast<double>(alpha[left] + theta * nodes_[left].score - alpha[node]));
      weights.push_back(std::isfinite(weight) ? weight : 0.0);
      sum += weights.back();
    }
    // Own inversion instead of std::discrete_distribution: the same seed gives the same path with every library.
    double draw = static_cast<double>(rng() >> 11) * 0x1.0p-53 * sum;
    std::size_t chosen = 0;
    while (chosen + 1 < lefts.size() && draw >= weights[chosen]) draw -= weights[chosen++];
    node = lefts[chosen];
    if (node == kBos) break;
    path.push_back(node);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace tokenspace::sentencepiece
