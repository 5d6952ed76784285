// Unigram language model (Kudo 2018) as tokenizers 0.23.3: float64 Viterbi, the first best kept on ties.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tokenspace/byte_trie.hpp"
#include "tokenspace/model.hpp"
#include "tokenspace/vocab.hpp"

namespace tokenspace {

class Unigram final : public Model {
 public:
  // vocab[i] = (piece, log-probability) of id i.
  Unigram(std::vector<std::pair<std::string, double>> vocab, std::optional<std::uint32_t> unk_id, bool byte_fallback);
  static std::shared_ptr<const Unigram> from_json(Json config);

  std::string_view kind() const override { return "Unigram"; }
  // O(bytes * longest piece). Runs of unknown characters become one token whose text is the surface.
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override;
  void sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const override;
  std::vector<Segmentation> alternatives(std::string_view piece, std::size_t n) const override;
  std::optional<std::uint32_t> token_to_id(std::string_view token) const override { return vocab_.find(token); }
  std::optional<std::string_view> id_to_token(std::uint32_t id) const override;
  std::size_t vocab_size() const override { return scores_.size(); }
  std::uint32_t id_bound() const override { return static_cast<std::uint32_t>(scores_.size()); }
  std::string to_json() const override;

  const Vocab& vocab() const { return vocab_; }
  const std::vector<double>& scores() const { return scores_; }
  std::optional<std::uint32_t> unk_id() const { return unk_id_; }
  bool byte_fallback() const { return byte_fallback_; }

 private:
  struct Node {
    std::uint32_t id;
    std::uint32_t begin;
    std::uint32_t end;
  };
  // Every entry that starts at `begin`, and the unknown character when none covers exactly one character.
  template <class Visit>
  void each_node(std::string_view piece, std::size_t begin, Visit visit) const;
  [[noreturn]] static void missing_unk();
  // Fuses unknown runs, looks byte tokens up.
  void emit(std::string_view piece, const std::vector<Node>& path, std::vector<ModelToken>& out) const;

  Vocab vocab_;                      // piece -> id (the last id of equal pieces)
  std::vector<std::string> pieces_;  // id -> piece
  std::vector<double> scores_;
  ByteTrie trie_;
  double unk_score_ = 0.0;
  std::optional<std::uint32_t> unk_id_;
  bool byte_fallback_;
};

}  // namespace tokenspace
