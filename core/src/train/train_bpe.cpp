#include "tokenspace/train_bpe.hpp"

#include "bpe_merger.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::train {

BpeResult train_bpe(const WordCounts& words, const BpeOptions& options, Control& control) {
  TokenTable tokens;
  BpeWords spelled = spell_words(words, options, tokens, control);
  BpeResult result;
  result.merges = BpeMerger(spelled, tokens, options, control).run();
  result.vocab = tokens.take();
  return result;
}

BpeResult extend_bpe(const WordCounts& words, const Tokenizer& tokenizer, const BpeOptions& options, Control& control) {
  constexpr std::size_t kCheckEvery = 1 << 12;
  const Model& model = *tokenizer.parts().model;
  TokenTable tokens;
  const std::uint32_t bound = tokenizer.id_bound();
  for (std::uint32_t id = 0; id < bound; ++id) {
    std::string text(model.id_to_token(id).value_or(""));
    // An id without an entry keeps its place under a text no token can have.
    if (text.empty()) text = "\xFF" + std::to_string(id);
    const auto length = static_cast<std::uint32_t>(utf8::count_code_points(text));
    if (tokens.add(std::move(text), length) != id) {
      fail(ErrorKind::invalid_argument, "train", "a vocabulary of different entries", "an entry twice");
    }
  }
  BpeWords spelled;
  std::vector<ModelToken> pieces;
  std::string characters;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    std::string_view word = words.word(i);
    if (options.raw_bytes) {
      characters.clear();
      for (const char byte : word) utf8::append(characters, byte_to_char(static_cast<unsigned char>(byte)));
      word = characters;
    }
    pieces.clear();
    model.tokenize(word, pieces);
    const std::size_t begin = spelled.symbols.size();
    for (const ModelToken& piece : pieces) spelled.symbols.push_back(piece.id);
    spelled.close(begin, words.counts[i]);
    BpeWords::check_size(spelled.symbols.size());
  }
  BpeResult result;
  result.merges = BpeMerger(spelled, tokens, options, control).run();
  result.vocab = tokens.take();
  for (std::uint32_t id = 0; id < bound; ++id) {
    if (result.vocab[id].starts_with('\xFF')) result.vocab[id].clear();
  }
  return result;
}

}  // namespace tokenspace::train
