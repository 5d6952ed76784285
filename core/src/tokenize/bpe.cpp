#include "tokenspace/bpe.hpp"

#include <algorithm>

#include "bpe_merge.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {

// The unknown token that is being put together and not yet emitted.
struct UnknownRun {
  bool open = false;
  std::uint32_t length = 0;
};

namespace {

void push(std::vector<std::uint32_t>& ids, std::vector<std::uint32_t>& begins, std::uint32_t id, std::uint32_t length) {
  ids.push_back(id);
  begins.push_back(begins.back() + length);
}

}  // namespace

Bpe::Bpe(Vocab vocab, MergeTable merges, BpeOptions options, std::vector<std::uint64_t> whole)
    : vocab_(std::move(vocab)), merges_(std::move(merges)), options_(std::move(options)), whole_(std::move(whole)) {
  whole_known_ = !whole_.empty() && whole_.size() == (vocab_.size() + 63) / 64;
  // Old files write "" for "none" (GPT-2); an empty prefix or suffix changes nothing.
  if (options_.continuing_subword_prefix == "") options_.continuing_subword_prefix.reset();
  if (options_.end_of_word_suffix == "") options_.end_of_word_suffix.reset();
  if (options_.unk_token) unk_id_ = vocab_.find(*options_.unk_token);
  if (options_.byte_fallback) {
    byte_ids_.resize(256);
    const char* digits = "0123456789ABCDEF";
    for (unsigned byte = 0; byte < 256; ++byte) {
      const char token[] = {'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
      byte_ids_[byte] = vocab_.find({token, sizeof token}).value_or(kNoRank);
    }
  }
  char_ids_.resize(0x800);
  std::string text;
  for (char32_t c = 0; c < char_ids_.size(); ++c) {
    text.clear();
    utf8::append(text, c);
    char_ids_[c] = vocab_.find(text).value_or(kNoRank);
  }
}

void Bpe::append_char(std::string_view text, bool first, bool last, std::string& scratch, UnknownRun& unknown,
                      Word& word) const {
  const auto length = static_cast<std::uint32_t>(text.size());
  std::string_view symbol = text;
  const bool prefixed = !first && options_.continuing_subword_prefix;
  const bool suffixed = last && options_.end_of_word_suffix;
  if (prefixed || suffixed) {
    scratch.clear();
    if (prefixed) scratch.append(*options_.continuing_subword_prefix);
    scratch.append(text);
    if (suffixed) scratch.append(*options_.end_of_word_suffix);
    symbol = scratch;
  }
  std::uint32_t id;
  if (symbol.data() == text.data() && length <= 2) {
    const char* p = text.data();
    id = char_ids_[utf8::decode_unchecked(p)];
  } else {
    id = vocab_.find(symbol).value_or(kNoRank);
  }
  if (id != kNoRank) {
    if (unknown.open) push(word.ids, word.begins, *unk_id_, unknown.length);
    unknown = {};
    push(word.ids, word.begins, id, length);
    return;
  }
  // A pending unknown token is not flushed before byte tokens: it appears after them, as in tokenizers 0.23.3.
  if (options_.byte_fallback && std::all_of(symbol.begin(), symbol.end(), [&](char c) {
        return byte_ids_[static_cast<unsigned char>(c)] != kNoRank;
      })) {
    for (const char c : symbol) push(word.ids, word.begins, byte_ids_[static_cast<unsigned char>(c)], 1);
    return;
  }
  if (!options_.unk_token) return;  // unknown characters vanish
  if (!unk_id_) {
    fail(ErrorKind::format, "encode", "the unknown token \"" + *options_.unk_token + "\" in the vocabulary",
         "a character outside the vocabulary and no such entry", "a vocabulary that holds its unk_token");
  }
  if (unknown.open && !options_.fuse_unk) {
    push(word.ids, word.begins, *unk_id_, unknown.length);
    unknown.length = 0;
  }
  unknown.open = true;
  unknown.length += length;
}

void Bpe::symbols(std::string_view piece, Word& word) const {
  word.ids.clear();
  word.begins.assign(1, 0);
  word.ids.reserve(piece.size());
  word.begins.reserve(piece.size() + 1);
  std::string scratch;
  UnknownRun unknown;
  for (std::size_t i = 0; i < piece.size();) {
    const std::size_t length = std::min(utf8::sequence_length(static_cast<unsigned char>(piece[i])), piece.size() - i);
    append_char(piece.substr(i, length), i == 0, i + length == piece.size(), scratch, unknown, word);
    i += length;
  }
  if (unknown.open) push(word.ids, word.begins, *unk_id_, unknown.length);
}

std::size_t Bpe::merge(std::uint32_t* ids, std::uint32_t* begins, std::size_t n) const {
  const auto find = [this](std::uint32_t left, std::uint32_t right, std::uint32_t, std::uint32_t, std::uint32_t) {
    return merges_.find(left, right);
  };
  return detail::merge_symbols(ids, begins, n, find);
}

void Bpe::tokenize(std::string_view piece, std::vector<ModelToken>& out) const {
  if (piece.empty()) return;
  if (options_.ignore_merges) {
    if (const auto id = vocab_.find(piece)) {
      out.push_back({*id, {0, static_cast<std::uint32_t>(piece.size())}});
      return;
    }
  }
  Word word;
  symbols(piece, word);
  const std::size_t n = merge(word.ids.data(), word.begins.data(), word.ids.size());
  for (std::size_t i = 0; i < n; ++i) out.push_back({word.ids[i], {word.begins[i], word.begins[i + 1]}});
}

const std::vector<std::uint64_t>& Bpe::find_whole() const {
  std::call_once(whole_once_, [this] {
    if (knows_whole()) return;
    whole_.assign((vocab_.size() + 63) / 64, 0);
    Word word;
    for (std::size_t i = 0; i < vocab_.size(); ++i) {
      const Vocab::Entry& entry = vocab_.entries()[i];
      symbols(vocab_.text(entry), word);
      const std::size_t n = merge(word.ids.data(), word.begins.data(), word.ids.size());
      const bool merged = n == 1 && word.ids[0] == entry.id;
      if (merged || (options_.ignore_merges && entry.length > 0)) whole_[i / 64] |= 1ull << i % 64;
    }
    whole_known_.store(true, std::memory_order_release);
  });
  return whole_;
}

void Bpe::sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const {
  if (sampling.dropout <= 0.0) return tokenize(piece, out);
  if (piece.empty()) return;
  Word word;
  symbols(piece, word);
  const auto find = [this](std::uint32_t left, std::uint32_t right, std::uint32_t, std::uint32_t, std::uint32_t) {
    return merges_.find(left, right);
  };
  const std::size_t n =
      detail::merge_by_heap(word.ids.data(), word.begins.data(), word.ids.size(), find, sampling.dropout, &rng);
  for (std::size_t i = 0; i < n; ++i) out.push_back({word.ids[i], {word.begins[i], word.begins[i + 1]}});
}

std::vector<Segmentation> Bpe::alternatives(std::string_view piece, std::size_t n) const {
  if (piece.empty() || n == 0) return {Segmentation{}};
  Word word;
  symbols(piece, word);
  const auto find = [this](std::uint32_t left, std::uint32_t right, std::uint32_t, std::uint32_t, std::uint32_t) {
    return merges_.find(left, right);
  };
  std::vector<Segmentation> out;
  Segmentation chosen;
  tokenize(piece, chosen.tokens);
  out.push_back(chosen);
  std::vector<std::size_t> dropped;
  const auto runs = detail::merge_alternatives(word.ids, word.begins, n + 1, find, dropped);
  for (std::size_t k = 0; k < runs.size() && out.size() < n; ++k) {
    Segmentation other;
    other.score = -static_cast<double>(dropped[k]);
    const auto& [ids, begins] = runs[k];
    for (std::size_t i = 0; i < ids.size(); ++i) other.tokens.push_back({ids[i], {begins[i], begins[i + 1]}});
    const bool same =
        std::equal(other.tokens.begin(), other.tokens.end(), chosen.tokens.begin(), chosen.tokens.end(),
                   [](const ModelToken& a, const ModelToken& b) { return a.id == b.id && a.span == b.span; });
    if (!same) out.push_back(std::move(other));
  }
  return out;
}

}  // namespace tokenspace
