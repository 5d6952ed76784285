// SentencePiece Unigram (0.2.3, unigram_model.cc): float32 Viterbi over bytes; the reference's EncodeOptimized to the
// bit.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>

#include "double_array.hpp"
#include "lattice.hpp"
#include "tokenspace/watch.hpp"
#include "vocabulary.hpp"

namespace tokenspace::sentencepiece {
namespace {

constexpr float kUnkPenalty = 10.0f;
// Best path entries: an id, or kUnknown + bytes of one unknown character.
constexpr std::uint32_t kUnreached = 0xFFFFFFFF;
constexpr std::uint32_t kUnknown = 0xFFFFFFF0;

struct Best {
  float score;
  std::uint32_t id;
};

// Positions [origin, origin + capacity) of the text. On the stack for ordinary text, where paths meet at every word.
class Window {
 public:
  Window() {}  // cells are initialised as they come into use
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  Best& operator[](std::size_t pos) { return cells_[pos - origin_]; }
  std::size_t filled() const { return filled_; }  // positions below are initialised

  void start(std::size_t pos) {
    origin_ = pos;
    filled_ = pos;
    extend(pos);
  }

  // Makes [.., last] usable.
  void extend(std::size_t last) {
    if (last - origin_ + kStep >= capacity_) grow(last - origin_ + kStep + 1);
    const std::size_t end = last + kStep;
    for (std::size_t pos = filled_; pos < end; ++pos) cells_[pos - origin_] = {0.0f, kUnreached};
    filled_ = end;
  }

  // Forgets positions before `keep`; [keep, filled) move down.
  void drop_before(std::size_t keep) {
    std::copy(cells_ + (keep - origin_), cells_ + (filled_ - origin_), cells_);
    origin_ = keep;
  }
  bool is_half_used(std::size_t pos) const { return (pos - origin_) * 2 > capacity_; }

 private:
  static constexpr std::size_t kStep = 32;
  void grow(std::size_t needed) {
    std::vector<Best> larger(std::max(needed, capacity_ * 2));
    std::copy(cells_, cells_ + (filled_ - origin_), larger.begin());
    heap_.swap(larger);
    cells_ = heap_.data();
    capacity_ = heap_.size();
  }
  static constexpr std::size_t kFixed = 1024;
  Best fixed_[kFixed];
  std::vector<Best> heap_;
  Best* cells_ = fixed_;
  std::size_t capacity_ = kFixed;
  std::size_t origin_ = 0, filled_ = 0;
};

}  // namespace

struct UnigramModel::Impl {
  DoubleArray trie;
  std::vector<float> scores;           // as Viterbi adds them
  std::vector<std::uint16_t> lengths;  // bytes
  float unknown_score = 0.0f;

  template <bool kMargin>
  float viterbi(const Vocabulary& vocabulary, std::string_view text, float start_score, std::vector<ModelToken>& out,
                float* margin) const;
  Lattice lattice(const Vocabulary& vocabulary, std::string_view text) const;
};

UnigramModel::UnigramModel(std::shared_ptr<const Vocabulary> vocabulary) : SentencePieceModel(std::move(vocabulary)) {
  auto impl = std::make_unique<Impl>();
  const auto& pieces = vocabulary_->pieces();
  std::vector<std::pair<std::string_view, std::uint32_t>> keys;
  keys.reserve(pieces.size());
  impl->scores.resize(pieces.size());
  impl->lengths.resize(pieces.size());
  float min_score = FLT_MAX;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    const PieceType type = vocabulary_->type(id);
    const std::size_t length = pieces[id].text.size();
    impl->lengths[id] = static_cast<std::uint16_t>(length);
    impl->scores[id] = pieces[id].score;
    if (type == PieceType::normal) min_score = std::min(min_score, pieces[id].score);
    if (type == PieceType::user_defined) impl->scores[id] = static_cast<float>(0.1 * (static_cast<double>(length) - 1));
    if (type == PieceType::normal || type == PieceType::user_defined) keys.emplace_back(pieces[id].text, id);
  }
  impl->unknown_score = min_score - kUnkPenalty;
  std::sort(keys.begin(), keys.end());
  impl->trie = DoubleArray(keys);
  impl_ = std::move(impl);
  pieces_cross_spaces_ = vocabulary_->pieces_cross_spaces();
}

UnigramModel::~UnigramModel() = default;

float UnigramModel::score(std::uint32_t id) const {
  return impl_->scores[id];
}
float UnigramModel::unknown_score() const {
  return impl_->unknown_score;
}

template <bool kMargin>
float UnigramModel::Impl::viterbi(const Vocabulary& vocabulary, std::string_view text, float start_score,
                                  std::vector<ModelToken>& out, float* margin) const {
  const std::size_t size = text.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const bool no_pieces = trie.empty();
  const std::uint64_t* nodes = trie.data();
  const std::uint32_t root = trie.root();
  // How far behind the best candidate of each position the next one came.
  std::vector<float> gaps;
  float closest = std::numeric_limits<float>::infinity();
  if constexpr (kMargin) gaps.assign(size + 1, closest);

  TokenSink sink(vocabulary, text, out);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> path;  // (end, id) backwards
  Window window;
  window.start(0);
  window[0].score = start_score;
  std::size_t frontier = 0;   // furthest end of any candidate
  std::size_t committed = 0;  // every path goes through here and its tokens are out
  std::size_t at = 0;
  for (std::size_t steps = 1; at < size; ++steps) {
    if (steps % 1024 == 0) look_up();
    float here = window[at].score;
    if (here < -kScoreReset || here > kScoreReset) {
      for (std::size_t i = at; i <= frontier; ++i) {
        if (i == at || window[i].id != kUnreached) window[i].score -= here;
      }
      here = 0.0f;
    }
    const std::size_t step = std::min(char_length(bytes[at]), size - at);
    const auto offer = [&](std::size_t end, float score, std::uint32_t id) {
      if (end >= window.filled()) window.extend(end);
      Best& best = window[end];
      const float candidate = score + here;
      if (best.id == kUnreached) {
        best = {candidate, id};
        return;
      }
      if constexpr (kMargin) {
        const float gap = std::fabs(candidate - best.score);
        gaps[end] = candidate > best.score ? gap : std::min(gaps[end], gap);
      }
      if (candidate > best.score) best = {candidate, id};
    };
    bool single = false;
    std::size_t reached = at;
    std::size_t end = at;
    std::uint32_t base = root;
    while (end < size && !no_pieces) {
      const unsigned char byte = bytes[end];
      const std::uint64_t node = nodes[base ^ byte];
      if (!DoubleArray::matches(node, byte)) break;
      ++end;
      base = DoubleArray::base(node);
      if (DoubleArray::has_value(node)) {
        const std::uint32_t id = DoubleArray::value(node);
        offer(end, scores[id], id);
        reached = end;
        single |= end - at == step;
      }
    }
    if (!single) {
      offer(at + step, unknown_score, kUnknown + static_cast<std::uint32_t>(step));
      reached = std::max(reached, at + step);
    }
    frontier = std::max(frontier, reached);
    at += step;
    if (at != frontier) continue;

    // No candidate reaches past `at`, so the best path up to here is final.
    path.clear();
    for (std::size_t pos = at; pos > committed;) {
      const std::uint32_t id = window[pos].id;
      path.emplace_back(static_cast<std::uint32_t>(pos), id);
      if constexpr (kMargin) closest = std::min(closest, gaps[pos]);
      // Unreached positions occur only when scores overflow; a step of one byte then keeps the walk finite.
      pos -= id < kUnknown ? lengths[id] : id == kUnreached ? 1 : id - kUnknown;
    }
    std::size_t begin = committed;
    for (std::size_t i = path.size(); i-- > 0;) {
      const auto [stop, id] = path[i];
      if (id < kUnknown) {
        sink.known(id, begin, stop);
      } else {
        sink.unknown(begin, stop);
      }
      begin = stop;
    }
    committed = at;
    if (window.is_half_used(at)) window.drop_before(at);
  }
  if constexpr (kMargin) *margin = closest;
  return window[at].score;
}

float UnigramModel::viterbi(std::string_view normalized, float start_score, std::vector<ModelToken>& out,
                            float* margin) const {
  return margin != nullptr ? impl_->viterbi<true>(*vocabulary_, normalized, start_score, out, margin)
                           : impl_->viterbi<false>(*vocabulary_, normalized, start_score, out, nullptr);
}

void UnigramModel::tokenize(std::string_view piece, std::vector<ModelToken>& out) const {
  impl_->viterbi<false>(*vocabulary_, piece, 0.0f, out, nullptr);
}

// The lattice counts user-defined symbols in characters where viterbi() counts bytes; both as in the reference.
Lattice UnigramModel::Impl::lattice(const Vocabulary& vocabulary, std::string_view text) const {
  Lattice lattice(text);
  for (std::size_t pos = 0; pos < lattice.size(); ++pos) {
    const std::size_t begin = lattice.start(pos);
    bool single = false;
    std::uint32_t base = trie.root();
    for (std::size_t end = begin; end < text.size() && !trie.empty();) {
      const auto byte = static_cast<unsigned char>(text[end]);
      const std::uint64_t node = trie.step(base, byte);
      if (!DoubleArray::matches(node, byte)) break;
      ++end;
      base = DoubleArray::base(node);
      if (!DoubleArray::has_value(node)) continue;
      const std::uint32_t id = DoubleArray::value(node);
      const std::size_t length = lattice.characters_to(pos, end);
      const float score = vocabulary.type(id) == PieceType::user_defined
                              ? static_cast<float>(0.1 * (static_cast<double>(length) - 1))
                              : scores[id];
      lattice.insert(pos, length, id, score);
      single |= length == 1;
    }
    if (!single) lattice.insert(pos, 1, kUnknown, unknown_score);
  }
  return lattice;
}

namespace {

void put_path(const Vocabulary& vocabulary, const Lattice& lattice, const std::vector<std::uint32_t>& path,
              std::string_view text, std::vector<ModelToken>& out) {
  TokenSink sink(vocabulary, text, out);
  for (const std::uint32_t index : path) {
    const Lattice::Node& node = lattice.node(index);
    const std::size_t begin = lattice.start(node.pos);
    const std::size_t end = lattice.start(node.pos + node.length);
    if (node.id < kUnknown) {
      sink.known(node.id, begin, end);
    } else {
      sink.unknown(begin, end);
    }
  }
}

}  // namespace

void UnigramModel::sample(std::string_view piece, const Sampling& sampling, Rng& rng,
                          std::vector<ModelToken>& out) const {
  if (sampling.nbest_size == 1 || (sampling.nbest_size == 0 && !(sampling.alpha > 0))) return tokenize(piece, out);
  Lattice lattice = impl_->lattice(*vocabulary_, piece);
  if (sampling.nbest_size <= 0) {
    put_path(*vocabulary_, lattice, lattice.sample(static_cast<float>(sampling.alpha), rng), piece, out);
    return;
  }
  const auto paths = lattice.nbest(std::min<std::size_t>(static_cast<std::size_t>(sampling.nbest_size), 1024));
  if (paths.empty()) return;
  std::vector<double> weights;
  double sum = 0.0;
  for (const auto& path : paths) {
    weights.push_back(
        std::exp(sampling.alpha * (static_cast<double>(path.score) - static_cast<double>(paths[0].score))));
    sum += weights.back();
  }
  double draw = static_cast<double>(rng() >> 11) * 0x1.0p-53 * sum;
  std::size_t chosen = 0;
  while (chosen + 1 < paths.size() && draw >= weights[chosen]) draw -= weights[chosen++];
  put_path(*vocabulary_, lattice, paths[chosen].nodes, piece, out);
}

std::vector<Segmentation> UnigramModel::alternatives(std::string_view piece, std::size_t n) const {
  std::vector<Segmentation> out;
  if (n <= 1 || piece.empty()) {
    // The reference reports score 0 for a single best path.
    if (n == 1) tokenize(piece, out.emplace_back().tokens);
    return out;
  }
  Lattice lattice = impl_->lattice(*vocabulary_, piece);
  for (const auto& path : lattice.nbest(std::min<std::size_t>(n, 1024))) {
    Segmentation& segmentation = out.emplace_back();
    segmentation.score = static_cast<double>(path.score);
    put_path(*vocabulary_, lattice, path.nodes, piece, segmentation.tokens);
  }
  return out;
}

}  // namespace tokenspace::sentencepiece
