// One character, one token: WordLevel behind a split into code points. A table of code points instead of a piece, a
// look-up by text and an alignment for each character.
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/utf8.hpp"
#include "tokenspace/watch.hpp"
#include "tokenspace/word_level.hpp"

namespace tokenspace::detail {

namespace {

constexpr std::size_t kChunk = 8192;  // bytes of text between two looks at the watch

class CharacterEngine final : public Engine {
 public:
  CharacterEngine(const WordLevel& model, std::uint32_t unknown) : unknown_(unknown) {
    const Vocab& vocab = model.vocab();
    for (const Vocab::Entry& entry : vocab.entries()) {
      const std::string_view text = vocab.text(entry);
      if (text.empty() || utf8::valid_sequence_length(text) != text.size()) continue;
      const char* p = text.data();
      const char32_t c = utf8::decode_unchecked(p);
      if (c >= ids_.size()) ids_.resize(c + 1, unknown_);
      ids_[c] = entry.id;
    }
  }

  std::string_view name() const override { return "character"; }
  bool accepts(std::string_view) const override { return true; }
  bool normal_form() const override { return true; }
  bool counts_code_points() const override { return true; }

  void encode(std::string_view segment, Position, Scratch&, Ids& out) const override {
    const std::size_t first = out.size();
    const std::size_t n = utf8::count_code_points(segment);
    out.resize(first + n);
    each(segment, [&, at = out.data() + first](std::uint32_t id, const char*, const char*) mutable { *at++ = id; });
  }

  void encode_spans(std::string_view segment, Position, std::uint32_t shift, OffsetUnit unit, Scratch&, Ids& out,
                    Buffer<Span>& spans) const override {
    const std::size_t first = out.size();
    const std::size_t first_span = spans.size();
    const std::size_t n = utf8::count_code_points(segment);
    out.resize(first + n);
    spans.resize(first_span + n);
    std::uint32_t* id_at = out.data() + first;
    Span* span_at = spans.data() + first_span;
    if (unit == OffsetUnit::code_points) {
      each(segment, [&, place = shift](std::uint32_t id, const char*, const char*) mutable {
        *id_at++ = id;
        *span_at++ = {place, place + 1};
        ++place;
      });
      return;
    }
    each(segment, [&](std::uint32_t id, const char* begin, const char* end) {
      *id_at++ = id;
      *span_at++ = {shift + static_cast<std::uint32_t>(begin - segment.data()),
                    shift + static_cast<std::uint32_t>(end - segment.data())};
    });
  }

  std::uint64_t count(std::string_view segment, Position, Scratch&) const override {
    return utf8::count_code_points(segment);
  }

 private:
  // take(id, begin, end) of every character.
  template <class Take>
  void each(std::string_view segment, Take take) const {
    const char* p = segment.data();
    const char* const end = p + segment.size();
    while (p < end) {
      look_up();
      const char* const stop = p + std::min<std::size_t>(kChunk, static_cast<std::size_t>(end - p));
      while (p < stop) {
        const char* const begin = p;
        const char32_t c = utf8::decode_unchecked(p);
        take(c < ids_.size() ? ids_[c] : unknown_, begin, p);
      }
    }
  }

  std::uint32_t unknown_;
  std::vector<std::uint32_t> ids_;  // by code point
};

// A split whose every match is one code point; its pieces are the same whether matches are kept or what is between.
bool splits_characters(const PreTokenizer& pre_tokenizer) {
  const JsonDocument document = JsonDocument::parse(pre_tokenizer.json(), "pre_tokenizer");
  const Json root = document.root();
  if (!root.is_object()) return false;
  const Json type = root.find("type");
  const Json behavior = root.find("behavior");
  const Json pattern = root.find("pattern");
  const Json regex = pattern.is_object() ? pattern.find("Regex") : Json();
  if (!type.is_string() || type.as_string() != "Split" || !behavior.is_string() || !regex.is_string()) return false;
  return behavior.as_string() == "Isolated" && (regex.as_string() == "[\\s\\S]" || regex.as_string() == "[\\S\\s]");
}

}  // namespace

std::unique_ptr<Engine> make_character_engine(const TokenizerParts& parts) {
  const auto* words = dynamic_cast<const WordLevel*>(parts.model.get());
  if (words == nullptr || parts.normalizer || !parts.pre_tokenizer) return nullptr;
  const auto unknown = words->token_to_id(words->unk_token());
  // Without it a character outside the vocabulary is an error, which the general path tells.
  if (!unknown || parts.pre_tokenizer->json().empty() || !splits_characters(*parts.pre_tokenizer)) return nullptr;
  return std::make_unique<CharacterEngine>(*words, *unknown);
}

}  // namespace tokenspace::detail
