#include "tokenspace/tokenizer.hpp"

#include <algorithm>
#include <limits>

#include "pipeline.hpp"
#include "tokenizer_engines.hpp"
#include "tokenspace/bpe.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/tokenizer_json.hpp"

namespace tokenspace {

namespace {

void check_size(std::string_view text) {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) {
    fail(ErrorKind::limit, "encode", "a text below 4 GiB", std::to_string(text.size()) + " bytes",
         "splitting it into parts");
  }
}

}  // namespace

Tokenizer::Tokenizer(TokenizerParts parts) : parts_(std::move(parts)), engines_(std::make_unique<Engines>()) {
  engines_->fast = detail::make_byte_level_engine(parts_);
  if (!engines_->fast) engines_->fast = detail::make_sentencepiece_engine(parts_);
  if (!engines_->fast) engines_->fast = detail::make_space_unit_engine(parts_);
  if (!engines_->fast) engines_->fast = detail::make_character_engine(parts_);
  if (parts_.post_processor) engines_->affixes = parts_.post_processor->single_affixes();
  if (const auto* bpe = dynamic_cast<const Bpe*>(parts_.model.get())) {
    engines_->own_dropout = bpe->options().dropout.value_or(0.0);
  }
}

Tokenizer::~Tokenizer() = default;

std::string_view Tokenizer::engine() const {
  return engines_->fast ? engines_->fast->name() : "general";
}
void Tokenizer::set_cache_budget(std::size_t bytes) const {
  engines_->pool.set_budget(bytes);
}
void Tokenizer::clear_cache() const {
  engines_->pool.clear();
}

Encoding Tokenizer::encode_sequence(const Sequence& sequence, std::uint32_t type_id, const EncodeOptions& options,
                                    Rng* rng, const Sampling& sampling) const {
  Encoding out;
  std::vector<Piece> pieces;
  const auto add = [&](std::string_view text, std::uint32_t forced_word) {
    check_size(text);
    const std::size_t first = out.offsets.size();
    pieces.clear();
    parts_.added.extract_and_normalize(text, parts_.normalizer.get(), options.special, pieces);
    detail::run_pieces(
        pieces, parts_.pre_tokenizer.get(), *parts_.model, sampling, rng, [&](const detail::PipelineToken& token) {
          // An added token's entry may be its normalized form, and the model may give its id too.
          const std::string* known = parts_.added.id_to_token(token.id);
          std::optional<std::string_view> shown;
          if (token.surface != nullptr) {
            shown = *token.surface;
          } else if (known != nullptr) {
            shown = parts_.model->id_to_token(token.id);
          }
          if (shown && (known == nullptr || *known != *shown)) {
            out.token_texts.emplace_back(static_cast<std::uint32_t>(out.ids.size()), std::string(*shown));
          }
          out.ids.push_back(token.id);
          out.offsets.push_back(token.span);
          out.words.push_back(forced_word == kNoWord ? token.word : forced_word);
        });
    out.char_offsets.insert(out.char_offsets.end(), out.offsets.begin() + static_cast<std::ptrdiff_t>(first),
                            out.offsets.end());
    to_code_points(text, std::span(out.char_offsets).subspan(first));
  };
  if (sequence.is_split) {
    for (std::size_t i = 0; i < sequence.words.size(); ++i) add(sequence.words[i], static_cast<std::uint32_t>(i));
  } else {
    add(sequence.text, kNoWord);
  }
  out.type_ids.assign(out.ids.size(), type_id);
  out.special_tokens_mask.assign(out.ids.size(), 0);
  out.attention_mask.assign(out.ids.size(), 1);
  return out;
}

Encoding Tokenizer::encode_unpadded(const Sequence& first, const Sequence* second, const EncodeOptions& options) const {
  Sampling sampling = options.sampling;
  if (sampling.dropout == 0.0) sampling.dropout = engines_->own_dropout;
  Rng rng(options.seed);
  Rng* random = sampling.dropout > 0.0 || sampling.alpha > 0.0 ? &rng : nullptr;
  std::vector<Encoding> encodings;
  encodings.push_back(encode_sequence(first, 0, options, random, sampling));
  if (second != nullptr) encodings.push_back(encode_sequence(*second, 1, options, random, sampling));

  const auto& truncation = options.use_own_truncation ? parts_.truncation : options.truncation;
  if (truncation) {
    Truncation limit = *truncation;
    const std::size_t added = options.add_special_tokens && parts_.post_processor
                                  ? parts_.post_processor->added_tokens(second != nullptr)
                                  : 0;
    // With less room than special tokens the reference's subtraction wraps around, and nothing is cut.
    if (added <= limit.max_length) {
      limit.max_length -= added;
      truncate_encodings(encodings[0], second != nullptr ? &encodings[1] : nullptr, limit);
    }
  }

  if (parts_.post_processor) {
    for (std::size_t i = 0; i < encodings.size(); ++i) {
      Encoding& encoding = encodings[i];
      const auto sequence = static_cast<std::uint32_t>(i);
      encoding.set_sequence_id(sequence);
      for (Encoding& overflow : encoding.overflowing) overflow.set_sequence_id(sequence);
      encoding.type_ids.assign(encoding.size(), sequence);
    }
    std::string text;  // the callback's result lives until its next call
    encodings = parts_.post_processor->process(std::move(encodings), options.add_special_tokens,
                                               [&](std::uint32_t id) -> std::string_view {
                                                 text = id_to_token(id).value_or("");
                                                 return text;
                                               });
  } else if (encodings.size() > 1) {
    for (std::size_t i = 0; i < encodings.size(); ++i) encodings[i].set_sequence_id(static_cast<std::uint32_t>(i));
  }
  Encoding result;  // a template may leave no encoding at all
  if (!encodings.empty()) result = std::move(encodings[0]);
  for (std::size_t i = 1; i < encodings.size(); ++i) result.merge_with(std::move(encodings[i]), false);
  return result;
}

Encoding Tokenizer::encode(const Sequence& first, const Sequence* second, const EncodeOptions& options) const {
  Encoding result = encode_unpadded(first, second, options);
  const auto& padding = options.use_own_padding ? parts_.padding : options.padding;
  if (!padding) return result;
  std::vector<Encoding> batch;
  batch.push_back(std::move(result));
  pad_encodings(batch, *padding);
  return std::move(batch[0]);
}

std::vector<Encoding> Tokenizer::encode_batch(std::span<const std::pair<Sequence, std::optional<Sequence>>> inputs,
                                              const EncodeOptions& options, unsigned threads) const {
  std::vector<Encoding> out(inputs.size());
  parallel_for(inputs.size(), 16, resolve_threads(threads), [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t i = begin; i < end; ++i) {
      EncodeOptions own = options;
      own.seed = options.seed + i;  // every text its own stream: the same for any number of threads
      out[i] = encode_unpadded(inputs[i].first, inputs[i].second ? &*inputs[i].second : nullptr, own);
    }
  });
  const auto& padding = options.use_own_padding ? parts_.padding : options.padding;
  if (padding) pad_encodings(out, *padding);
  return out;
}

std::vector<Segmentation> Tokenizer::alternatives(std::string_view text, std::size_t n) const {
  check_size(text);
  std::vector<Piece> pieces;
  parts_.added.extract_and_normalize(text, parts_.normalizer.get(), SpecialPolicy::allow, pieces);
  if (parts_.pre_tokenizer) parts_.pre_tokenizer->pre_tokenize(pieces);
  std::vector<Segmentation> best(1);
  for (const Piece& piece : pieces) {
    std::vector<Segmentation> own;
    if (piece.added) {
      const auto size = static_cast<std::uint32_t>(piece.text.normalized().size());
      own.push_back({{{piece.added_id, {0, size}}}, 0.0});
    } else {
      own = parts_.model->alternatives(piece.text.normalized(), n);
    }
    for (Segmentation& s : own) {
      for (ModelToken& token : s.tokens) token.span = detail::place_of(piece, token.span);
    }
    // The n best of all pairs (head, part): both lists are sorted by falling score, except that the chosen one leads.
    std::vector<Segmentation> joined;
    joined.reserve(best.size() * own.size());
    for (const Segmentation& head : best) {
      for (const Segmentation& part : own) {
        Segmentation both = head;
        both.tokens.insert(both.tokens.end(), part.tokens.begin(), part.tokens.end());
        both.score += part.score;
        joined.push_back(std::move(both));
      }
    }
    if (!joined.empty()) {
      std::stable_sort(joined.begin() + 1, joined.end(),
                       [](const Segmentation& a, const Segmentation& b) { return a.score > b.score; });
    }
    if (joined.size() > n) joined.resize(n);
    best = std::move(joined);
  }
  return best;
}

std::string Tokenizer::to_json() const {
  return write_tokenizer_json(*this);
}

}  // namespace tokenspace
