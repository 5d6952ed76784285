#include "model_json.hpp"

#include "tokenspace/bpe.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/unigram.hpp"
#include "tokenspace/word_level.hpp"
#include "tokenspace/wordpiece.hpp"

namespace tokenspace {

void check_model_type(Json config, std::string_view expected) {
  if (!config.is_object()) {
    fail(ErrorKind::format, "read " + config.document_name(), "a model object",
         std::string(config.source().substr(0, 80)));
  }
  const Json type = config.find("type");
  if (type.present() && (!type.is_string() || type.as_string() != expected)) {
    fail(ErrorKind::format, "read " + config.document_name(), "model type " + std::string(expected),
         std::string(type.source().substr(0, 80)));
  }
}

Vocab read_vocab(Json object) {
  if (!object.is_object()) {
    fail(ErrorKind::format, "read " + object.document_name(),
         "a vocabulary object {token: id} at byte " + std::to_string(object.position()),
         std::string(object.source().substr(0, 40)));
  }
  Vocab vocab;
  vocab.reserve(object.size(), object.source().size() / 2);
  for (auto it = object.begin(); it; it.next()) vocab.add(it.key(), it.value().as_u32());
  vocab.finish();
  return vocab;
}

std::shared_ptr<const Model> model_from_json(Json config) {
  const Json type = config.is_object() ? config.find("type") : Json();
  if (type.is_string()) {
    const std::string_view name = type.as_string();
    if (name == "BPE") return Bpe::from_json(config);
    if (name == "WordPiece") return WordPiece::from_json(config);
    if (name == "WordLevel") return WordLevel::from_json(config);
    if (name == "Unigram") return Unigram::from_json(config);
  }
  // Files written before the tag existed: the variants in tokenizers' declared order. WordPiece stands before
  // WordLevel, whose fields are a subset of its own. Each variant tells by the fields it cannot do without.
  check_model_type(config, "BPE, WordPiece, WordLevel or Unigram");
  const auto has = [&](std::string_view key) { return config.find(key).present(); };
  if (has("vocab") && has("merges")) return Bpe::from_json(config);
  if (has("vocab") && has("unk_token") && has("continuing_subword_prefix") && has("max_input_chars_per_word")) {
    return WordPiece::from_json(config);
  }
  if (has("vocab") && has("unk_token")) return WordLevel::from_json(config);
  if (has("vocab") && config.find("vocab").is_array()) return Unigram::from_json(config);
  fail(ErrorKind::format, "read " + config.document_name(), "a BPE, WordPiece, WordLevel or Unigram model object",
       "an object with the fields of none");
}

}  // namespace tokenspace
