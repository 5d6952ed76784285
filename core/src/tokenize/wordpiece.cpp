#include "tokenspace/wordpiece.hpp"

#include <queue>

#include "model_json.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {

WordPiece::WordPiece(Vocab vocab, std::string unk_token, std::string continuing_subword_prefix,
                     std::size_t max_input_chars_per_word)
    : vocab_(std::move(vocab)),
      unk_token_(std::move(unk_token)),
      prefix_(std::move(continuing_subword_prefix)),
      max_input_chars_(max_input_chars_per_word) {
  std::size_t bytes = 0;
  for (const Vocab::Entry& entry : vocab_.entries()) bytes += entry.length;
  initial_.reserve(bytes);
  for (const Vocab::Entry& entry : vocab_.entries()) {
    const std::string_view token = vocab_.text(entry);
    if (token.empty()) continue;
    initial_.add(token, entry.id);
    if (token.size() > prefix_.size() && token.starts_with(prefix_)) {
      continuation_.add(token.substr(prefix_.size()), entry.id);
    }
  }
}

std::shared_ptr<const WordPiece> WordPiece::from_json(Json config) {
  check_model_type(config, "WordPiece");
  const std::int64_t limit = config.at("max_input_chars_per_word").as_int();
  if (limit < 0) {
    fail(ErrorKind::format, "read " + config.document_name(), "max_input_chars_per_word of at least 0",
         std::to_string(limit));
  }
  return std::make_shared<const WordPiece>(
      read_vocab(config.at("vocab")), std::string(config.at("unk_token").as_string()),
      std::string(config.at("continuing_subword_prefix").as_string()), static_cast<std::size_t>(limit));
}

void WordPiece::push_unknown(std::string_view piece, std::vector<ModelToken>& out) const {
  const auto id = vocab_.find(unk_token_);
  if (!id) {
    fail(ErrorKind::format, "encode", "the unknown token \"" + unk_token_ + "\" in the vocabulary",
         "a word outside the vocabulary and no such entry", "a vocabulary that holds its unk_token");
  }
  out.push_back({*id, {0, static_cast<std::uint32_t>(piece.size())}});
}

void WordPiece::tokenize(std::string_view piece, std::vector<ModelToken>& out) const {
  // A code point has at most 4 bytes and at least 1, so most words need no counting.
  if (piece.size() > max_input_chars_ && utf8::count_code_points(piece) > max_input_chars_)
    return push_unknown(piece, out);
  const std::size_t before = out.size();
  std::size_t start = 0;
  while (start < piece.size()) {
    const ByteTrie& trie = start == 0 ? initial_ : continuation_;
    std::uint32_t node = ByteTrie::kRoot;
    std::size_t end = start;
    std::uint32_t id = ByteTrie::kNone;
    for (std::size_t i = start; i < piece.size(); ++i) {
      node = trie.child(node, static_cast<unsigned char>(piece[i]));
      if (node == ByteTrie::kNone) break;
      if (trie.value(node) != ByteTrie::kNone) {
        id = trie.value(node);
        end = i + 1;
      }
    }
    if (id == ByteTrie::kNone) {
      out.resize(before);
      return push_unknown(piece, out);
    }
    out.push_back({id, {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)}});
    start = end;
  }
}

// MaxMatch-Dropout (Hiraoka 2022): longest match among entries of which each but the shortest is dropped by chance. A
// word that ends where nothing continues it is cut as always: chance must not make known words unknown.
void WordPiece::sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const {
  if (sampling.dropout <= 0.0) return tokenize(piece, out);
  if (piece.size() > max_input_chars_ && utf8::count_code_points(piece) > max_input_chars_)
    return push_unknown(piece, out);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  const std::size_t before = out.size();
  std::size_t start = 0;
  while (start < piece.size()) {
    const ByteTrie& trie = start == 0 ? initial_ : continuation_;
    std::uint32_t node = ByteTrie::kRoot;
    std::size_t end = start;
    std::uint32_t id = ByteTrie::kNone;
    for (std::size_t i = start; i < piece.size(); ++i) {
      node = trie.child(node, static_cast<unsigned char>(piece[i]));
      if (node == ByteTrie::kNone) break;
      if (trie.value(node) == ByteTrie::kNone) continue;
      if (id != ByteTrie::kNone && uniform(rng) < sampling.dropout) continue;
      id = trie.value(node);
      end = i + 1;
    }
    if (id == ByteTrie::kNone) {
      out.resize(before);
      return tokenize(piece, out);
    }
    out.push_back({id, {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)}});
    start = end;
  }
}

// Any way to cover the word with entries, fewest tokens first; the greedy one leads.
std::vector<Segmentation> WordPiece::alternatives(std::string_view piece, std::size_t n) const {
  std::vector<Segmentation> out(1);
  tokenize(piece, out[0].tokens);
  out[0].score = -static_cast<double>(out[0].tokens.size());
  if (piece.size() > max_input_chars_ && utf8::count_code_points(piece) > max_input_chars_) return out;
  constexpr std::size_t kMaxStates = 100000;  // partial covers looked at: bounds time and memory
  std::queue<std::vector<ModelToken>> partial;
  partial.push({});
  for (std::size_t states = 0; !partial.empty() && out.size() < n && states < kMaxStates; ++states) {
    const std::vector<ModelToken> head = std::move(partial.front());
    partial.pop();
    const std::size_t start = head.empty() ? 0 : head.back().span.end;
    if (start == piece.size()) {
      const bool same =
          std::equal(head.begin(), head.end(), out[0].tokens.begin(), out[0].tokens.end(),
                     [](const ModelToken& a, const ModelToken& b) { return a.id == b.id && a.span == b.span; });
      if (!same && !head.empty()) out.push_back({head, -static_cast<double>(head.size())});
      continue;
    }
    const ByteTrie& trie = start == 0 ? initial_ : continuation_;
    std::uint32_t node = ByteTrie::kRoot;
    for (std::size_t i = start; i < piece.size(); ++i) {
      node = trie.child(node, static_cast<unsigned char>(piece[i]));
      if (node == ByteTrie::kNone) break;
      if (trie.value(node) == ByteTrie::kNone || partial.size() > kMaxStates) continue;
      std::vector<ModelToken> longer = head;
      longer.push_back({trie.value(node), {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(i + 1)}});
      partial.push(std::move(longer));
    }
  }
  return out;
}

std::string WordPiece::to_json() const {
  std::string out = R"({"type":"WordPiece","unk_token":)";
  append_json_string(out, unk_token_);
  out.append(",\"continuing_subword_prefix\":");
  append_json_string(out, prefix_);
  out.append(",\"max_input_chars_per_word\":").append(std::to_string(max_input_chars_));
  return out.append(",\"vocab\":").append(vocab_.json()).append("}");
}

}  // namespace tokenspace
