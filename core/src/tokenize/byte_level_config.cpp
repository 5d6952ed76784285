#include "byte_level_config.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "../split/gpt2_simd.hpp"
#include "tokenspace/bpe.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::detail {

namespace {

// Every piece of the text; text between matches is a piece of its own (behavior Isolated).
class RegexSplitter final : public Splitter {
 public:
  RegexSplitter(std::string_view pattern, Regex::Syntax syntax) : regex_(pattern, syntax) {}
  void split(std::string_view text, Buffer<std::uint32_t>& ends) const override {
    std::vector<Span> matches;
    regex_.find_all(text, matches);
    std::uint32_t at = 0;
    for (const Span match : matches) {
      if (match.begin > at) ends.push_back(match.begin);
      if (match.end > match.begin) ends.push_back(match.end);
      at = match.end;
    }
    if (at < text.size()) ends.push_back(static_cast<std::uint32_t>(text.size()));
  }
  std::size_t safe_split(std::string_view text, std::size_t) const override { return text.size(); }

 private:
  Regex regex_;
};

// Splits of a sequence: each one cuts the pieces of the one before.
class ChainSplitter final : public Splitter {
 public:
  explicit ChainSplitter(std::vector<std::unique_ptr<Splitter>> links) : links_(std::move(links)) {}
  void split(std::string_view text, Buffer<std::uint32_t>& ends) const override {
    Buffer<std::uint32_t> pieces{static_cast<std::uint32_t>(text.size())};
    Buffer<std::uint32_t> finer;
    for (const auto& link : links_) {
      finer.clear();
      std::uint32_t begin = 0;
      for (const std::uint32_t end : pieces) {
        const std::size_t first = finer.size();
        link->split(text.substr(begin, end - begin), finer);
        for (std::size_t i = first; i < finer.size(); ++i) finer[i] += begin;
        begin = end;
      }
      pieces.swap(finer);
    }
    if (!text.empty()) ends.insert(ends.end(), pieces.begin(), pieces.end());
  }
  // What cuts for the first link alone cuts for the chain: later links see only its pieces.
  std::size_t safe_split(std::string_view text, std::size_t target) const override {
    return links_.front()->safe_split(text, target);
  }

 private:
  std::vector<std::unique_ptr<Splitter>> links_;
};

// Pieces of one character, for models that merge nothing: where pieces end is all the same to them, and short ones are
// found in the cache.
class CharacterSplitter final : public Splitter {
 public:
  void split(std::string_view text, Buffer<std::uint32_t>& ends) const override {
    for (std::size_t at = 0; at < text.size();) {
      at += utf8::sequence_length(static_cast<unsigned char>(text[at]));
      ends.push_back(static_cast<std::uint32_t>(at));
    }
  }
  std::size_t safe_split(std::string_view text, std::size_t target) const override {
    while (target < text.size() && utf8::is_continuation(static_cast<unsigned char>(text[target]))) ++target;
    return std::min(target, text.size());
  }
};

bool merges_nothing(const Model& model) {
  const auto* bpe = dynamic_cast<const Bpe*>(&model);
  return bpe != nullptr && bpe->merges().size() == 0 && !bpe->options().ignore_merges;
}

std::unique_ptr<Splitter> splitter_for(std::string_view pattern, Regex::Syntax syntax) {
  if (auto compiled = compiled_splitter(pattern, syntax)) return compiled;
  return std::make_unique<RegexSplitter>(pattern, syntax);
}

bool flag(Json object, std::string_view key, bool otherwise) {
  const Json value = object.find(key);
  return value.has_value() ? value.as_bool() : otherwise;
}

// Adds the splitters of one pre-tokenizer; false when it is none of the supported kinds.
bool add_link(Json step, Regex::Syntax syntax, bool last, bool alone, std::vector<std::unique_ptr<Splitter>>& links,
              bool& bytes, bool& prefix) {
  const Json type = step.find("type");
  if (!type.is_string()) return false;
  if (type.as_string() == "Split") {
    const Json pattern = step.find("pattern");
    const Json regex = pattern.is_object() ? pattern.find("Regex") : Json();
    const Json behavior = step.find("behavior");
    if (!regex.is_string() || !behavior.is_string()) return false;
    const bool isolated = behavior.as_string() == "Isolated";
    const bool kept = behavior.as_string() == "Removed" && flag(step, "invert", false);
    if (!isolated && !(kept && pattern_covers_text(regex.as_string(), syntax))) return false;
    links.push_back(splitter_for(regex.as_string(), syntax));
    return true;
  }
  if (type.as_string() == "Digits") {
    links.push_back(
        splitter_for(flag(step, "individual_digits", false) ? "\\p{N}" : "\\p{N}+", Regex::Syntax::oniguruma));
    return true;
  }
  if (type.as_string() == "ByteLevel" && last) {
    prefix = flag(step, "add_prefix_space", true);
    if (prefix && !alone) return false;  // the prefix would go before every piece
    bytes = true;
    if (flag(step, "use_regex", true)) links.push_back(std::make_unique<Gpt2Splitter>());
    return true;
  }
  return false;
}

}  // namespace

std::optional<ByteLevelConfig> byte_level_config(const TokenizerParts& parts, bool raw_bytes) {
  ByteLevelConfig config;
  if (parts.normalizer) {
    const JsonDocument document = JsonDocument::parse(parts.normalizer->json(), "normalizer");
    const Json type = document.root().is_object() ? document.root().find("type") : Json();
    if (!type.is_string() || type.as_string() != "NFC") return std::nullopt;
    config.nfc = true;
  }
  if (!parts.pre_tokenizer) return std::nullopt;
  const JsonDocument document = JsonDocument::parse(parts.pre_tokenizer->json(), "pre_tokenizer");
  const Json root = document.root();
  const Json type = root.is_object() ? root.find("type") : Json();
  if (!type.is_string()) return std::nullopt;
  const Regex::Syntax syntax = raw_bytes ? Regex::Syntax::fancy : Regex::Syntax::oniguruma;
  std::vector<std::unique_ptr<Splitter>> links;
  bool bytes = false;
  if (type.as_string() == "Sequence") {
    const Json steps = root.find("pretokenizers");
    if (!steps.is_array() || steps.size() == 0) return std::nullopt;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!steps[i].is_object() || !add_link(steps[i], syntax, i + 1 == steps.size(), steps.size() == 1, links, bytes,
                                             config.add_prefix_space)) {
        return std::nullopt;
      }
    }
  } else if (!add_link(root, syntax, true, true, links, bytes, config.add_prefix_space)) {
    return std::nullopt;
  }
  if (bytes == raw_bytes) return std::nullopt;
  if (links.empty() && merges_nothing(*parts.model)) links.push_back(std::make_unique<CharacterSplitter>());
  if (links.empty()) return std::nullopt;
  config.splitter = links.size() == 1 ? std::move(links[0]) : std::make_unique<ChainSplitter>(std::move(links));
  return config;
}

}  // namespace tokenspace::detail
