// Models: what turns one piece into tokens. BPE, WordPiece, Unigram, WordLevel of tokenizer.json; SentencePiece's four
// types (sentencepiece.hpp); byte-level BPE by rank (tiktoken).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/json.hpp"
#include "tokenspace/span.hpp"

namespace tokenspace {

// A token of one piece; `span` are bytes of the piece as the model received it. `unknown_surface` asks that the token's
// text be the surface and not the entry's (Unigram and SentencePiece show the surface of unknown tokens).
struct ModelToken {
  std::uint32_t id = 0;
  Span span;
  bool unknown_surface = false;
};

using Rng = std::mt19937_64;

// Random alternatives (T18). All zero: the deterministic segmentation.
struct Sampling {
  double dropout = 0.0;  // BPE: probability that a merge is skipped; WordPiece: that a match is passed over
  double alpha = 0.0;    // Unigram: smoothing of p(x)^alpha; with nbest_size < 0 or 0 over all segmentations
  int nbest_size = 0;    // Unigram: sample among the n best only (> 1)
};

struct Segmentation {
  std::vector<ModelToken> tokens;
  double score = 0.0;  // Unigram: log-probability. BPE: minus the number of merges not taken
};

class Model {
 public:
  virtual ~Model() = default;
  virtual std::string_view kind() const = 0;  // "BPE", "WordPiece", "Unigram", "WordLevel", "Char", "Word"

  // Appends the tokens of `piece` (valid UTF-8 unless the model is byte-level). Thread-safe. Linear or n log n.
  virtual void tokenize(std::string_view piece, std::vector<ModelToken>& out) const = 0;
  // The same with alternatives drawn at random; the default ignores `sampling`.
  virtual void sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const {
    (void)sampling, (void)rng;
    tokenize(piece, out);
  }
  // Up to n distinct segmentations, best first; the first is tokenize()'s.
  virtual std::vector<Segmentation> alternatives(std::string_view piece, std::size_t n) const {
    (void)n;
    std::vector<Segmentation> out(1);
    tokenize(piece, out[0].tokens);
    return out;
  }

  virtual std::optional<std::uint32_t> token_to_id(std::string_view token) const = 0;
  virtual std::optional<std::string_view> id_to_token(std::uint32_t id) const = 0;
  virtual std::size_t vocab_size() const = 0;  // number of entries
  virtual std::uint32_t id_bound() const = 0;  // largest id + 1
  virtual std::string to_json() const = 0;     // the "model" object of tokenizer.json
};

// BPE, WordPiece, Unigram, WordLevel; without "type" tries each in the reference's declared order.
std::shared_ptr<const Model> model_from_json(Json config);

}  // namespace tokenspace
