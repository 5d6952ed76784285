// A SentencePiece .model file as a Tokenizer: one normalizer, one model and one decoder with the library's own rules.
#include "tokenspace/error.hpp"
#include "tokenspace/tokenizer.hpp"
#include "vocabulary.hpp"

namespace tokenspace {

std::shared_ptr<const Tokenizer> read_sentencepiece(std::string_view bytes, std::string name,
                                                    const SentencePieceOptions& options) {
  namespace sp = sentencepiece;
  const auto file = sp::parse_model(std::string(bytes), std::move(name));
  const auto vocabulary = sp::make_vocabulary(file);
  TokenizerParts parts;
  parts.format = "sentencepiece";
  parts.default_special = SpecialPolicy::as_text;
  parts.normalizer = std::make_shared<const sp::SentencePieceNormalizer>(file->normalizer, vocabulary, file->name);
  parts.model = sp::make_model(vocabulary);
  parts.decoder = std::make_shared<const sp::SentencePieceDecoder>(vocabulary);

  // User-defined symbols are the model's affair; the unknown piece must stay decodable, so it is not special either.
  std::vector<AddedTokens::Entry> control;
  for (std::uint32_t id = 0; id < vocabulary->size(); ++id) {
    if (vocabulary->type(id) != sp::PieceType::control) continue;
    AddedToken token;
    token.content = vocabulary->text(id);
    token.normalized = false;
    token.special = true;
    control.push_back({std::move(token), id});
  }
  parts.added = AddedTokens(std::move(control), *parts.model, parts.normalizer.get());

  using Marked = std::optional<std::pair<std::string, std::uint32_t>>;
  const auto mark = [&](bool wanted, std::string_view given, std::string_view fallback) -> Marked {
    if (!wanted) return std::nullopt;
    const std::string text(given.empty() ? fallback : given);
    const auto id = vocabulary->find(text);
    if (!id || vocabulary->type(*id) != sp::PieceType::control) {
      fail(ErrorKind::invalid_argument, "read " + file->name, "a control symbol " + text + " to add",
           "a model without it", "add_bos and add_eos false");
    }
    return std::make_pair(text, *id);
  };
  const Marked bos = mark(options.add_bos, file->bos_piece, "<s>");
  const Marked eos = mark(options.add_eos, file->eos_piece, "</s>");
  if (bos || eos) parts.post_processor = make_bos_eos(bos, eos);
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace tokenspace
