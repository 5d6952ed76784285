// The general path from text to tokens: exact for every configuration, and the miss handler of the fast engines.
#pragma once

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
      // A model's spans may overshoot the piece (a byte-fallback suffix); the piece is all there is to point at.
      const auto size = static_cast<std::uint32_t>(text.size());
      const Span inside{std::min(token.span.begin, size), std::min(token.span.end, size)};
      if (token.unknown_surface) surface.assign(text.substr(inside.begin, inside.size()));
      // An empty span (SentencePiece's byte pieces but the last) stands where the byte behind it came from.
      const bool stands = inside.begin == inside.end && inside.begin < size;
      Span where = piece.text.to_original(stands ? Span{inside.begin, inside.begin + 1} : inside);
      if (stands) where.end = where.begin;
      emit(PipelineToken{token.id, where, word, token.unknown_surface ? &surface : nullptr});
    }
    ++word;
  }
}

}  // namespace tokenspace::detail
