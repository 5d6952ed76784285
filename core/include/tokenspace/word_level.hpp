// One piece, one token (tokenizers' WordLevel, 0.23.3).
#pragma once

#include <memory>
#include <string>

#include "tokenspace/model.hpp"
#include "tokenspace/vocab.hpp"

namespace tokenspace {

class WordLevel final : public Model {
 public:
  WordLevel(Vocab vocab, std::string unk_token);
  static std::shared_ptr<const WordLevel> from_json(Json config);

  std::string_view kind() const override { return "WordLevel"; }
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override;
  std::optional<std::uint32_t> token_to_id(std::string_view token) const override { return vocab_.find(token); }
  std::optional<std::string_view> id_to_token(std::uint32_t id) const override { return vocab_.token(id); }
  std::size_t vocab_size() const override { return vocab_.size(); }
  std::uint32_t id_bound() const override { return vocab_.id_bound(); }
  std::string to_json() const override;
  const Vocab& vocab() const { return vocab_; }
  const std::string& unk_token() const { return unk_token_; }

 private:
  Vocab vocab_;
  std::string unk_token_;
};

}  // namespace tokenspace
