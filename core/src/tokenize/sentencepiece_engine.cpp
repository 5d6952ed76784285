// Word-by-word encoding with SentencePiece's own semantics. A word behind the first is its space and the rest; the rest is
// normalized with a dummy prefix, which stands for the space (and swallows more of them when white space is collapsed).
//
// Unigram: the reference adds float32 scores along the whole text, so rounding depends on all that came before. A word whose
// candidates are never closer than rounding can move them is the same everywhere and may be remembered; the others are run
// again from the exact score so far, which is the sum over the ids already out.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "engine.hpp"
#include "growing_sinks.hpp"
#include "space_cuts.hpp"
#include "tokenspace/sentencepiece.hpp"
#include "tokenspace/unicode.hpp"
#include "unit_loop.hpp"

namespace tokenspace::detail {

namespace sp = tokenspace::sentencepiece;

namespace {

constexpr std::size_t kChunk = 8192;
constexpr std::size_t kUnigramChunk = 512;   // between two looks at the score: see Running

// kFar: the score so far is beyond kNear, so that a word needs a larger margin to be the same as elsewhere.
enum Tag : unsigned { kInner = 0, kFirst = 1, kFar = 2 };
constexpr float kNear = 16384.0f;

// One float32 addition below 2^14 rounds by at most 2^-11; below UnigramModel::kScoreReset = 1e5 by at most 2^-8. Two paths through
// a word of n bytes have at most 2 n additions; twice that is asked for.
float rounding_bound(std::size_t bytes, bool far) {
  return static_cast<float>(std::max<std::size_t>(bytes, 8)) / (far ? 64.0f : 512.0f);
}

// The exact float32 score of a text so far.
struct Running {
  float score = 0.0f;
  std::size_t counted = 0;  // ids whose scores are in
};

class SentencePieceEngine final : public Engine {
 public:
  SentencePieceEngine(std::shared_ptr<const sp::SentencePieceNormalizer> first,
                      std::shared_ptr<const sp::SentencePieceModel> model, const std::array<bool, 256>& unsafe_last)
      : first_(std::move(first)),
        inner_(first_->with_dummy_prefix()),
        model_(std::move(model)),
        unigram_(dynamic_cast<const sp::UnigramModel*>(model_.get())),
        unsafe_last_(unsafe_last),
        safe_([this](char32_t c) { return probe(c); }) {
    if (unigram_ != nullptr) {
      largest_score_ = std::fabs(unigram_->unknown_score());
      for (std::uint32_t id = 0; id < model_->id_bound(); ++id) {
        largest_score_ = std::max(largest_score_, std::fabs(unigram_->score(id)));
      }
    }
  }

  std::string_view name() const override { return "sentencepiece"; }
  bool normal_form() const override { return false; }
  bool accepts(std::string_view) const override { return true; }

  void encode(std::string_view segment, Position, Scratch& scratch, Ids& out) const override {
    GrowingIdSink sink{out};
    run(segment, scratch, scratch.ids, false, out, sink);
  }
  void encode_spans(std::string_view segment, Position, std::uint32_t shift, Scratch& scratch, Ids& out,
                    Buffer<Span>& spans) const override {
    GrowingTripleSink sink{out, spans, shift};
    run(segment, scratch, scratch.spans, true, out, sink);
  }
  std::uint64_t count(std::string_view segment, Position position, Scratch& scratch) const override {
    Ids ids;  // Unigram needs the ids for its running score
    encode(segment, position, scratch, ids);
    return ids.size();
  }

 private:
  bool probe(char32_t c) const {
    std::string text = "x";
    utf8::append(text, c);
    if (unsafe_last_[static_cast<unsigned char>(text.back())]) return false;
    std::string plain, with;
    inner_->normalize("x", plain, nullptr);
    inner_->normalize(text, with, nullptr);
    return with.size() > plain.size() && with.starts_with(plain) && !with.ends_with(sp::kSpaceSymbol) && with.back() != ' ' &&
           !unsafe_last_[static_cast<unsigned char>(with.back())];
  }

  template <class Sink>
  void run(std::string_view segment, Scratch& scratch, UnitCache& cache, bool spans, const Ids& out, Sink& sink) const {
    Running running;
    running.counted = out.size();
    unsigned tag = kFirst;
    for (std::size_t begin = 0; begin < segment.size();) {
      const std::size_t end = next_cut(segment, begin + (unigram_ != nullptr ? kUnigramChunk : kChunk), safe_);
      scratch.ends.clear();
      cut_at_spaces(segment, begin, end, safe_, scratch.ends);
      unsigned far = 0;
      if (unigram_ != nullptr) {
        catch_up(running, out);
        far = reaches(running.score, end - begin, kNear) ? kFar : 0;
      }
      if (far != 0 && reaches(running.score, end - begin, sp::UnigramModel::kScoreReset)) {
        run_exactly(segment, begin, tag, scratch, cache, spans, out, running, sink);
      } else {
        run_units(
            segment, begin, scratch.ends, tag | far, kInner | far, cache,
            [&](std::string_view unit, const UnitKey* key, std::uint64_t hash,
                unsigned unit_tag) -> const std::vector<std::uint32_t>& {
              if (encode_unit(unit, unit_tag, spans, out, running, scratch.unit_ids)) {
                remember(cache, unit, key, hash, unit_tag, scratch.unit_ids);
              }
              return scratch.unit_ids;
            },
            sink);
      }
      tag = kInner;
      begin = end;
    }
  }

  // True when the score may pass `bound` within `bytes` more.
  bool reaches(float score, std::size_t bytes, float bound) const {
    return std::fabs(score) + static_cast<float>(bytes + 1) * largest_score_ > bound;
  }

  template <class Sink>
  void run_exactly(std::string_view segment, std::size_t chunk_begin, unsigned tag, Scratch& scratch, UnitCache& cache,
                   bool spans, const Ids& out, Running& running, Sink& sink) const {
    std::uint32_t begin = 0;
    std::vector<std::uint32_t> one(1);
    for (const std::uint32_t end : scratch.ends) {
      const std::string_view unit = segment.substr(chunk_begin + begin, end - begin);
      catch_up(running, out);
      if (reaches(running.score, unit.size(), sp::UnigramModel::kScoreReset)) {
        encode_from(unit, tag, spans, out, running, scratch.unit_ids);
        sink.put(chunk_begin + begin, scratch.unit_ids.data(), scratch.unit_ids.size());
      } else {
        one[0] = end - begin;
        run_units(
            segment, chunk_begin + begin, one, tag | kFar, kInner | kFar, cache,
            [&](std::string_view text, const UnitKey* key, std::uint64_t hash,
                unsigned unit_tag) -> const std::vector<std::uint32_t>& {
              if (encode_unit(text, unit_tag, spans, out, running, scratch.unit_ids)) {
                remember(cache, text, key, hash, unit_tag, scratch.unit_ids);
              }
              return scratch.unit_ids;
            },
            sink);
      }
      tag = kInner;
      begin = end;
    }
  }

  void catch_up(Running& running, const Ids& out) const {
    for (; running.counted < out.size(); ++running.counted) {
      running.score = unigram_->score(out[running.counted]) + running.score;
    }
  }

  // Encodes a unit into `values`; true when the result is the same wherever the unit stands.
  [[gnu::noinline]] bool encode_unit(std::string_view unit, unsigned tag, bool spans, const Ids& out, Running& running,
                                     std::vector<std::uint32_t>& values) const {
    std::string normalized;
    std::vector<std::uint32_t> origin;
    normalize(unit, tag, normalized, spans ? &origin : nullptr);
    std::vector<ModelToken> tokens;
    bool anywhere = true;
    if (unigram_ == nullptr) {
      model_->tokenize(normalized, tokens);
    } else {
      float margin = 0.0f;
      unigram_->viterbi(normalized, 0.0f, tokens, &margin);
      // Unknown characters are joined in the output, so their scores cannot be read back from it.
      const bool known = std::none_of(tokens.begin(), tokens.end(), [&](const ModelToken& t) { return is_unknown(t); });
      anywhere = known && margin > rounding_bound(normalized.size(), (tag & kFar) != 0);
      if (!anywhere) {
        encode_from(unit, tag, spans, out, running, values);
        return false;
      }
    }
    store(tokens, tag, spans, origin, values);
    return true;
  }

  bool is_unknown(const ModelToken& token) const {
    return token.unknown_surface || model_->id_to_token(token.id).value_or("").starts_with("<0x");
  }

  void encode_from(std::string_view unit, unsigned tag, bool spans, const Ids& out, Running& running,
                   std::vector<std::uint32_t>& values) const {
    std::string normalized;
    std::vector<std::uint32_t> origin;
    normalize(unit, tag, normalized, spans ? &origin : nullptr);
    catch_up(running, out);
    std::vector<ModelToken> tokens;
    running.score = unigram_->viterbi(normalized, running.score, tokens);
    running.counted = out.size() + tokens.size();
    store(tokens, tag, spans, origin, values);
  }

  void normalize(std::string_view unit, unsigned tag, std::string& normalized, std::vector<std::uint32_t>* origin) const {
    if ((tag & kFirst) != 0) {
      first_->normalize(unit, normalized, origin);
      return;
    }
    const std::string_view rest = unit.substr(1);
    inner_->normalize(rest, normalized, origin);
    if (rest.empty() && !inner_->spec().remove_extra_whitespaces) {
      normalized = sp::kSpaceSymbol;
      if (origin != nullptr) origin->assign(normalized.size() + 1, 0);
    }
  }

  void store(const std::vector<ModelToken>& tokens, unsigned tag, bool spans, const std::vector<std::uint32_t>& origin,
             std::vector<std::uint32_t>& values) const {
    values.clear();
    for (const ModelToken& token : tokens) {
      values.push_back(token.id);
      if (!spans) continue;
      std::uint32_t begin = origin[token.span.begin];
      std::uint32_t end = origin[token.span.end];
      if ((tag & kFirst) == 0) {  // the dummy prefix is the space at 0, what follows stands one further
        begin = token.span.begin == 0 ? 0 : begin + 1;
        end = token.span.end == 0 ? 0 : end + 1;
      }
      values.push_back(begin);
      values.push_back(end);
    }
  }

  std::shared_ptr<const sp::SentencePieceNormalizer> first_;
  std::unique_ptr<const sp::SentencePieceNormalizer> inner_;
  std::shared_ptr<const sp::SentencePieceModel> model_;
  const sp::UnigramModel* unigram_;  // null for the other types
  float largest_score_ = 0.0f;
  std::array<bool, 256> unsafe_last_;
  SafeBeforeSpace safe_;
};

}  // namespace

std::unique_ptr<Engine> make_sentencepiece_engine(const TokenizerParts& parts) {
  auto normalizer = std::dynamic_pointer_cast<const sp::SentencePieceNormalizer>(parts.normalizer);
  auto model = std::dynamic_pointer_cast<const sp::SentencePieceModel>(parts.model);
  if (!normalizer || !model || parts.pre_tokenizer || parts.added.has_normalized()) return nullptr;
  const sp::NormalizerSpec& spec = normalizer->spec();
  if (!spec.escape_whitespaces || spec.whitespace_as_suffix || normalizer->matches_hold_space()) return nullptr;
  // U+2581 must be a piece, or unknown text could join across it; and no piece may reach back over it.
  if (!model->token_to_id(sp::kSpaceSymbol)) return nullptr;
  std::array<bool, 256> unsafe_last{};
  for (std::uint32_t id = 0; id < model->id_bound(); ++id) {
    const std::string_view text = model->id_to_token(id).value_or("");
    for (std::size_t at = text.find(sp::kSpaceSymbol, 1); at != std::string_view::npos;
         at = text.find(sp::kSpaceSymbol, at + 1)) {
      unsafe_last[static_cast<unsigned char>(text[at - 1])] = true;
    }
  }
  return std::make_unique<SentencePieceEngine>(std::move(normalizer), std::move(model), unsafe_last);
}

}  // namespace tokenspace::detail
