// The small normalizers of tokenizer.json, and the choice among all 14.
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "byte_level_text.hpp"
#include "component_json.hpp"
#include "normalizers.hpp"
#include "tokenspace/text_rewriter.hpp"

namespace tokenspace {
namespace {

using component_json::boolean;
using component_json::quoted;

// A normalizer without options.
template <void (*Apply)(AlignedText&)>
class Plain : public Normalizer {
 public:
  explicit Plain(std::string_view type) { json_ = "{\"type\":" + quoted(type) + "}"; }
  void normalize(AlignedText& text) const override { Apply(text); }
};

template <unicode::Form Form>
void to_form(AlignedText& text) {
  text.normalize(Form);
}

void lowercase(AlignedText& text) {
  text.lowercase();
}

void strip_accents(AlignedText& text) {
  text.filter([](char32_t c) { return c < 0x300 || !unicode::is_combining_mark(c); });
}

void nmt(AlignedText& text) {
  text.filter([](char32_t c) {
    const bool removed =
        (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F;
    return !removed;
  });
  text.map([](char32_t c) {
    const bool space = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 ||
                       (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF ||
                       c == 0xFFFD;
    return space ? U' ' : c;
  });
}

void byte_level(AlignedText& text) {
  TextRewriter out;
  write_byte_level(text, out);
  out.finish();
}

class Strip : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {
    json_.append("{\"type\":\"Strip\",\"strip_left\":").append(boolean(left));
    json_.append(",\"strip_right\":").append(boolean(right)).append("}");
  }
  void normalize(AlignedText& text) const override {
    if (left_ && right_) {
      text.strip(true, true);
      return;
    }
    // One side after the other, as the reference does: it matters for texts that start with inserted characters.
    if (left_) text.strip(true, false);
    if (right_) text.strip(false, true);
  }

 private:
  bool left_, right_;
};

class Prepend : public Normalizer {
 public:
  explicit Prepend(std::string_view text) : text_(text) {
    json_ = "{\"type\":\"Prepend\",\"prepend\":" + quoted(text) + "}";
  }
  void normalize(AlignedText& text) const override { text.prepend(text_); }

 private:
  std::string text_;
};

class Replace : public Normalizer {
 public:
  Replace(component_json::Pattern pattern, std::string_view content, Json at)
      : regex_(component_json::compile(pattern, at)), text_(std::move(pattern.text)), content_(content) {
    pattern.text = text_;
    json_ = "{\"type\":\"Replace\",\"pattern\":" + pattern.json() + ",\"content\":" + quoted(content) + "}";
  }
  void normalize(AlignedText& text) const override {
    if (regex_) {
      text.replace(*regex_, content_);
    } else {
      text.replace(text_, content_);
    }
  }

 private:
  std::optional<Regex> regex_;
  std::string text_, content_;
};

class Sequence : public Normalizer {
 public:
  explicit Sequence(std::vector<std::shared_ptr<const Normalizer>> parts) : parts_(std::move(parts)) {
    json_ = "{\"type\":\"Sequence\",\"normalizers\":[";
    for (std::size_t i = 0; i < parts_.size(); ++i) json_.append(i == 0 ? "" : ",").append(parts_[i]->json());
    json_ += "]}";
  }
  void normalize(AlignedText& text) const override {
    for (const auto& part : parts_) part->normalize(text);
  }

 private:
  std::vector<std::shared_ptr<const Normalizer>> parts_;
};

using Made = std::shared_ptr<const Normalizer>;

Made read_bert(Json config) {
  BertNormalizerOptions options;
  options.clean_text = config.at("clean_text").as_bool();
  options.handle_chinese_chars = config.at("handle_chinese_chars").as_bool();
  options.strip_accents = component_json::optional_bool(config, "strip_accents");
  options.lowercase = config.at("lowercase").as_bool();
  return make_bert_normalizer(options);
}

Made read_strip(Json config) {
  return std::make_shared<Strip>(config.at("strip_left").as_bool(), config.at("strip_right").as_bool());
}

Made read_sequence(Json config) {
  const Json list = config.at("normalizers");
  if (!list.is_array()) component_json::refuse(list, "an array of normalizers", "something else");
  std::vector<Made> parts;
  for (auto it = list.begin(); it; it.next()) {
    Made part = normalizer_from_json(it.value());
    if (!part) component_json::refuse(it.value(), "a normalizer", "null");
    parts.push_back(std::move(part));
  }
  return std::make_shared<Sequence>(std::move(parts));
}

Made read_replace(Json config) {
  return std::make_shared<Replace>(component_json::read_pattern(config), config.at("content").as_string(),
                                   config.at("pattern"));
}

Made read_prepend(Json config) {
  return std::make_shared<Prepend>(config.at("prepend").as_string());
}

template <void (*Apply)(AlignedText&)>
Made read_plain(Json config) {
  return std::make_shared<Plain<Apply>>(component_json::type_of(config));
}

struct Variant {
  std::string_view type;
  Made (*read)(Json config);
};
constexpr Variant kVariants[] = {
    {"Bert", read_bert},
    {"Strip", read_strip},
    {"StripAccents", read_plain<strip_accents>},
    {"NFC", read_plain<to_form<unicode::Form::nfc>>},
    {"NFD", read_plain<to_form<unicode::Form::nfd>>},
    {"NFKC", read_plain<to_form<unicode::Form::nfkc>>},
    {"NFKD", read_plain<to_form<unicode::Form::nfkd>>},
    {"Sequence", read_sequence},
    {"Lowercase", read_plain<lowercase>},
    {"Nmt", read_plain<nmt>},
    {"Precompiled", read_precompiled},
    {"Replace", read_replace},
    {"Prepend", read_prepend},
    {"ByteLevel", read_plain<byte_level>},
};

// Without one of the names above as "type" (BertNormalizer is not among them: its own files come this way) the
// reference takes the first of these whose fields fit; the rest insist on their name, and Precompiled never fits here.
constexpr Made (*kUntagged[])(Json) = {read_bert, read_strip, read_sequence, read_replace, read_prepend};

}  // namespace

std::shared_ptr<const Normalizer> normalizer_from_json(Json config) {
  if (!config.has_value()) return nullptr;
  if (!config.is_object()) component_json::refuse(config, "a normalizer object or null", "something else");
  const std::string_view type = component_json::type_of(config);
  for (const Variant& variant : kVariants) {
    if (variant.type == type) return variant.read(config);
  }
  for (const auto read : kUntagged) {
    try {
      return read(config);
    } catch (const Error& error) {
      // The fields are not this variant's; a nested refusal counts as that too, as it does for serde.
      if (error.kind() != ErrorKind::format && error.kind() != ErrorKind::unsupported) throw;
    }
  }
  component_json::refuse(config, "one of the 14 normalizers with all its fields",
                         type.empty() ? "an object without a known type" : quoted(type.substr(0, 40)));
}

}  // namespace tokenspace
