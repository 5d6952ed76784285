// The choice among the 12 pre-tokenizers of tokenizer.json, with the fields and defaults of each.
#include <limits>

#include "pre_tokenizers.hpp"

namespace tokenspace {
namespace {

using component_json::quoted;
using component_json::refuse;
using Made = std::shared_ptr<const PreTokenizer>;

class Sequence : public PreTokenizer {
 public:
  explicit Sequence(std::vector<Made> parts) : parts_(std::move(parts)) {
    json_ = R"({"type":"Sequence","pretokenizers":[)";
    for (std::size_t i = 0; i < parts_.size(); ++i) json_.append(i == 0 ? "" : ",").append(parts_[i]->json());
    json_ += "]}";
  }
  void pre_tokenize(std::vector<Piece>& pieces) const override {
    for (const auto& part : parts_) part->pre_tokenize(pieces);
  }

 private:
  std::vector<Made> parts_;
};

Made read_sequence(Json config) {
  const Json list = config.at("pretokenizers");
  if (!list.is_array()) refuse(list, "an array of pre-tokenizers", "something else");
  std::vector<Made> parts;
  for (auto it = list.begin(); it; it.next()) {
    Made part = pre_tokenizer_from_json(it.value());
    if (!part) refuse(it.value(), "a pre-tokenizer", "null");
    parts.push_back(std::move(part));
  }
  return std::make_shared<Sequence>(std::move(parts));
}

Made read_byte_level(Json config) {
  const Json use_regex = config.find("use_regex");
  return make_byte_level(config.at("add_prefix_space").as_bool(), config.at("trim_offsets").as_bool(),
                         !use_regex.present() || use_regex.as_bool());
}

PrependScheme scheme_from_json(Json value) {
  const std::string_view name = value.as_string();
  if (name == "first") return PrependScheme::first;
  if (name == "never") return PrependScheme::never;
  if (name == "always") return PrependScheme::always;
  refuse(value, "first, never or always", quoted(name.substr(0, 40)));
}

Made read_metaspace(Json config) {
  const char32_t replacement = component_json::read_character(config, "replacement");
  const Json given = config.find("prepend_scheme");
  const PrependScheme scheme = given.present() ? scheme_from_json(given) : PrependScheme::always;
  // Files before 0.14 have add_prefix_space instead; the reference refuses false without the scheme that says the same.
  if (!component_json::optional_bool(config, "add_prefix_space").value_or(true) && scheme != PrependScheme::never) {
    refuse(config, "\"prepend_scheme\": \"never\" beside \"add_prefix_space\": false", "another prepend_scheme");
  }
  if (const Json legacy = config.find("str_rep"); legacy.has_value()) (void)legacy.as_string();
  return make_metaspace(replacement, scheme, component_json::optional_bool(config, "split").value_or(true));
}

Made read_split(Json config) {
  const Json pattern = config.at("pattern");
  return make_split(component_json::read_pattern(config), component_json::behavior_from_json(config.at("behavior")),
                    config.at("invert").as_bool(), pattern);
}

Made read_punctuation(Json config) {
  const Json behavior = config.find("behavior");
  return make_punctuation(behavior.present() ? component_json::behavior_from_json(behavior) : SplitBehavior::isolated);
}

Made read_digits(Json config) {
  return make_digits(config.at("individual_digits").as_bool());
}

Made read_delimiter(Json config) {
  return make_char_delimiter_split(component_json::read_character(config, "delimiter"));
}

Made read_fixed_length(Json config) {
  const Json given = config.find("length");
  const std::int64_t length = given.present() ? given.as_int() : 5;
  // The reference loads 0 and panics on the first text.
  if (length < 1) refuse(given, "a length of at least 1", std::to_string(length));
  return make_fixed_length(static_cast<std::uint64_t>(length));
}

template <Made (*Make)()>
Made read_plain(Json) {
  return Make();
}

struct Variant {
  std::string_view type;
  Made (*read)(Json config);
};
// Unlike the normalizers, every one insists on its name. The name "Delimiter" is one the reference knows and always
// refuses.
constexpr Variant kVariants[] = {
    {"BertPreTokenizer", read_plain<make_bert_pre_tokenizer>},
    {"ByteLevel", read_byte_level},
    {"CharDelimiterSplit", read_delimiter},
    {"Metaspace", read_metaspace},
    {"Whitespace", read_plain<make_whitespace>},
    {"Sequence", read_sequence},
    {"Split", read_split},
    {"Punctuation", read_punctuation},
    {"WhitespaceSplit", read_plain<make_whitespace_split>},
    {"Digits", read_digits},
    {"UnicodeScripts", read_plain<make_unicode_scripts>},
    {"FixedLength", read_fixed_length},
};

}  // namespace

std::shared_ptr<const PreTokenizer> pre_tokenizer_from_json(Json config) {
  if (!config.has_value()) return nullptr;
  if (!config.is_object()) refuse(config, "a pre-tokenizer object or null", "something else");
  const std::string_view type = component_json::type_of(config);
  for (const Variant& variant : kVariants) {
    if (variant.type == type) return variant.read(config);
  }
  refuse(config, "one of the 12 pre-tokenizers by its \"type\"",
         type.empty() ? "an object without one" : quoted(type.substr(0, 40)));
}

}  // namespace tokenspace
