// WordPiece: greedy longest match (Schuster and Nakajima 2012; BERT), as tokenizers 0.23.3.
#pragma once

#include <memory>
#include <string>

#include "tokenspace/byte_trie.hpp"
#include "tokenspace/model.hpp"
#include "tokenspace/vocab.hpp"

namespace tokenspace {

class WordPiece final : public Model {
 public:
  WordPiece(Vocab vocab, std::string unk_token, std::string continuing_subword_prefix,
            std::size_t max_input_chars_per_word);
  static std::shared_ptr<const WordPiece> from_json(Json config);

  std::string_view kind() const override { return "WordPiece"; }
  // A word with more than max_input_chars_per_word characters, or with any part no entry matches, is one unknown token.
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override;
  void sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const override;
  std::vector<Segmentation> alternatives(std::string_view piece, std::size_t n) const override;
  std::optional<std::uint32_t> token_to_id(std::string_view token) const override { return vocab_.find(token); }
  std::optional<std::string_view> id_to_token(std::uint32_t id) const override { return vocab_.token(id); }
  std::size_t vocab_size() const override { return vocab_.size(); }
  std::uint32_t id_bound() const override { return vocab_.id_bound(); }
  std::string to_json() const override;

  const Vocab& vocab() const { return vocab_; }
  const std::string& unk_token() const { return unk_token_; }
  const std::string& prefix() const { return prefix_; }
  std::size_t max_input_chars() const { return max_input_chars_; }

 private:
  void push_unknown(std::string_view piece, std::vector<ModelToken>& out) const;

  Vocab vocab_;
  std::string unk_token_;
  std::string prefix_;
  std::size_t max_input_chars_;
  ByteTrie initial_;       // every entry: what may stand at the start of a word
  ByteTrie continuation_;  // entries with the prefix, without it
};

}  // namespace tokenspace
