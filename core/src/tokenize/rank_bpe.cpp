#include "tokenspace/rank_bpe.hpp"

#include <algorithm>

#include "bpe_merge.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/hash.hpp"
#include "tokenspace/json.hpp"

namespace tokenspace {

namespace {

constexpr unsigned kFilterBits = 21;  // 256 KiB, a fourteenth full with 150,000 tokens

std::size_t two_bytes(const char* p) {
  return static_cast<std::size_t>(static_cast<unsigned char>(p[0])) << 8 | static_cast<unsigned char>(p[1]);
}

}  // namespace

RankBpe::RankBpe(const std::vector<std::string>& bytes_by_rank) {
  std::size_t total = 0;
  for (const std::string& token : bytes_by_rank) total += token.size();
  bytes_.reserve(bytes_by_rank.size(), total);
  shown_.reserve(bytes_by_rank.size(), total * 2);
  for (std::size_t rank = 0; rank < bytes_by_rank.size(); ++rank) {
    const std::string& token = bytes_by_rank[rank];
    if (token.empty()) continue;
    bytes_.add(token, static_cast<std::uint32_t>(rank));
    shown_.add(bytes_to_chars(token), static_cast<std::uint32_t>(rank));
  }
  bytes_.finish();
  shown_.finish();
  pairs_.assign(65536, kNoRank);
  filter_.assign((std::size_t{1} << kFilterBits) / 64, 0);
  for (const Vocab::Entry& entry : bytes_.entries()) {
    const std::string_view token = bytes_.text(entry);
    if (token.size() == 2) pairs_[two_bytes(token.data())] = entry.id;
    const std::uint64_t bit = hash_bytes(token) >> (64 - kFilterBits);
    filter_[bit >> 6] |= 1ull << (bit & 63);
  }
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    byte_ids_[byte] = bytes_.find({&c, 1}).value_or(kNoRank);
  }
}

// Most neighbours make no token, and a vocabulary look-up waits for three cache lines: pairs of bytes have a table, the
// others pass a one-hash filter first.
std::uint32_t RankBpe::rank_of(std::string_view joined) const {
  if (joined.size() == 2) return pairs_[two_bytes(joined.data())];
  if (joined.size() > bytes_.longest()) return kNoRank;
  const std::uint64_t hash = hash_bytes(joined);
  const std::uint64_t bit = hash >> (64 - kFilterBits);
  if ((filter_[bit >> 6] >> (bit & 63) & 1) == 0) return kNoRank;
  return bytes_.find(joined, hash).value_or(kNoRank);
}

std::size_t RankBpe::merge(std::string_view piece, std::uint32_t* ids, std::uint32_t* begins, std::size_t n) const {
  return detail::merge_symbols(ids, begins, n, rank_rule(piece));
}

std::vector<ModelToken> RankBpe::single_bytes(std::string_view piece) const {
  std::vector<ModelToken> out;
  out.reserve(piece.size());
  for (std::uint32_t i = 0; i < piece.size(); ++i) {
    const std::uint32_t id = byte_ids_[static_cast<unsigned char>(piece[i])];
    if (id == kNoRank) {
      fail(ErrorKind::format, "encode", "every byte to be a token of the vocabulary",
           "a vocabulary without byte " + std::to_string(static_cast<unsigned char>(piece[i])));
    }
    out.push_back({id, {i, i + 1}});
  }
  return out;
}

void RankBpe::tokenize(std::string_view piece, std::vector<ModelToken>& out) const {
  if (piece.empty()) return;
  const auto size = static_cast<std::uint32_t>(piece.size());
  if (const auto id = bytes_.find(piece)) {
    out.push_back({*id, {0, size}});
    return;
  }
  std::vector<std::uint32_t> ids, begins;
  for (const ModelToken& token : single_bytes(piece)) {
    ids.push_back(token.id);
    begins.push_back(token.span.begin);
  }
  begins.push_back(size);
  const std::size_t n = merge(piece, ids.data(), begins.data(), ids.size());
  for (std::size_t i = 0; i < n; ++i) out.push_back({ids[i], {begins[i], begins[i + 1]}});
}

void RankBpe::sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const {
  if (sampling.dropout <= 0.0 || piece.empty()) return tokenize(piece, out);
  std::vector<std::uint32_t> ids, begins;
  for (const ModelToken& token : single_bytes(piece)) {
    ids.push_back(token.id);
    begins.push_back(token.span.begin);
  }
  begins.push_back(static_cast<std::uint32_t>(piece.size()));
  const std::size_t n =
      detail::merge_by_heap(ids.data(), begins.data(), ids.size(), rank_rule(piece), sampling.dropout, &rng);
  for (std::size_t i = 0; i < n; ++i) out.push_back({ids[i], {begins[i], begins[i + 1]}});
}

std::vector<Segmentation> RankBpe::alternatives(std::string_view piece, std::size_t n) const {
  std::vector<Segmentation> out(1);
  tokenize(piece, out[0].tokens);
  if (piece.empty()) return out;
  std::vector<std::uint32_t> ids, begins;
  for (const ModelToken& token : single_bytes(piece)) {
    ids.push_back(token.id);
    begins.push_back(token.span.begin);
  }
  begins.push_back(static_cast<std::uint32_t>(piece.size()));
  std::vector<std::size_t> dropped;
  const auto runs = detail::merge_alternatives(ids, begins, n + 1, rank_rule(piece), dropped);
  const auto& chosen = out[0].tokens;
  for (std::size_t k = 0; k < runs.size() && out.size() < n; ++k) {
    const auto& [run_ids, run_begins] = runs[k];
    Segmentation other;
    other.score = -static_cast<double>(dropped[k]);
    for (std::size_t i = 0; i < run_ids.size(); ++i)
      other.tokens.push_back({run_ids[i], {run_begins[i], run_begins[i + 1]}});
    const bool same =
        std::equal(other.tokens.begin(), other.tokens.end(), chosen.begin(), chosen.end(),
                   [](const ModelToken& a, const ModelToken& b) { return a.id == b.id && a.span == b.span; });
    if (!same) out.push_back(std::move(other));
  }
  return out;
}

std::optional<std::uint32_t> RankBpe::token_to_id(std::string_view token) const {
  return shown_.find(token);
}

std::string RankBpe::to_json(std::span<const Vocab::Named> more) const {
  std::string out =
      R"({"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,)"
      R"("fuse_unk":false,"byte_fallback":false,"ignore_merges":true,"vocab":)";
  out.append(shown_.json(more)).append(",\"merges\":[");
  bool first = true;
  for (const Vocab::Entry* entry : bytes_.by_id()) {
    const std::string_view token = bytes_.text(*entry);
    for (std::size_t cut = 1; cut < token.size(); ++cut) {
      if (!bytes_.find(token.substr(0, cut)) || !bytes_.find(token.substr(cut))) continue;
      out.append(first ? "[" : ",[");
      first = false;
      append_json_string(out, bytes_to_chars(token.substr(0, cut)));
      out.push_back(',');
      append_json_string(out, bytes_to_chars(token.substr(cut)));
      out.push_back(']');
    }
  }
  return out.append("]}");
}

std::shared_ptr<const Model> make_rank_bpe(std::vector<std::string> token_bytes_by_rank) {
  return std::make_shared<const RankBpe>(token_bytes_by_rank);
}

}  // namespace tokenspace
