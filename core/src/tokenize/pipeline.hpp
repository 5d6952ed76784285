// The general path from text to tokens: exact for every configuration, and the miss handler of the fast engines.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/encoding.hpp"
#include "tokenspace/tokenizer.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::detail {

// Receives the tokens of a text in order. Spans are bytes of the user's text.
struct PipelineToken {
  std::uint32_t id;
  Span span;
  std::uint32_t word;          // index of the piece
  const std::string* surface;  // text of an unknown token that shows its surface and of an added token, else nullptr
};

// Where a model's token of `piece` stands in the user's text. A model's spans may overshoot the piece (a byte-fallback
// suffix); the piece is all there is to point at. An empty span (SentencePiece's byte pieces but the last) stands where
// the byte behind it came from.
inline Span place_of(const Piece& piece, Span span) {
  const auto size = static_cast<std::uint32_t>(piece.text.normalized().size());
  const Span inside{std::min(span.begin, size), std::min(span.end, size)};
  const bool stands = inside.begin == inside.end && inside.begin < size;
  Span where = piece.text.to_original(stands ? Span{inside.begin, inside.begin + 1} : inside);
  if (stands) where.end = where.begin;
  return where;
}

// Runs one sequence through added tokens, normalizer, pre-tokenizer and model.
template <class Emit>
void run_pieces(std::vector<Piece>& pieces, const PreTokenizer* pre_tokenizer, const Model& model,
                const Sampling& sampling, Rng* rng, Emit emit) {
  if (pre_tokenizer != nullptr) pre_tokenizer->pre_tokenize(pieces);
  std::vector<ModelToken> tokens;
  std::string surface;
  std::uint32_t word = 0;
  for (const Piece& piece : pieces) {
    look_up();
    if (piece.added) {
      // With lstrip or rstrip the token's text takes the white space in.
      surface.assign(piece.text.normalized());
      emit(PipelineToken{piece.added_id, piece.text.original_range(), word++, &surface});
      continue;
    }
    tokens.clear();
    const std::string_view text = piece.text.normalized();
    if (rng != nullptr) {
      model.sample(text, sampling, *rng, tokens);
    } else {
      model.tokenize(text, tokens);
    }
    for (const ModelToken& token : tokens) {
      if (token.unknown_surface) {
        const std::size_t begin = std::min<std::size_t>(token.span.begin, text.size());
        surface.assign(text.substr(begin, token.span.end - begin));
      }
      emit(PipelineToken{token.id, place_of(piece, token.span), word, token.unknown_surface ? &surface : nullptr});
    }
    ++word;
  }
}

}  // namespace tokenspace::detail
