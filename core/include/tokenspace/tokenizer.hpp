// The whole pipeline: added tokens -> normalizer -> pre-tokenizer -> model -> truncation -> post-processor -> padding,
// and back. Immutable after construction, safe to use from any number of threads at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/added_tokens.hpp"
#include "tokenspace/buffer.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/encoding.hpp"
#include "tokenspace/model.hpp"
#include "tokenspace/normalizer.hpp"
#include "tokenspace/post_processor.hpp"
#include "tokenspace/pre_tokenizer.hpp"

namespace tokenspace {

struct TokenizerParts {
  std::shared_ptr<const Normalizer> normalizer;  // any may be null but the model
  std::shared_ptr<const PreTokenizer> pre_tokenizer;
  std::shared_ptr<const Model> model;
  std::shared_ptr<const PostProcessor> post_processor;
  std::shared_ptr<const Decoder> decoder;
  AddedTokens added;
  std::optional<Truncation> truncation;
  std::optional<Padding> padding;
  std::string format;  // "tokenizer.json", "tiktoken", "sentencepiece", "vocab.txt", ...
  // What a special token in the text means when the caller states no policy. SentencePiece itself never sees one there.
  SpecialPolicy default_special = SpecialPolicy::allow;
};

// One sequence as the caller gives it: raw text, or words already split (is_split).
struct Sequence {
  std::string_view text;
  std::span<const std::string_view> words;
  bool is_split = false;
};

struct EncodeOptions {
  bool add_special_tokens = true;
  SpecialPolicy special = SpecialPolicy::allow;
  Sampling sampling;
  std::uint64_t seed = 0;
  // Overrides of the tokenizer's own settings; `use_own_*` false and empty optional = off.
  bool use_own_truncation = true, use_own_padding = true;
  std::optional<Truncation> truncation;
  std::optional<Padding> padding;
};

// Ragged batch: text i owns elements [row_ends[i-1], row_ends[i]) (row 0 starts at 0) of the flat arrays.
struct BatchIds {
  Buffer<std::uint32_t> ids;
  std::vector<std::uint64_t> row_ends;
  Buffer<Span> offsets;            // in code points or bytes, only when asked for
  std::size_t text_bytes = 0;      // of the rows so far
  std::size_t expected_bytes = 0;  // of all rows there will be, 0 when not known: sizes the arrays
};
enum class OffsetUnit : std::uint8_t { none, bytes, code_points };

class Tokenizer {
 public:
  explicit Tokenizer(TokenizerParts parts);
  ~Tokenizer();
  const TokenizerParts& parts() const { return parts_; }

  // Everything about one text or pair.
  Encoding encode(const Sequence& first, const Sequence* second, const EncodeOptions& options) const;
  std::vector<Encoding> encode_batch(std::span<const std::pair<Sequence, std::optional<Sequence>>> inputs,
                                     const EncodeOptions& options, unsigned threads) const;

  // The fast way: ids (and offsets) of single texts without padding. Same ids as encode().
  void encode_ids(std::string_view text, const EncodeOptions& options, Buffer<std::uint32_t>& out) const;
  BatchIds encode_batch_ids(std::span<const std::string_view> texts, const EncodeOptions& options, OffsetUnit unit,
                            unsigned threads) const;
  // Appends the rows of more texts to `out`: long batches go in parts, between which the caller may stop.
  void encode_batch_ids(std::span<const std::string_view> texts, const EncodeOptions& options, OffsetUnit unit,
                        unsigned threads, BatchIds& out) const;
  // Number of tokens encode_ids would give, without building them.
  std::uint64_t count(std::string_view text, const EncodeOptions& options) const;
  std::vector<std::uint64_t> count_batch(std::span<const std::string_view> texts, const EncodeOptions& options,
                                         unsigned threads) const;

  std::vector<Segmentation> alternatives(std::string_view text, std::size_t n) const;  // T18; ids over the whole text

  std::string decode(std::span<const std::uint32_t> ids, bool skip_special_tokens) const;
  std::string decode_bytes(std::span<const std::uint32_t> ids, bool skip_special_tokens) const;

  std::optional<std::uint32_t> token_to_id(std::string_view token) const;
  std::optional<std::string> id_to_token(std::uint32_t id) const;
  std::optional<std::string> id_to_bytes(std::uint32_t id) const;  // the bytes the token stands for in text
  std::size_t vocab_size(bool with_added) const;
  std::uint32_t id_bound() const;  // largest id + 1

  std::string to_json() const;  // a complete tokenizer.json; Error(unsupported) when a part has no such form

  // Which engine encode_ids uses, for `env` and tests: "byte-level", "bert", "metaspace", ..., "general".
  std::string_view engine() const;
  void set_cache_budget(std::size_t bytes) const;  // per tokenizer, all threads together
  void clear_cache() const;

 private:
  TokenizerParts parts_;
  struct Engines;
  std::unique_ptr<Engines> engines_;

  Encoding encode_sequence(const Sequence& sequence, std::uint32_t type_id, const EncodeOptions& options, Rng* rng,
                           const Sampling& sampling) const;
  Encoding encode_unpadded(const Sequence& first, const Sequence* second, const EncodeOptions& options) const;
  bool fast_path(const EncodeOptions& options) const;
  void split_added(std::string_view text, SpecialPolicy policy, std::vector<AddedTokens::Segment>& out) const;
  void encode_row(std::string_view text, const EncodeOptions& options, struct Row& row) const;
};

// Byte offsets into `text` -> code points, in place. Spans need not be sorted.
void to_code_points(std::string_view text, std::span<Span> spans);

// ---- readers (core/src/formats/) : text or bytes in memory, `name` for messages ----
std::shared_ptr<const Tokenizer> read_tokenizer_json(std::string text, std::string name);
// `pattern`: the split regex. `special`: added special tokens with their ids.
std::shared_ptr<const Tokenizer> read_tiktoken(std::string_view bytes, std::string name, std::string pattern,
                                               std::vector<std::pair<std::string, std::uint32_t>> special);
// As the sentencepiece library loads it: encoding adds neither BOS nor EOS unless asked for here, and control symbols
// in text are text (parts().default_special).
struct SentencePieceOptions {
  bool add_bos = false;
  bool add_eos = false;
};
std::shared_ptr<const Tokenizer> read_sentencepiece(std::string_view bytes, std::string name,
                                                    const SentencePieceOptions& options = {});
struct BertOptions {
  bool lowercase = true;
  bool tokenize_chinese_chars = true;
  std::optional<bool> strip_accents;
  std::string unk = "[UNK]", sep = "[SEP]", cls = "[CLS]", pad = "[PAD]", mask = "[MASK]";
};
std::shared_ptr<const Tokenizer> read_bert_vocab(std::string_view text, std::string name, const BertOptions& options);
struct ByteLevelOptions {
  bool add_prefix_space = false;
  bool trim_offsets = false;  // GPT-2; RoBERTa trims
  std::vector<AddedToken> special;
};
std::shared_ptr<const Tokenizer> read_vocab_merges(std::string vocab_json, std::string_view merges, std::string name,
                                                   const ByteLevelOptions& options);
std::shared_ptr<const Tokenizer> read_clip(std::string_view bpe_text, std::string name);  // already gunzipped
std::shared_ptr<const Tokenizer> read_tekken(std::string text, std::string name);
// whitespace | char | byte; word and char need a vocabulary (one entry a line), byte has none.
std::shared_ptr<const Tokenizer> make_byte_tokenizer();

// ---- compiled cache (docs/formats/compiled.md) ----
std::string write_compiled(const Tokenizer& tokenizer, std::string_view source_digest);
std::shared_ptr<const Tokenizer> read_compiled(std::string_view mapped,
                                               std::string name);  // the caller keeps the mapping alive
// The same from a file, mapped. Error(io) when it cannot be opened.
std::shared_ptr<const Tokenizer> read_compiled_file(const std::string& path, std::string name);

}  // namespace tokenspace
