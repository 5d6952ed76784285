// Word-by-word encoding for tokenizers whose components never look across a run of spaces: BERT and its kin, Metaspace
// tokenizers (T5, XLM-R), Llama-style BPE over U+2581. A miss runs the general pipeline on the word.
#include <algorithm>
#include <cstring>

#include "engine.hpp"
#include "growing_sinks.hpp"
#include "pipeline.hpp"
#include "space_cuts.hpp"
#include "space_unit_config.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/watch.hpp"
#include "unit_loop.hpp"

namespace tokenspace::detail {

namespace {

constexpr std::size_t kChunk = 8192;

// Contexts of a unit, as cache tags: the first of a text also gets what is put before the text.
enum Tag : unsigned { kInner = 0, kTextStart = 1, kAfterAdded = 2 };

class SpaceUnitEngine final : public Engine {
 public:
  SpaceUnitEngine(SpaceUnitConfig config, const TokenizerParts& parts)
      : config_(std::move(config)),
        full_(parts.normalizer),
        pre_tokenizer_(parts.pre_tokenizer),
        model_(parts.model),
        safe_([this](char32_t c) { return may_cut_behind(config_, c); }) {
    if (config_.graphemes) {
      survives_ = std::make_unique<SafeBeforeSpace>([this](char32_t c) {
        std::string text;
        utf8::append(text, c);
        return !normalized(text).empty();
      });
    }
  }

  std::string_view name() const override { return "space-unit"; }
  bool normal_form() const override { return false; }

  bool accepts(std::string_view text) const override {
    for (const char anchor : config_.anchors) {
      if (std::memchr(text.data(), anchor, text.size()) != nullptr) return false;
    }
    if (config_.anchors_need_ascii && std::any_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; }))
      return false;
    return true;
  }

  bool accepts_segment(std::string_view text) const override {
    if (text.empty()) return true;
    if (survives_ && !first_survives(text)) return false;
    if (!config_.strips) return true;
    const char* p = text.data();
    const char* last = text.data() + text.size() - 1;
    while (last > text.data() && utf8::is_continuation(static_cast<unsigned char>(*last))) --last;
    return !unicode::is_white_space(utf8::decode_unchecked(p)) &&
           !unicode::is_white_space(utf8::decode_unchecked(last));
  }

  void encode(std::string_view segment, Position position, Scratch& scratch, Ids& out) const override {
    GrowingIdSink sink{out};
    run(segment, position, scratch, scratch.ids, false, sink);
  }
  void encode_spans(std::string_view segment, Position position, std::uint32_t shift, OffsetUnit, Scratch& scratch,
                    Ids& out, Buffer<Span>& spans) const override {
    GrowingTripleSink sink{out, spans, shift};
    run(segment, position, scratch, scratch.spans, true, sink);
  }
  std::uint64_t count(std::string_view segment, Position position, Scratch& scratch) const override {
    CountSink sink;
    run(segment, position, scratch, scratch.ids, false, sink);
    return sink.n;
  }

 private:
  // Precompiled loses count of what it removes before the first character that stays: every span behind it is moved.
  // Only the whole text shows that.
  bool first_survives(std::string_view text) const {
    const std::size_t size = unicode::grapheme_length(text);
    const auto lead = static_cast<unsigned char>(text[0]);
    if (size == utf8::sequence_length(lead) && lead > ' ') return (*survives_)(text.data(), text.data() + size);
    return !normalized(std::string(text.substr(0, size))).empty();
  }

  std::string normalized(const std::string& text) const {
    AlignedText aligned(text);
    if (config_.inner) config_.inner->normalize(aligned);
    return std::string(aligned.normalized());
  }

  template <class Sink>
  void run(std::string_view segment, Position position, Scratch& scratch, UnitCache& cache, bool spans,
           Sink& sink) const {
    unsigned tag = position == Position::text_start ? kTextStart : kAfterAdded;
    for (std::size_t begin = 0; begin < segment.size();) {
      look_up();
      const std::size_t end = next_cut(segment, begin + kChunk, safe_);
      scratch.ends.clear();
      cut_at_spaces(segment, begin, end, safe_, scratch.ends);
      run_units(
          segment, begin, scratch.ends, tag, kInner, cache,
          [&](std::string_view unit, const UnitKey* key, std::uint64_t hash,
              unsigned unit_tag) -> const std::vector<std::uint32_t>& {
            encode_unit(unit, unit_tag, spans, scratch.unit_ids);
            remember(cache, unit, key, hash, unit_tag, scratch.unit_ids);
            return scratch.unit_ids;
          },
          sink);
      tag = kInner;
      begin = end;
    }
  }

  [[gnu::noinline]] void encode_unit(std::string_view unit, unsigned tag, bool spans,
                                     std::vector<std::uint32_t>& values) const {
    values.clear();
    // Only a text's first unit stands at offset 0, which Metaspace's "first" asks for.
    const std::uint32_t shift = tag == kTextStart ? 0 : 1;
    AlignedText text(unit, shift);
    const Normalizer* normalizer = tag == kInner ? config_.inner.get() : full_.get();
    if (normalizer != nullptr) {
      normalizer->normalize(text);
      // As for whole texts: a unit whose first characters were removed no longer stands at offset 0.
      text = text.slice({0, static_cast<std::uint32_t>(text.normalized().size())});
    }
    if (text.empty()) return;
    std::vector<Piece> pieces;
    pieces.push_back({std::move(text), false, 0});
    run_pieces(pieces, pre_tokenizer_.get(), *model_, {}, nullptr, [&](const PipelineToken& token) {
      values.push_back(token.id);
      if (!spans) return;
      values.push_back(token.span.begin - shift);
      values.push_back(token.span.end - shift);
    });
  }

  SpaceUnitConfig config_;
  std::shared_ptr<const Normalizer> full_;
  std::shared_ptr<const PreTokenizer> pre_tokenizer_;
  std::shared_ptr<const Model> model_;
  SafeBeforeSpace safe_;
  std::unique_ptr<SafeBeforeSpace> survives_;  // with graphemes only: does a character leave anything?
};

}  // namespace

std::unique_ptr<Engine> make_space_unit_engine(const TokenizerParts& parts) {
  auto config = space_unit_config(parts);
  if (!config) return nullptr;
  return std::make_unique<SpaceUnitEngine>(std::move(*config), parts);
}

}  // namespace tokenspace::detail
