// SentencePiece's character and word models, and what all four models share.
#include "vocabulary.hpp"

namespace tokenspace::sentencepiece {

std::optional<std::uint32_t> SentencePieceModel::token_to_id(std::string_view token) const {
  return vocabulary_->find(token);
}

std::optional<std::string_view> SentencePieceModel::id_to_token(std::uint32_t id) const {
  if (id >= vocabulary_->size()) return std::nullopt;
  return vocabulary_->text(id);
}

std::size_t SentencePieceModel::vocab_size() const {
  return vocabulary_->size();
}
std::uint32_t SentencePieceModel::id_bound() const {
  return static_cast<std::uint32_t>(vocabulary_->size());
}

namespace {

void put(const Vocabulary& vocabulary, std::string_view text, std::size_t begin, std::size_t end, TokenSink& sink) {
  const auto id = vocabulary.find_text_piece(text.substr(begin, end - begin));
  if (id && vocabulary.type(*id) != PieceType::unused) {
    sink.known(*id, begin, end);
  } else {
    sink.unknown(begin, end);
  }
}

}  // namespace

CharModel::CharModel(std::shared_ptr<const Vocabulary> vocabulary) : SentencePieceModel(std::move(vocabulary)) {
  pieces_cross_spaces_ = vocabulary_->pieces_cross_spaces();
}

void CharModel::tokenize(std::string_view piece, std::vector<ModelToken>& out) const {
  TokenSink sink(*vocabulary_, piece, out);
  for (std::size_t at = 0; at < piece.size();) {
    const std::string_view rest = piece.substr(at);
    std::size_t length = vocabulary_->user_defined().match(rest);
    if (length == 0) length = char_length(rest);
    put(*vocabulary_, piece, at, at + length, sink);
    at += length;
  }
}

// Words may be unknown as a whole, and neighbouring unknown words are one token: units are never independent.
WordModel::WordModel(std::shared_ptr<const Vocabulary> vocabulary) : SentencePieceModel(std::move(vocabulary)) {}

void WordModel::tokenize(std::string_view piece, std::vector<ModelToken>& out) const {
  TokenSink sink(*vocabulary_, piece, out);
  // A word starts at the start of the text and at every U+2581, also when white space is a suffix (as the reference has
  // it).
  std::size_t begin = 0;
  for (std::size_t at = 0; at < piece.size();) {
    const std::size_t length = char_length(piece.substr(at));
    if (at > begin && piece.substr(at, length) == kSpaceSymbol) {
      put(*vocabulary_, piece, begin, at, sink);
      begin = at;
    }
    at += length;
  }
  if (begin < piece.size()) put(*vocabulary_, piece, begin, piece.size(), sink);
}

std::shared_ptr<const SentencePieceModel> make_model(std::shared_ptr<const Vocabulary> vocabulary) {
  switch (vocabulary->file().type) {
    case ModelType::bpe:
      return std::make_shared<const BpeModel>(std::move(vocabulary));
    case ModelType::word:
      return std::make_shared<const WordModel>(std::move(vocabulary));
    case ModelType::character:
      return std::make_shared<const CharModel>(std::move(vocabulary));
    case ModelType::unigram:
      break;
  }
  return std::make_shared<const UnigramModel>(std::move(vocabulary));
}

}  // namespace tokenspace::sentencepiece
