// Byte-level BPE whose merges are the vocabulary itself: two neighbours join when their bytes are a token, the lowest
// rank first (tiktoken 0.14, and every .tiktoken or tekken file).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tokenspace/merge_table.hpp"
#include "tokenspace/model.hpp"
#include "tokenspace/vocab.hpp"

namespace tokenspace {

class RankBpe final : public Model {
 public:
  // bytes_by_rank[r] = bytes of token r; "" is a hole.
  explicit RankBpe(const std::vector<std::string>& bytes_by_rank);

  std::string_view kind() const override { return "BPE"; }
  // A piece that is a token is that token; else merging by rank. `piece` may be any bytes. Error(format) for a byte
  // that is no token.
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override;
  void sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const override;
  std::vector<Segmentation> alternatives(std::string_view piece, std::size_t n) const override;

  // Tokens are shown in the printable byte alphabet of GPT-2 ("Ġthe"), as Hugging Face's conversions of these files do.
  std::optional<std::uint32_t> token_to_id(std::string_view token) const override;
  std::optional<std::string_view> id_to_token(std::uint32_t id) const override { return shown_.token(id); }
  std::size_t vocab_size() const override { return bytes_.size(); }
  std::uint32_t id_bound() const override { return bytes_.id_bound(); }
  // A BPE model object with ignore_merges and every split of every token as a merge, by rank; `more` are entries of its
  // vocabulary that no merge makes.
  std::string to_json(std::span<const Vocab::Named> more) const;
  std::string to_json() const override { return to_json({}); }

  const Vocab& bytes() const { return bytes_; }
  // Merges single bytes given as ids; as Bpe::merge.
  std::size_t merge(std::string_view piece, std::uint32_t* ids, std::uint32_t* begins, std::size_t n) const;
  std::uint32_t byte_id(unsigned char byte) const { return byte_ids_[byte]; }  // kNoRank for none

 private:
  std::vector<ModelToken> single_bytes(std::string_view piece) const;
  std::uint32_t rank_of(std::string_view joined) const;  // of two or more bytes; kNoRank for none
  auto rank_rule(std::string_view piece) const {
    return [this, piece](std::uint32_t, std::uint32_t, std::uint32_t begin, std::uint32_t, std::uint32_t end) -> Merge {
      const std::uint32_t rank = rank_of(piece.substr(begin, end - begin));
      return {rank, rank};
    };
  }

  Vocab bytes_;  // token bytes -> rank
  Vocab shown_;  // the same in printable form
  std::uint32_t byte_ids_[256];
  std::vector<std::uint32_t> pairs_;   // rank of each token of two bytes
  std::vector<std::uint64_t> filter_;  // one bit a token, by hash
};

std::shared_ptr<const Model> make_rank_bpe(std::vector<std::string> token_bytes_by_rank);

}  // namespace tokenspace
