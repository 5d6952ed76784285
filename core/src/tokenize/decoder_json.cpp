// Reads the "decoder" object of tokenizer.json.
#include <utility>

#include "decoder_kinds.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {
namespace {

bool is_bool(Json value) {
  return value.type() == Json::Type::boolean;
}

// A Rust `char`: a string of exactly one code point.
bool is_char(Json value) {
  if (!value.is_string()) return false;
  const std::string_view text = value.as_string();
  return !text.empty() && utf8::sequence_length(static_cast<unsigned char>(text[0])) == text.size();
}

bool is_size(Json value) {
  return value.type() == Json::Type::number && value.as_double() >= 0 &&
         value.source().find_first_of(".eE") == std::string_view::npos;
}

std::string text_of(Json value) {
  return std::string(value.as_string());
}

// Each returns nullptr when the fields are not there with the right types, as serde would refuse the variant.
std::shared_ptr<const Decoder> read_bpe(Json config) {
  const Json suffix = config.find("suffix");
  return suffix.is_string() ? detail::bpe_decoder(text_of(suffix)) : nullptr;
}

std::shared_ptr<const Decoder> read_byte_level(Json config) {
  const Json prefix = config.find("add_prefix_space");
  const Json trim = config.find("trim_offsets");
  const Json use_regex = config.find("use_regex");
  if (!is_bool(prefix) || !is_bool(trim) || (use_regex.present() && !is_bool(use_regex))) return nullptr;
  return detail::byte_level_decoder(prefix.as_bool(), trim.as_bool(), !use_regex.present() || use_regex.as_bool());
}

std::shared_ptr<const Decoder> read_wordpiece(Json config) {
  const Json prefix = config.find("prefix");
  const Json cleanup = config.find("cleanup");
  if (!prefix.is_string() || !is_bool(cleanup)) return nullptr;
  return detail::wordpiece_decoder(text_of(prefix), cleanup.as_bool());
}

std::shared_ptr<const Decoder> read_metaspace(Json config) {
  const Json replacement = config.find("replacement");
  const Json scheme = config.find("prepend_scheme");
  const Json legacy = config.find("add_prefix_space");
  const Json split = config.find("split");
  const Json legacy_text = config.find("str_rep");
  if (!is_char(replacement) || (legacy.has_value() && !is_bool(legacy)) || (split.has_value() && !is_bool(split)) ||
      (legacy_text.has_value() && !legacy_text.is_string()) || (scheme.present() && !scheme.is_string())) {
    return nullptr;
  }
  const std::string_view name = scheme.present() ? scheme.as_string() : "always";
  if (name != "always" && name != "first" && name != "never") return nullptr;
  if (legacy.has_value() && !legacy.as_bool() && name != "never") return nullptr;
  return detail::metaspace_decoder(text_of(replacement), name, !split.has_value() || split.as_bool());
}

std::shared_ptr<const Decoder> read_ctc(Json config) {
  const Json pad = config.find("pad_token");
  const Json delimiter = config.find("word_delimiter_token");
  const Json cleanup = config.find("cleanup");
  if (!pad.is_string() || !delimiter.is_string() || !is_bool(cleanup)) return nullptr;
  return detail::ctc_decoder(text_of(pad), text_of(delimiter), cleanup.as_bool());
}

std::shared_ptr<const Decoder> read_sequence(Json config) {
  const Json list = config.find("decoders");
  if (!list.is_array()) return nullptr;
  std::vector<std::shared_ptr<const Decoder>> decoders;
  decoders.reserve(list.size());
  for (auto it = list.begin(); it; it.next()) {
    auto decoder = decoder_from_json(it.value());
    if (decoder == nullptr) return nullptr;
    decoders.push_back(std::move(decoder));
  }
  return detail::sequence_decoder(std::move(decoders));
}

std::shared_ptr<const Decoder> read_replace(Json config) {
  const Json pattern = config.find("pattern");
  const Json content = config.find("content");
  if (!pattern.is_object() || pattern.size() != 1 || !content.is_string()) return nullptr;
  const auto [kind, text] = pattern.member(0);
  if ((kind != "String" && kind != "Regex") || !text.is_string()) return nullptr;
  return detail::replace_decoder(text_of(text), kind == "Regex", text_of(content));
}

std::shared_ptr<const Decoder> read_fuse(Json) {
  return detail::fuse_decoder();
}

std::shared_ptr<const Decoder> read_strip(Json config) {
  const Json content = config.find("content");
  const Json start = config.find("start");
  const Json stop = config.find("stop");
  if (!is_char(content) || !is_size(start) || !is_size(stop)) return nullptr;
  return detail::strip_decoder(text_of(content), static_cast<std::uint64_t>(start.as_int()),
                               static_cast<std::uint64_t>(stop.as_int()));
}

std::shared_ptr<const Decoder> read_byte_fallback(Json) {
  return detail::byte_fallback_decoder();
}

struct Variant {
  std::string_view type;
  std::shared_ptr<const Decoder> (*read)(Json);
  bool needs_type;  // cannot be recognised by its fields alone
};

constexpr Variant kVariants[] = {
    {"BPEDecoder", read_bpe, false},
    {"ByteLevel", read_byte_level, true},
    {"WordPiece", read_wordpiece, false},
    {"Metaspace", read_metaspace, true},
    {"CTC", read_ctc, false},
    {"Sequence", read_sequence, true},
    {"Replace", read_replace, false},
    {"Fuse", read_fuse, true},
    {"Strip", read_strip, false},
    {"ByteFallback", read_byte_fallback, true},
};

}  // namespace

// A known "type" decides; else each variant is tried in the reference's order.
std::shared_ptr<const Decoder> decoder_from_json(Json config) {
  if (!config.has_value()) return nullptr;
  std::string expected =
      "a decoder: BPEDecoder, ByteLevel, WordPiece, Metaspace, CTC, Sequence, Replace, Fuse, Strip or "
      "ByteFallback with all its fields";
  if (config.is_object()) {
    const Json type = config.find("type");
    bool known = false;
    for (const Variant& variant : kVariants) {
      if (!type.is_string() || type.as_string() != variant.type) continue;
      if (auto decoder = variant.read(config)) return decoder;
      known = true;
      expected = "every field of a " + std::string(variant.type) + " decoder with its type";
    }
    for (const Variant& variant : kVariants) {
      if (known || variant.needs_type) continue;
      if (auto decoder = variant.read(config)) return decoder;
    }
  }
  fail(ErrorKind::format, "read " + config.document_name(), expected,
       "another value at byte " + std::to_string(config.position()));
}

}  // namespace tokenspace
