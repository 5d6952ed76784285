#include "tokenspace/word_level.hpp"

#include "model_json.hpp"
#include "tokenspace/error.hpp"

namespace tokenspace {

WordLevel::WordLevel(Vocab vocab, std::string unk_token) : vocab_(std::move(vocab)), unk_token_(std::move(unk_token)) {}

std::shared_ptr<const WordLevel> WordLevel::from_json(Json config) {
  check_model_type(config, "WordLevel");
  return std::make_shared<const WordLevel>(read_vocab(config.at("vocab")),
                                           std::string(config.at("unk_token").as_string()));
}

void WordLevel::tokenize(std::string_view piece, std::vector<ModelToken>& out) const {
  auto id = vocab_.find(piece);
  if (!id) id = vocab_.find(unk_token_);
  if (!id) {
    fail(ErrorKind::format, "encode", "the unknown token \"" + unk_token_ + "\" in the vocabulary",
         "a word outside the vocabulary and no such entry", "a vocabulary that holds its unk_token");
  }
  out.push_back({*id, {0, static_cast<std::uint32_t>(piece.size())}});
}

std::string WordLevel::to_json() const {
  std::string out = R"({"type":"WordLevel","vocab":)";
  out.append(vocab_.json()).append(",\"unk_token\":");
  append_json_string(out, unk_token_);
  return out.append("}");
}

}  // namespace tokenspace
