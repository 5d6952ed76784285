#include "space_unit_config.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "tokenspace/bpe.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/unigram.hpp"
#include "tokenspace/utf8.hpp"
#include "tokenspace/word_level.hpp"
#include "tokenspace/wordpiece.hpp"

namespace tokenspace::detail {

namespace {

constexpr std::string_view kMetaspace = "\xE2\x96\x81";

std::string_view type_of(Json object) {
  const Json type = object.is_object() ? object.find("type") : Json();
  return type.is_string() ? type.as_string() : std::string_view();
}

bool flag(Json object, std::string_view key, bool otherwise) {
  const Json value = object.find(key);
  return value.has_value() ? value.as_bool() : otherwise;
}

bool is_space_like(std::string_view text, std::size_t at) {
  return text[at] == ' ' || text.substr(at).starts_with(kMetaspace);
}

// What the steps of the normalizer do that matters here.
struct Steps {
  std::vector<std::string> inner;  // JSON of the steps that stay
  std::string spaces = " ";        // what U+0020 has become
  bool mixed = false;              // some of them have become U+2581 and some have not
  bool only_simple = true;         // only Prepend and Replace by strings, which touch no other character
  std::string produced;            // bytes that Prepend and Replace bring in
};

// A match of `pattern` must lie within one unit, and what stands before a cut must not vanish or turn into white space.
bool add_replace(Json step, SpaceUnitConfig& config, Steps& steps) {
  const Json pattern = step.find("pattern");
  const Json content = step.find("content");
  if (!pattern.is_object() || !content.is_string()) return false;
  const std::string_view text = content.as_string();
  const Json literal = pattern.find("String");
  if (!literal.is_string()) {
    // Runs of white space: a unit has the whole run.
    constexpr std::array<std::string_view, 4> kRuns = {" {2,}", " +", "\\s+", "\\s{2,}"};
    const Json regex = pattern.find("Regex");
    if (!regex.is_string() || (text != kMetaspace && text != " ")) return false;
    const auto run = std::find(kRuns.begin(), kRuns.end(), regex.as_string());
    if (run == kRuns.end()) return false;
    steps.produced.append(text);
    if (text == steps.spaces) return true;
    if (steps.spaces != " ") return false;
    steps.mixed = !run->ends_with('+');
    if (!steps.mixed) steps.spaces = text;
    return true;
  }
  const std::string_view match = literal.as_string();
  if (match.empty()) return false;
  if (match == " ") {
    steps.spaces = text;
    steps.mixed &= text != kMetaspace;
    steps.produced.append(text);
    return text == kMetaspace || text == " ";
  }
  for (std::size_t i = 0; i < match.size(); ++i) {
    if (is_space_like(match, i)) return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_space_like(text, i)) config.unsafe_last[static_cast<unsigned char>(match.back())] = true;
  }
  if (text.empty()) config.unsafe_last[static_cast<unsigned char>(match.back())] = true;
  steps.produced.append(text);
  return true;
}

bool add_step(Json step, SpaceUnitConfig& config, Steps& steps) {
  const std::string_view type = type_of(step);
  if (type == "Sequence") {
    const Json list = step.find("normalizers");
    if (!list.is_array()) return false;
    for (auto it = list.begin(); it; it.next()) {
      if (!add_step(it.value(), config, steps)) return false;
    }
    return true;
  }
  if (type == "Prepend") {
    const Json text = step.find("prepend");
    if (!text.is_string() || !steps.inner.empty()) return false;  // before it, steps would have seen another text
    steps.produced.append(text.as_string());
    return true;
  }
  if (type == "Strip") {
    config.strips = true;
    if (!steps.inner.empty()) return false;
    return true;
  }
  if (type == "Replace") {
    if (!add_replace(step, config, steps)) return false;
  } else if (type == "Precompiled") {
    config.graphemes = true;
    steps.only_simple = false;
  } else if (type == "BertNormalizer" || type == "NFC" || type == "NFD" || type == "NFKC" || type == "NFKD" ||
             type == "StripAccents" || type == "Lowercase" || type == "Nmt") {
    steps.only_simple = false;
  } else {
    return false;
  }
  steps.inner.emplace_back(step.source());
  return true;
}

// True when pieces end at every cut; sets `metaspace` to the replacement when a Metaspace turned spaces into it.
bool add_pre_tokenizer(Json step, bool& splits, Steps& steps) {
  const std::string_view type = type_of(step);
  if (type == "Sequence") {
    const Json list = step.find("pretokenizers");
    if (!list.is_array()) return false;
    for (auto it = list.begin(); it; it.next()) {
      if (!add_pre_tokenizer(it.value(), splits, steps)) return false;
    }
    return true;
  }
  if (type == "BertPreTokenizer" || type == "Whitespace" || type == "WhitespaceSplit") {
    splits |= steps.spaces == " " && !steps.mixed;
    return true;
  }
  if (type == "Digits") return true;
  if (type == "Punctuation") {
    const Json behavior = step.find("behavior");
    return !behavior.has_value() || (behavior.is_string() && behavior.as_string() == "Isolated");
  }
  if (type == "Metaspace") {
    const Json replacement = step.find("replacement");
    if (!replacement.is_string() || replacement.as_string() != kMetaspace) return false;
    steps.spaces = kMetaspace;
    steps.mixed = false;
    splits |= flag(step, "split", true);
    return true;
  }
  return false;
}

// BPE over the whole text: no token may join the character before a cut with the space behind it.
bool allow_unsplit(const Bpe& bpe, const Steps& steps, SpaceUnitConfig& config) {
  const BpeOptions& options = bpe.options();
  if (options.continuing_subword_prefix || options.end_of_word_suffix) return false;
  if (options.ignore_merges) return false;  // looks up the whole text before it merges, not every unit
  if (steps.spaces.empty() || !bpe.vocab().find(steps.spaces)) return false;  // a known space ends a run of unknowns
  // Characters that vanish would move the offsets of all that follows.
  if (!options.unk_token && !(options.byte_fallback && bpe.vocab().find("<0x00>") && bpe.vocab().find("<0xFF>")))
    return false;
  for (const Vocab::Entry& entry : bpe.vocab().entries()) {
    const std::string_view token = bpe.vocab().text(entry);
    for (std::size_t at = token.find(steps.spaces, 1); at != std::string_view::npos;
         at = token.find(steps.spaces, at + 1)) {
      config.unsafe_last[static_cast<unsigned char>(token[at - 1])] = true;
    }
  }
  return true;
}

// Anchor bytes for added tokens with normalized = true; false when one has none.
bool find_anchors(const TokenizerParts& parts, const Steps& steps, SpaceUnitConfig& config) {
  if (!parts.added.has_normalized()) return true;
  config.anchors_need_ascii = !steps.only_simple;
  for (const auto& [id, token] : parts.added.sorted_by_id()) {
    if (!token.normalized) continue;
    // Punctuation that no step brings in and no ASCII text is turned into.
    const auto anchor = std::find_if(token.content.begin(), token.content.end(), [&](char c) {
      return std::string_view("<>[]{}|@#").find(c) != std::string_view::npos &&
             steps.produced.find(c) == std::string::npos;
    });
    if (anchor == token.content.end()) return false;
    if (config.anchors.find(*anchor) == std::string::npos) config.anchors.push_back(*anchor);
  }
  return config.anchors.size() <= 4;
}

}  // namespace

std::optional<SpaceUnitConfig> space_unit_config(const TokenizerParts& parts) {
  SpaceUnitConfig config;
  Steps steps;
  if (parts.normalizer) {
    if (parts.normalizer->json().empty()) return std::nullopt;
    const JsonDocument document = JsonDocument::parse(parts.normalizer->json(), "normalizer");
    if (!add_step(document.root(), config, steps)) return std::nullopt;
    std::string inner = R"({"type":"Sequence","normalizers":[)";
    for (std::size_t i = 0; i < steps.inner.size(); ++i) inner.append(i == 0 ? "" : ",").append(steps.inner[i]);
    inner.append("]}");
    if (!steps.inner.empty()) {
      const JsonDocument inner_document = JsonDocument::parse(inner, "normalizer");
      config.inner = normalizer_from_json(inner_document.root());
    }
  }
  bool splits = false;
  if (parts.pre_tokenizer) {
    if (parts.pre_tokenizer->json().empty()) return std::nullopt;
    const JsonDocument document = JsonDocument::parse(parts.pre_tokenizer->json(), "pre_tokenizer");
    if (!add_pre_tokenizer(document.root(), splits, steps)) return std::nullopt;
  }
  const Model* model = parts.model.get();
  const auto* bpe = dynamic_cast<const Bpe*>(model);
  const bool known = bpe != nullptr || dynamic_cast<const WordPiece*>(model) != nullptr ||
                     dynamic_cast<const WordLevel*>(model) != nullptr || dynamic_cast<const Unigram*>(model) != nullptr;
  if (!known) return std::nullopt;
  if (!splits && (bpe == nullptr || steps.mixed || !allow_unsplit(*bpe, steps, config))) return std::nullopt;
  if (!find_anchors(parts, steps, config)) return std::nullopt;
  config.splits = splits;
  return config;
}

bool may_cut_behind(const SpaceUnitConfig& config, char32_t c) {
  const auto normalized = [&](const std::string& text) {
    AlignedText aligned(text);
    if (config.inner) config.inner->normalize(aligned);
    return std::string(aligned.normalized());
  };
  std::string text;
  utf8::append(text, c);
  if (config.unsafe_last[static_cast<unsigned char>(text.back())]) return false;
  if (config.graphemes &&
      (unicode::grapheme_length("x" + text) != 1 || unicode::grapheme_length(text + " ") != text.size())) {
    return false;
  }
  const std::string plain = normalized("x");
  const std::string with = normalized("x" + text);
  if (with.size() <= plain.size() || !with.starts_with(plain)) return false;
  std::size_t last = with.size() - 1;
  while (last > 0 && utf8::is_continuation(static_cast<unsigned char>(with[last]))) --last;
  const char* p = with.data() + last;
  const char32_t ending = utf8::decode_unchecked(p);
  return ending != 0x2581 && !unicode::is_white_space(ending) &&
         !config.unsafe_last[static_cast<unsigned char>(with.back())];
}

}  // namespace tokenspace::detail
