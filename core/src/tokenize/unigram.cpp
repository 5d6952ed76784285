#include "tokenspace/unigram.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "model_json.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {

namespace {

constexpr double kUnknownPenalty = 10.0;
constexpr std::uint32_t kUnreached = 0xFFFFFFFFu;

}  // namespace

Unigram::Unigram(std::vector<std::pair<std::string, double>> vocab, std::optional<std::uint32_t> unk_id,
                 bool byte_fallback)
    : unk_id_(unk_id), byte_fallback_(byte_fallback) {
  std::size_t bytes = 0;
  for (const auto& [piece, score] : vocab) bytes += piece.size();
  vocab_.reserve(vocab.size(), bytes);
  trie_.reserve(bytes);
  double lowest = std::numeric_limits<double>::infinity();
  for (std::size_t id = 0; id < vocab.size(); ++id) {
    auto& [piece, score] = vocab[id];
    vocab_.add(piece, static_cast<std::uint32_t>(id));
    if (!piece.empty()) trie_.add(piece, static_cast<std::uint32_t>(id));
    lowest = std::min(lowest, score);
    scores_.push_back(score);
    pieces_.push_back(std::move(piece));
  }
  vocab_.finish();
  unk_score_ = lowest - kUnknownPenalty;
}

std::shared_ptr<const Unigram> Unigram::from_json(Json config) {
  check_model_type(config, "Unigram");
  const Json list = config.at("vocab");
  if (!list.is_array()) {
    fail(ErrorKind::format, "read " + config.document_name(), "Unigram vocab as an array of [piece, score]",
         std::string(list.source().substr(0, 40)));
  }
  std::vector<std::pair<std::string, double>> vocab;
  vocab.reserve(list.size());
  for (auto it = list.begin(); it; it.next()) {
    const Json item = it.value();
    if (!item.is_array() || item.size() != 2) {
      fail(ErrorKind::format, "read " + config.document_name(),
           "[piece, score] at byte " + std::to_string(item.position()), std::string(item.source().substr(0, 40)));
    }
    vocab.emplace_back(std::string(item[0].as_string()), item[1].as_double());
  }
  std::optional<std::uint32_t> unk_id;
  if (const Json unk = config.find("unk_id"); unk.has_value()) {
    unk_id = unk.as_u32();
    if (*unk_id >= vocab.size()) {
      fail(ErrorKind::format, "read " + config.document_name(),
           "unk_id below the vocabulary's " + std::to_string(vocab.size()), std::to_string(*unk_id));
    }
  }
  const Json fallback = config.find("byte_fallback");
  return std::make_shared<const Unigram>(std::move(vocab), unk_id, fallback.present() && fallback.as_bool());
}

std::optional<std::string_view> Unigram::id_to_token(std::uint32_t id) const {
  if (id >= pieces_.size()) return std::nullopt;
  return pieces_[id];
}

void Unigram::missing_unk() {
  fail(ErrorKind::format, "encode", "an unk_id in the Unigram model", "a character outside the vocabulary and none",
       "a model with unk_id");
}

template <class Visit>
void Unigram::each_node(std::string_view piece, std::size_t begin, Visit visit) const {
  const std::size_t single = begin + utf8::sequence_length(static_cast<unsigned char>(piece[begin]));
  bool has_single = false;
  std::uint32_t node = ByteTrie::kRoot;
  for (std::size_t i = begin; i < piece.size(); ++i) {
    node = trie_.child(node, static_cast<unsigned char>(piece[i]));
    if (node == ByteTrie::kNone) break;
    const std::uint32_t id = trie_.value(node);
    if (id == ByteTrie::kNone) continue;
    has_single |= i + 1 == single;
    visit(id, static_cast<std::uint32_t>(i + 1), scores_[id]);
  }
  if (!has_single) {
    if (!unk_id_) missing_unk();
    visit(*unk_id_, static_cast<std::uint32_t>(std::min(single, piece.size())), unk_score_);
  }
}

void Unigram::emit(std::string_view piece, const std::vector<Node>& path, std::vector<ModelToken>& out) const {
  const auto push = [&](Span span) {
    const std::string_view surface = piece.substr(span.begin, span.size());
    if (const auto id = vocab_.find(surface)) {
      out.push_back({*id, span});
      return;
    }
    if (byte_fallback_) {
      const char* digits = "0123456789ABCDEF";
      std::vector<ModelToken> bytes;
      for (const char c : surface) {
        const auto byte = static_cast<unsigned char>(c);
        const char token[] = {'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
        const auto id = vocab_.find({token, sizeof token});
        if (!id) break;
        bytes.push_back({*id, span});  // each byte token carries the whole piece's span
      }
      if (bytes.size() == surface.size()) {
        out.insert(out.end(), bytes.begin(), bytes.end());
        return;
      }
    }
    if (!unk_id_) missing_unk();
    out.push_back({*unk_id_, span, true});
  };
  for (std::size_t i = 0; i < path.size();) {
    Span span{path[i].begin, path[i].end};
    std::size_t j = i + 1;
    if (unk_id_ && path[i].id == *unk_id_) {
      while (j < path.size() && path[j].id == *unk_id_) span.end = path[j++].end;
    }
    push(span);
    i = j;
  }
}

void Unigram::tokenize(std::string_view piece, std::vector<ModelToken>& out) const {
  struct Best {
    double score = 0.0;
    std::uint32_t begin = kUnreached;
    std::uint32_t id = 0;
  };
  std::vector<Best> best(piece.size() + 1);
  for (std::size_t begin = 0; begin < piece.size();
       begin += utf8::sequence_length(static_cast<unsigned char>(piece[begin]))) {
    const double here = best[begin].score;
    each_node(piece, begin, [&](std::uint32_t id, std::uint32_t end, double score) {
      const double candidate = score + here;
      Best& target = best[end];
      if (target.begin == kUnreached || candidate > target.score) {
        target = {candidate, static_cast<std::uint32_t>(begin), id};
      }
    });
  }
  std::vector<Node> path;
  for (auto end = static_cast<std::uint32_t>(piece.size()); end > 0; end = best[end].begin) {
    path.push_back({best[end].id, best[end].begin, end});
  }
  std::reverse(path.begin(), path.end());
  emit(piece, path, out);
}

// k-best forward pass: at every position the n best (score, predecessor, its rank) in order.
std::vector<Segmentation> Unigram::alternatives(std::string_view piece, std::size_t n) const {
  struct Hypothesis {
    double score;
    std::uint32_t begin, id, rank;  // rank: which hypothesis of `begin` this one extends
  };
  std::vector<std::vector<Hypothesis>> best(piece.size() + 1);
  best[0].push_back({0.0, kUnreached, 0, 0});
  const auto better = [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; };
  for (std::size_t begin = 0; begin < piece.size();
       begin += utf8::sequence_length(static_cast<unsigned char>(piece[begin]))) {
    std::stable_sort(best[begin].begin(), best[begin].end(), better);
    if (best[begin].size() > n) best[begin].resize(n);
    each_node(piece, begin, [&](std::uint32_t id, std::uint32_t end, double score) {
      for (std::size_t k = 0; k < best[begin].size(); ++k) {
        best[end].push_back(
            {best[begin][k].score + score, static_cast<std::uint32_t>(begin), id, static_cast<std::uint32_t>(k)});
      }
    });
  }
  auto& final = best[piece.size()];
  std::stable_sort(final.begin(), final.end(), better);
  if (final.size() > n) final.resize(n);
  std::vector<Segmentation> out;
  for (const Hypothesis& last : final) {
    std::vector<Node> path;
    auto end = static_cast<std::uint32_t>(piece.size());
    for (const Hypothesis* h = &last; h->begin != kUnreached; h = &best[h->begin][h->rank]) {
      path.push_back({h->id, h->begin, end});
      end = h->begin;
    }
    std::reverse(path.begin(), path.end());
    Segmentation result;
    result.score = last.score;
    emit(piece, path, result.tokens);
    out.push_back(std::move(result));
  }
  return out;
}

// nbest_size > 1: among the n best with probability ~ exp(alpha * score). Otherwise over all segmentations: forward
// filtering, backward sampling (Kudo 2018, section 3.2).
void Unigram::sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const {
  if (sampling.alpha <= 0.0 || piece.empty()) return tokenize(piece, out);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  if (sampling.nbest_size > 1) {
    const auto candidates = alternatives(piece, static_cast<std::size_t>(sampling.nbest_size));
    double total = 0.0;
    std::vector<double> weights;
    for (const auto& c : candidates) {
      weights.push_back(std::exp(sampling.alpha * (c.score - candidates[0].score)));
      total += weights.back();
    }
    double draw = uniform(rng) * total;
    std::size_t chosen = 0;
    while (chosen + 1 < weights.size() && draw >= weights[chosen]) draw -= weights[chosen++];
    out.insert(out.end(), candidates[chosen].tokens.begin(), candidates[chosen].tokens.end());
    return;
  }
  struct Edge {
    double log_weight;
    Node node;
  };
  std::vector<std::vector<Edge>> into(piece.size() + 1);
  std::vector<double> alpha(piece.size() + 1, -std::numeric_limits<double>::infinity());
  alpha[0] = 0.0;
  for (std::size_t begin = 0; begin < piece.size();
       begin += utf8::sequence_length(static_cast<unsigned char>(piece[begin]))) {
    if (begin > 0) {  // all edges into `begin` are known: its forward score is their log-sum
      double top = -std::numeric_limits<double>::infinity();
      for (const Edge& e : into[begin]) top = std::max(top, e.log_weight);
      double sum = 0.0;
      for (const Edge& e : into[begin]) sum += std::exp(e.log_weight - top);
      alpha[begin] = top + std::log(sum);
    }
    each_node(piece, begin, [&](std::uint32_t id, std::uint32_t end, double score) {
      into[end].push_back({alpha[begin] + sampling.alpha * score, {id, static_cast<std::uint32_t>(begin), end}});
    });
  }
  std::vector<Node> path;
  for (auto end = static_cast<std::uint32_t>(piece.size()); end > 0;) {
    const auto& edges = into[end];
    double top = -std::numeric_limits<double>::infinity();
    for (const Edge& e : edges) top = std::max(top, e.log_weight);
    double total = 0.0;
    for (const Edge& e : edges) total += std::exp(e.log_weight - top);
    double draw = uniform(rng) * total;
    std::size_t chosen = 0;
    while (chosen + 1 < edges.size() && draw >= std::exp(edges[chosen].log_weight - top)) {
      draw -= std::exp(edges[chosen++].log_weight - top);
    }
    path.push_back(edges[chosen].node);
    end = edges[chosen].node.begin;
  }
  std::reverse(path.begin(), path.end());
  emit(piece, path, out);
}

std::string Unigram::to_json() const {
  std::string out = R"({"type":"Unigram","unk_id":)";
  out.append(unk_id_ ? std::to_string(*unk_id_) : "null").append(",\"vocab\":[");
  for (std::size_t id = 0; id < pieces_.size(); ++id) {
    out.append(id == 0 ? "[" : ",[");
    append_json_string(out, pieces_[id]);
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, scores_[id]);
    std::string_view number(digits, static_cast<std::size_t>(end.ptr - digits));
    out.append(",").append(number);
    if (number.find_first_of(".en") == std::string_view::npos) out.append(".0");
    out.push_back(']');
  }
  return out.append("],\"byte_fallback\":").append(byte_fallback_ ? "true}" : "false}");
}

}  // namespace tokenspace
