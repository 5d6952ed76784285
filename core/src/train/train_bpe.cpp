#include "tokenspace/train_bpe.hpp"

#include <algorithm>

#include "bpe_merger.hpp"
#include "bpe_spelling.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::train {

namespace {

// Whether 16 bits hold every id that `tokens` has and will get: half the memory, and twice the words in a cache line.
bool narrow(const TokenTable& tokens, const BpeOptions& options) {
  return std::max(tokens.size(), options.vocab_size) <= std::size_t{1} << 16;
}

template <class Symbol>
std::vector<BpeMerge> merge(BpeWords<Symbol> words, TokenTable& tokens, const BpeOptions& options, Control& control) {
  return BpeMerger<Symbol>(words, tokens, options, control).run();
}

// The words as the tokens the model makes of them.
template <class Symbol>
BpeWords<Symbol> tokenize_words(const WordCounts& words, const Model& model, bool raw_bytes, Control& control) {
  constexpr std::size_t kCheckEvery = 1 << 12;
  BpeWords<Symbol> out;
  std::vector<ModelToken> pieces;
  std::string characters;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    std::string_view word = words.word(i);
    if (raw_bytes) {
      characters.clear();
      for (const char byte : word) utf8::append(characters, byte_to_char(static_cast<unsigned char>(byte)));
      word = characters;
    }
    pieces.clear();
    model.tokenize(word, pieces);
    const std::size_t begin = out.symbols.size();
    for (const ModelToken& piece : pieces) out.symbols.push_back(static_cast<Symbol>(piece.id));
    out.close(begin, words.counts[i]);
    check_symbols(out.symbols.size());
  }
  return out;
}

}  // namespace

BpeResult train_bpe(const WordCounts& words, const BpeOptions& options, Control& control) {
  TokenTable tokens;
  const Spelling spelling(words, options, tokens, control);
  BpeResult result;
  result.merges = narrow(tokens, options)
                      ? merge(spell_words<std::uint16_t>(words, spelling, control), tokens, options, control)
                      : merge(spell_words<std::uint32_t>(words, spelling, control), tokens, options, control);
  result.vocab = tokens.take();
  return result;
}

BpeResult extend_bpe(const WordCounts& words, const Tokenizer& tokenizer, const BpeOptions& options, Control& control) {
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
  BpeResult result;
  const bool raw = options.raw_bytes;
  result.merges = narrow(tokens, options)
                      ? merge(tokenize_words<std::uint16_t>(words, model, raw, control), tokens, options, control)
                      : merge(tokenize_words<std::uint32_t>(words, model, raw, control), tokens, options, control);
  result.vocab = tokens.take();
  for (std::uint32_t id = 0; id < bound; ++id) {
    if (result.vocab[id].starts_with('\xFF')) result.vocab[id].clear();
  }
  return result;
}

}  // namespace tokenspace::train
