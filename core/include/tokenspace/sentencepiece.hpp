// SentencePiece models with SentencePiece's own semantics (0.2.3): normalizer, the four model types, decoder.
// read_sentencepiece() in tokenizer.hpp assembles them; docs/formats/sentencepiece.md states limits and refusals.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/decoder.hpp"
#include "tokenspace/model.hpp"
#include "tokenspace/normalizer.hpp"

namespace tokenspace::sentencepiece {

inline constexpr std::string_view kSpaceSymbol = "\xE2\x96\x81";  // U+2581, stands for a space inside pieces

enum class PieceType : std::uint8_t { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };
enum class ModelType : std::uint8_t { unigram = 1, bpe = 2, word = 3, character = 4 };

struct Piece {
  std::string_view text;
  float score = 0.0f;
  PieceType type = PieceType::normal;
};

struct NormalizerSpec {
  std::string_view name;
  std::string_view charsmap;
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
  bool whitespace_as_suffix = false;  // from the trainer's settings
};

// The parts of a ModelProto that encoding and decoding use. Views point into `bytes`, so the object is not movable.
struct ModelFile {
  std::string bytes;
  std::string name;  // for messages
  std::vector<Piece> pieces;
  ModelType type = ModelType::unigram;
  bool byte_fallback = false;
  std::string_view unk_piece, bos_piece, eos_piece, pad_piece;  // empty: the default names
  std::optional<std::string_view> unk_surface;
  NormalizerSpec normalizer;
  std::optional<NormalizerSpec> denormalizer;

  ModelFile() = default;
  ModelFile(const ModelFile&) = delete;
  ModelFile& operator=(const ModelFile&) = delete;
};

// Reads the protobuf wire format; unknown fields are skipped, memory is bounded by the file's size. Error(format) names
// the byte where the file stops making sense.
std::shared_ptr<const ModelFile> parse_model(std::string bytes, std::string name);

class Vocabulary;  // the pieces, checked and indexed (core/src/sentencepiece/vocabulary.hpp)
std::shared_ptr<const Vocabulary> make_vocabulary(std::shared_ptr<const ModelFile> file);

// Character map, user-defined symbols, dummy prefix, white space, malformed bytes.
class SentencePieceNormalizer final : public Normalizer {
 public:
  // `vocabulary` gives the user-defined symbols, which are left untouched; null for a denormalizer. Error(format) when
  // the character map is broken (every index in it is checked here, once).
  SentencePieceNormalizer(const NormalizerSpec& spec, std::shared_ptr<const Vocabulary> vocabulary,
                          const std::string& name);
  ~SentencePieceNormalizer() override;

  void normalize(AlignedText& text) const override;
  // `out` is replaced. `origin`, when not null, gets out.size() + 1 entries: byte i of `out` comes from input byte
  // origin[i] on, so that token [b, e) covers input bytes [origin[b], origin[e]) as SentencePiece reports them.
  void normalize(std::string_view text, std::string& out, std::vector<std::uint32_t>* origin) const;

  const NormalizerSpec& spec() const;
  // True when a rule of the character map or a user-defined symbol has U+0020 in what it matches.
  bool matches_hold_space() const;
  // The same normalizer with add_dummy_prefix on.
  std::unique_ptr<SentencePieceNormalizer> with_dummy_prefix() const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

// What the four model types share.
class SentencePieceModel : public Model {
 public:
  explicit SentencePieceModel(std::shared_ptr<const Vocabulary> vocabulary) : vocabulary_(std::move(vocabulary)) {}
  std::optional<std::uint32_t> token_to_id(std::string_view token) const override;
  std::optional<std::string_view> id_to_token(std::uint32_t id) const override;
  std::size_t vocab_size() const override;
  std::uint32_t id_bound() const override;
  std::string to_json() const override;

  // False when a text may be cut before every U+2581 and the parts tokenized on their own (Unigram: with the score
  // carried over) with the same result: no piece holds U+2581 behind its start and U+2581 itself is a piece.
  bool pieces_cross_spaces() const { return pieces_cross_spaces_; }
  const Vocabulary& vocabulary() const { return *vocabulary_; }

 protected:
  std::shared_ptr<const Vocabulary> vocabulary_;
  bool pieces_cross_spaces_ = true;
};

// Unknown text: without byte fallback, neighbouring unknown parts are one token; with it, a token per byte, where all
// but the last have an empty span at the start of the unknown part and the last spans it (as SentencePiece's begin and
// end).
class BpeModel final : public SentencePieceModel {
 public:
  explicit BpeModel(std::shared_ptr<const Vocabulary> vocabulary);
  ~BpeModel() override;
  std::string_view kind() const override { return "BPE"; }
  // O(n log n); cut first where no piece joins two neighbouring characters, so ordinary text costs O(n).
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override;
  void sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const override;
  std::vector<Segmentation> alternatives(std::string_view piece, std::size_t n) const override;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

class UnigramModel final : public SentencePieceModel {
 public:
  explicit UnigramModel(std::shared_ptr<const Vocabulary> vocabulary);
  ~UnigramModel() override;
  std::string_view kind() const override { return "Unigram"; }
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override;
  // nbest_size > 1: among the n best with weights p^alpha; otherwise over all segmentations of the lattice.
  void sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const override;
  std::vector<Segmentation> alternatives(std::string_view piece, std::size_t n) const override;

  // Best path by SentencePiece's EncodeOptimized in float32, starting from the score of the text before; returns the
  // score after. `margin`, when given, receives the smallest difference between two candidates that met at one
  // position: a larger rounding error of the start score is needed to change the result.
  float viterbi(std::string_view normalized, float start_score, std::vector<ModelToken>& out,
                float* margin = nullptr) const;
  // Scores past this magnitude are rebased inside viterbi(), as in the reference.
  static constexpr float kScoreReset = 100000.0f;
  float score(std::uint32_t id) const;  // of a piece as viterbi() adds it
  float unknown_score() const;          // of one unknown character

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

class CharModel final : public SentencePieceModel {
 public:
  explicit CharModel(std::shared_ptr<const Vocabulary> vocabulary);
  std::string_view kind() const override { return "Char"; }
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override;
};

class WordModel final : public SentencePieceModel {
 public:
  explicit WordModel(std::shared_ptr<const Vocabulary> vocabulary);
  std::string_view kind() const override { return "Word"; }
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override;
};

// Control pieces vanish, the unknown piece becomes its surface, runs of byte pieces become characters (U+FFFD for each
// byte that is in none), the leading U+2581 goes with the dummy prefix, the others become spaces.
class SentencePieceDecoder final : public Decoder {
 public:
  explicit SentencePieceDecoder(std::shared_ptr<const Vocabulary> vocabulary);
  ~SentencePieceDecoder() override;
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override;
  std::string token_bytes(std::string token) const override;

 private:
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::unique_ptr<const SentencePieceNormalizer> denormalizer_;
};

std::shared_ptr<const SentencePieceModel> make_model(std::shared_ptr<const Vocabulary> vocabulary);

}  // namespace tokenspace::sentencepiece
