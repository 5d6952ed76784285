// Word-by-word encoding with SentencePiece's own semantics. A word behind the first is its space and the rest; the rest
// is normalized with a dummy prefix, which stands for the space (and swallows more of them when white space is
// collapsed).
//
// Unigram: the reference adds float32 scores along the whole text, so rounding depends on all that came before. A word
// whose candidates are never closer than rounding can move them is the same everywhere and may be remembered; the
// others are run again from the exact score so far, which is the sum over the ids already out.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "../sentencepiece/vocabulary.hpp"
#include "engine.hpp"
#include "growing_sinks.hpp"
#include "space_cuts.hpp"
#include "tokenspace/sentencepiece.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/watch.hpp"
#include "unit_loop.hpp"

namespace tokenspace::detail {

namespace sp = tokenspace::sentencepiece;

namespace {

constexpr std::size_t kChunk = 8192;
constexpr std::size_t kUnigramChunk = 512;  // between two looks at the score: see Running

// Contexts of a unit, as cache tags: whether it is the first, and four levels of the score so far. The further the
// score, the larger the margin a word needs to be the same as elsewhere.
enum Tag : unsigned { kInner = 0, kFirst = 1 };
constexpr unsigned kLevelShift = 1;
constexpr unsigned kLevels = 4;
constexpr float kLevelBound[kLevels] = {16384.0f, 32768.0f, 65536.0f, sp::UnigramModel::kScoreReset};

// One float32 addition below 2^14 rounds by at most 2^-11, and twice that for each level up. Two paths through a word
// of n bytes have at most 2 n additions; twice that is asked for.
float rounding_bound(std::size_t bytes, unsigned level) {
  return static_cast<float>(std::max<std::size_t>(bytes, 8)) / static_cast<float>(512u >> level);
}

// Unigram ids wait in the output with what their scores need until catch_up() takes them in: an unknown token adds the
// unknown score once for each of its characters, a byte token that is not the last of its character adds nothing.
constexpr unsigned kRepeatShift = 22;
constexpr std::uint32_t kIdMask = (1u << kRepeatShift) - 1;
constexpr std::uint32_t kNoScore = 1023;

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
        scores_.push_back(unigram_->score(id));
        is_byte_.push_back(model_->id_to_token(id).value_or("").starts_with("<0x"));
        largest_score_ = std::max(largest_score_, std::fabs(scores_.back()));
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
  void encode_spans(std::string_view segment, Position, std::uint32_t shift, OffsetUnit, Scratch& scratch, Ids& out,
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
    std::string plain, with, followed;
    inner_->normalize("x", plain, nullptr);
    inner_->normalize(text, with, nullptr);
    // White space at the end of a rule's replacement is trimmed there, and seen only when something follows.
    inner_->normalize(text + "x", followed, nullptr);
    if (followed.size() <= with.size() || !followed.starts_with(with) ||
        followed.find(sp::kSpaceSymbol, with.size()) == with.size()) {
      return false;
    }
    return with.size() > plain.size() && with.starts_with(plain) && !with.ends_with(sp::kSpaceSymbol) &&
           with.back() != ' ' && !unsafe_last_[static_cast<unsigned char>(with.back())];
  }

  template <class Sink>
  void run(std::string_view segment, Scratch& scratch, UnitCache& cache, bool spans, Ids& out, Sink& sink) const {
    Running running;
    running.counted = out.size();
    unsigned tag = kFirst;
    for (std::size_t begin = 0; begin < segment.size();) {
      look_up();
      const std::size_t end = next_cut(segment, begin + (unigram_ != nullptr ? kUnigramChunk : kChunk), safe_);
      scratch.ends.clear();
      cut_at_spaces(segment, begin, end, safe_, scratch.ends);
      unsigned level = 0;
      if (unigram_ != nullptr) {
        catch_up(running, out);
        while (level < kLevels && reaches(running.score, end - begin, kLevelBound[level])) ++level;
      }
      if (level == kLevels) {
        run_exactly(segment, begin, tag, scratch, cache, spans, out, running, sink);
      } else {
        run_units(
            segment, begin, scratch.ends, tag | level << kLevelShift, kInner | level << kLevelShift, cache,
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
    if (unigram_ != nullptr) catch_up(running, out);
  }

  // True when the score may pass `bound` within `bytes` more.
  bool reaches(float score, std::size_t bytes, float bound) const {
    return std::fabs(score) + static_cast<float>(bytes + 1) * largest_score_ > bound;
  }

  template <class Sink>
  void run_exactly(std::string_view segment, std::size_t chunk_begin, unsigned tag, Scratch& scratch, UnitCache& cache,
                   bool spans, Ids& out, Running& running, Sink& sink) const {
    constexpr unsigned kLast = (kLevels - 1) << kLevelShift;
    std::uint32_t begin = 0;
    Buffer<std::uint32_t> one(1);
    for (const std::uint32_t end : scratch.ends) {
      const std::string_view unit = segment.substr(chunk_begin + begin, end - begin);
      catch_up(running, out);
      if (reaches(running.score, unit.size(), sp::UnigramModel::kScoreReset)) {
        encode_from(unit, tag, spans, out, running, scratch.unit_ids);
        sink.put(chunk_begin + begin, scratch.unit_ids.data(), scratch.unit_ids.size());
      } else {
        one[0] = end - begin;
        run_units(
            segment, chunk_begin + begin, one, tag | kLast, kInner | kLast, cache,
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

  // Takes the scores of the ids that came since, and leaves them as plain ids.
  void catch_up(Running& running, Ids& out) const {
    float score = running.score;
    for (std::size_t i = running.counted; i < out.size(); ++i) {
      const std::uint32_t id = out[i];
      if (id <= kIdMask) [[likely]] {
        score = scores_[id] + score;
        continue;
      }
      const std::uint32_t repeat = id >> kRepeatShift;
      for (std::uint32_t k = 0; repeat != kNoScore && k < repeat; ++k) score = unigram_->unknown_score() + score;
      out[i] = id & kIdMask;
    }
    running.score = score;
    running.counted = out.size();
  }

  // Encodes a unit into `values`; true when the result is the same wherever the unit stands.
  [[gnu::noinline]] bool encode_unit(std::string_view unit, unsigned tag, bool spans, Ids& out, Running& running,
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
      anywhere = margin > rounding_bound(normalized.size(), tag >> kLevelShift) && mark_unknown(normalized, tokens);
      if (!anywhere) {
        encode_from(unit, tag, spans, out, running, values);
        return false;
      }
    }
    store(tokens, tag, spans, origin, values);
    return true;
  }

  // Puts the marks of kRepeatShift on unknown tokens; false when one is too long for them.
  bool mark_unknown(std::string_view normalized, std::vector<ModelToken>& tokens) const {
    for (ModelToken& token : tokens) {
      if (!token.unknown_surface && !is_byte_[token.id]) continue;
      const std::size_t characters = utf8::count_code_points(normalized.substr(token.span.begin, token.span.size()));
      if (characters >= kNoScore) return false;
      token.id |= static_cast<std::uint32_t>(characters == 0 ? kNoScore : characters) << kRepeatShift;
    }
    return true;
  }

  void encode_from(std::string_view unit, unsigned tag, bool spans, Ids& out, Running& running,
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

  void normalize(std::string_view unit, unsigned tag, std::string& normalized,
                 std::vector<std::uint32_t>* origin) const {
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
  std::vector<float> scores_;
  std::vector<bool> is_byte_;
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
  if (model->id_bound() > kIdMask) return nullptr;
  if (!spec.escape_whitespaces || spec.whitespace_as_suffix || normalizer->matches_hold_space()) return nullptr;
  // U+2581 must be a piece in use, or unknown text could join across it (as unknown words do); no piece may reach back
  // over it.
  if (dynamic_cast<const sp::WordModel*>(model.get()) != nullptr) return nullptr;
  const auto space = model->vocabulary().find_text_piece(sp::kSpaceSymbol);
  if (!space || model->vocabulary().type(*space) == sp::PieceType::unused) return nullptr;
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
