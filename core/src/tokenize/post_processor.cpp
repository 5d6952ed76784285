#include "tokenspace/post_processor.hpp"

#include <algorithm>

#include "special_pieces.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {
namespace {

using detail::NamedId;

constexpr char32_t kSpaceChar = 0x120;  // 'Ġ', the space of the byte-level alphabet

std::string_view token_text(const Encoding& encoding, std::size_t index, std::size_t& next_text,
                            const PostProcessor::TokenText& text) {
  while (next_text < encoding.token_texts.size() && encoding.token_texts[next_text].first < index) ++next_text;
  if (next_text < encoding.token_texts.size() && encoding.token_texts[next_text].first == index) {
    return encoding.token_texts[next_text].second;
  }
  return text(encoding.ids[index]);
}

// Bert and Roberta: cls A sep, then B sep or sep B sep. Masks are written anew, as the reference does.
class PairProcessor final : public PostProcessor {
 public:
  struct Options {
    bool roberta = false;
    bool trim_offsets = false;
    bool add_prefix_space = false;
  };

  PairProcessor(NamedId sep, NamedId cls, Options options)
      : sep_(std::move(sep)), cls_(std::move(cls)), options_(options) {
    json_ = options_.roberta ? "{\"type\":\"RobertaProcessing\",\"sep\":" : "{\"type\":\"BertProcessing\",\"sep\":";
    detail::append_named_id(json_, sep_);
    json_.append(",\"cls\":");
    detail::append_named_id(json_, cls_);
    if (options_.roberta) {
      json_.append(options_.trim_offsets ? ",\"trim_offsets\":true" : ",\"trim_offsets\":false");
      json_.append(options_.add_prefix_space ? ",\"add_prefix_space\":true" : ",\"add_prefix_space\":false");
    }
    json_.push_back('}');
  }

  std::size_t added_tokens(bool is_pair) const override { return !is_pair ? 2 : options_.roberta ? 4 : 3; }

  std::vector<Encoding> process(std::vector<Encoding> encodings, bool add_special_tokens,
                                const TokenText& text) const override {
    for (Encoding& encoding : encodings) {
      if (options_.trim_offsets) {
        detail::trim_offsets(encoding, options_.add_prefix_space, text);
        for (Encoding& other : encoding.overflowing) detail::trim_offsets(other, options_.add_prefix_space, text);
      }
      if (options_.roberta) std::fill(encoding.type_ids.begin(), encoding.type_ids.end(), 0U);
    }
    if (!add_special_tokens) return encodings;
    for (std::size_t i = 0; i < encodings.size(); ++i) {
      for (Encoding& other : encodings[i].overflowing) {
        if (options_.roberta) std::fill(other.type_ids.begin(), other.type_ids.end(), 0U);
        other.overflowing.clear();
        other = wrap(std::move(other), i != 0, text);
      }
      std::vector<Encoding> overflowing = std::move(encodings[i].overflowing);
      encodings[i] = wrap(std::move(encodings[i]), i != 0, text);
      encodings[i].overflowing = std::move(overflowing);
    }
    return encodings;
  }

  std::optional<Affixes> single_affixes() const override { return Affixes{{cls_.second}, {sep_.second}}; }
  Trim trim() const override { return {options_.trim_offsets, options_.add_prefix_space}; }

 private:
  Encoding wrap(Encoding body, bool second, const TokenText& text) const {
    std::fill(body.special_tokens_mask.begin(), body.special_tokens_mask.end(), std::uint8_t{0});
    std::fill(body.attention_mask.begin(), body.attention_mask.end(), std::uint8_t{1});
    body.sequence_ranges.clear();
    body.set_sequence_id(second ? 1 : 0);
    Encoding out;
    if (!second) detail::push_special(out, cls_, 0, text);
    if (second && options_.roberta) detail::push_special(out, sep_, 0, text);
    out.merge_with(std::move(body), false);
    detail::push_special(out, sep_, second && !options_.roberta ? 1 : 0, text);
    return out;
  }

  NamedId sep_, cls_;
  Options options_;
};

// Offset trimming only. The component is shared with the pre-tokenizer, hence the options it does not use.
class ByteLevelProcessor final : public PostProcessor {
 public:
  ByteLevelProcessor(bool add_prefix_space, bool trim_offsets, bool use_regex)
      : add_prefix_space_(add_prefix_space), trim_offsets_(trim_offsets) {
    json_ = "{\"type\":\"ByteLevel\"";
    json_.append(add_prefix_space ? ",\"add_prefix_space\":true" : ",\"add_prefix_space\":false");
    json_.append(trim_offsets ? ",\"trim_offsets\":true" : ",\"trim_offsets\":false");
    json_.append(use_regex ? ",\"use_regex\":true}" : ",\"use_regex\":false}");
  }

  std::size_t added_tokens(bool) const override { return 0; }

  std::vector<Encoding> process(std::vector<Encoding> encodings, bool, const TokenText& text) const override {
    for (std::size_t i = 0; i < encodings.size(); ++i) {
      if (trim_offsets_) {
        detail::trim_offsets(encodings[i], add_prefix_space_, text);
        for (Encoding& other : encodings[i].overflowing) detail::trim_offsets(other, add_prefix_space_, text);
      }
      encodings[i].set_sequence_id(static_cast<std::uint32_t>(i));
    }
    return encodings;
  }

  std::optional<Affixes> single_affixes() const override { return Affixes{}; }
  Trim trim() const override { return {trim_offsets_, add_prefix_space_}; }

 private:
  bool add_prefix_space_;
  bool trim_offsets_;
};

class SequenceProcessor final : public PostProcessor {
 public:
  explicit SequenceProcessor(std::vector<std::shared_ptr<const PostProcessor>> processors)
      : processors_(std::move(processors)) {
    json_ = "{\"type\":\"Sequence\",\"processors\":[";
    for (std::size_t i = 0; i < processors_.size(); ++i) {
      json_.append(i == 0 ? "" : ",").append(processors_[i]->json());
    }
    json_.append("]}");
  }

  std::size_t added_tokens(bool is_pair) const override {
    std::size_t count = 0;
    for (const auto& processor : processors_) count += processor->added_tokens(is_pair);
    return count;
  }

  std::vector<Encoding> process(std::vector<Encoding> encodings, bool add_special_tokens,
                                const TokenText& text) const override {
    for (const auto& processor : processors_)
      encodings = processor->process(std::move(encodings), add_special_tokens, text);
    return encodings;
  }

  // Only for the plain case: at most one processor trims, then at most one adds tokens.
  std::optional<Affixes> single_affixes() const override {
    Affixes all;
    bool trimmed = false;
    bool adds = false;
    for (const auto& processor : processors_) {
      const std::optional<Affixes> own = processor->single_affixes();
      if (!own) return std::nullopt;
      const bool own_trim = processor->trim().trim;
      const bool own_adds = processor->added_tokens(false) > 0 || processor->added_tokens(true) > 0;
      if ((own_trim && (trimmed || adds)) || (own_adds && adds)) return std::nullopt;
      trimmed = trimmed || own_trim;
      adds = adds || own_adds;
      if (own_adds) all = *own;
    }
    return all;
  }

  Trim trim() const override {
    for (const auto& processor : processors_) {
      if (processor->trim().trim) return processor->trim();
    }
    return {};
  }

 private:
  std::vector<std::shared_ptr<const PostProcessor>> processors_;
};

bool is_bool(Json value) {
  return value.type() == Json::Type::boolean;
}

}  // namespace

namespace detail {

void push_special(Encoding& encoding, const NamedId& token, std::uint32_t type_id,
                  const PostProcessor::TokenText& text) {
  if (text(token.second) != token.first) {
    encoding.token_texts.emplace_back(static_cast<std::uint32_t>(encoding.size()), token.first);
  }
  encoding.ids.push_back(token.second);
  encoding.type_ids.push_back(type_id);
  encoding.offsets.push_back({});
  encoding.char_offsets.push_back({});
  encoding.words.push_back(kNoWord);
  encoding.special_tokens_mask.push_back(1);
  encoding.attention_mask.push_back(1);
}

void trim_offsets(Encoding& encoding, bool add_prefix_space, const PostProcessor::TokenText& text) {
  std::size_t next_text = 0;
  for (std::size_t i = 0; i < encoding.size(); ++i) {
    const SpaceTrim trim(token_text(encoding, i, next_text, text), i == 0, add_prefix_space);
    encoding.offsets[i] = trim.bytes(encoding.offsets[i]);
    encoding.char_offsets[i] = trim.code_points(encoding.char_offsets[i]);
  }
}

bool is_named_id(Json value) {
  if (!value.is_array() || value.size() != 2 || !value[0].is_string() || value[1].type() != Json::Type::number)
    return false;
  const double id = value[1].as_double();
  return id >= 0 && id <= 4294967295.0;
}

NamedId named_id_from_json(Json value) {
  return {std::string(value[0].as_string()), value[1].as_u32()};
}

void append_named_id(std::string& out, const NamedId& token) {
  out.push_back('[');
  append_json_string(out, token.first);
  out.append(",").append(std::to_string(token.second)).push_back(']');
}

}  // namespace detail

// A white space character covers as many bytes of the user's text as it has itself (it can only come from an added
// token, whose text is the user's); 'Ġ' stands for one byte.
SpaceTrim::SpaceTrim(std::string_view text, bool first, bool add_prefix_space)
    : first_(first), add_prefix_space_(add_prefix_space) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  const auto width = [](char32_t c) -> std::uint32_t {
    if (c == kSpaceChar) return 1;
    if (!unicode::is_white_space(c)) return 0;
    return c < 0x80 ? 1 : c < 0x800 ? 2 : 3;  // no white space lies above U+FFFF
  };
  for (const char* p = begin; p < end; ++leading_) {
    const std::uint32_t bytes = width(utf8::decode_unchecked(p));
    if (bytes == 0) break;
    leading_bytes_ += bytes;
  }
  for (const char* p = end; p > begin; ++trailing_) {
    do --p;
    while (p > begin && utf8::is_continuation(static_cast<unsigned char>(*p)));
    const char* at = p;
    const std::uint32_t bytes = width(utf8::decode_unchecked(at));
    if (bytes == 0) break;
    trailing_bytes_ += bytes;
  }
}

Span SpaceTrim::apply(Span span, std::uint32_t leading, std::uint32_t trailing) const {
  if (leading > 0) {
    // A single leading space of the first token is the one add_prefix_space put there.
    const bool added = (first_ || span.begin == 0) && add_prefix_space_ && leading_ == 1;
    if (!added) span.begin = std::min(span.begin + leading, span.end);
  }
  if (trailing > 0 && span.end >= trailing) span.end = std::max(span.end - trailing, span.begin);
  return span;
}

// The reference tries each variant in this order and looks at "type" only where said: Roberta's fields are Bert's and
// more.
std::shared_ptr<const PostProcessor> post_processor_from_json(Json config) {
  if (!config.has_value()) return nullptr;
  if (config.is_object()) {
    const Json type = config.find("type");
    const bool has_pair = detail::is_named_id(config.find("sep")) && detail::is_named_id(config.find("cls"));
    const Json trim = config.find("trim_offsets");
    const Json prefix = config.find("add_prefix_space");
    if (has_pair) {
      PairProcessor::Options options;
      options.roberta = is_bool(trim) && is_bool(prefix);
      options.trim_offsets = options.roberta && trim.as_bool();
      options.add_prefix_space = options.roberta && prefix.as_bool();
      return std::make_shared<PairProcessor>(detail::named_id_from_json(config.find("sep")),
                                             detail::named_id_from_json(config.find("cls")), options);
    }
    const Json use_regex = config.find("use_regex");
    if (type.is_string() && type.as_string() == "ByteLevel" && is_bool(trim) && is_bool(prefix) &&
        (!use_regex.present() || is_bool(use_regex))) {
      return std::make_shared<ByteLevelProcessor>(prefix.as_bool(), trim.as_bool(),
                                                  !use_regex.present() || use_regex.as_bool());
    }
    if (detail::is_template(config)) return detail::template_from_json(config);
    const Json processors = config.find("processors");
    if (type.is_string() && type.as_string() == "Sequence" && processors.is_array()) {
      std::vector<std::shared_ptr<const PostProcessor>> parts;
      parts.reserve(processors.size());
      for (auto it = processors.begin(); it; it.next()) {
        if (auto part = post_processor_from_json(it.value())) {
          parts.push_back(std::move(part));
        } else {
          fail(ErrorKind::format, "read " + config.document_name(), "a post-processor in the Sequence",
               "null at byte " + std::to_string(it.value().position()));
        }
      }
      return std::make_shared<SequenceProcessor>(std::move(parts));
    }
  }
  fail(ErrorKind::format, "read " + config.document_name(),
       "a post_processor: BertProcessing, RobertaProcessing, ByteLevel, TemplateProcessing or Sequence with all its "
       "fields",
       "another value at byte " + std::to_string(config.position()));
}

}  // namespace tokenspace
