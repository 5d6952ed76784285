#include "tokenspace/decoder.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "decoder_kinds.hpp"
#include "tokenspace/regex.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {
namespace {

// Rust's str::replace: an empty pattern matches between any two characters and at both ends.
std::string replace_all(std::string_view text, std::string_view pattern, std::string_view content) {
  std::string out;
  out.reserve(text.size());
  if (pattern.empty()) {
    out.append(content);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = utf8::sequence_length(static_cast<unsigned char>(text[at]));
      out.append(text.substr(at, length)).append(content);
      at += length;
    }
    return out;
  }
  std::size_t from = 0;
  for (std::size_t found; (found = text.find(pattern, from)) != std::string_view::npos; from = found + pattern.size()) {
    out.append(text.substr(from, found - from)).append(content);
  }
  out.append(text.substr(from));
  return out;
}

// The fixed list of English artefacts the WordPiece and CTC decoders tidy up, in this order.
constexpr std::pair<std::string_view, std::string_view> kCleanup[] = {
    {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},    {" n't", "n't"},
    {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"},
};

void clean_up(std::string& text) {
  for (const auto& [from, to] : kCleanup) {
    if (text.find(from) != std::string::npos) text = replace_all(text, from, to);
  }
}

void append_string_field(std::string& json, std::string_view name, std::string_view value) {
  json.append(",\"").append(name).append("\":");
  append_json_string(json, value);
}

void append_bool_field(std::string& json, std::string_view name, bool value) {
  json.append(",\"").append(name).append(value ? "\":true" : "\":false");
}

class BpeDecoder final : public Decoder {
 public:
  explicit BpeDecoder(std::string suffix) : suffix_(std::move(suffix)) {
    json_ = "{\"type\":\"BPEDecoder\"";
    append_string_field(json_, "suffix", suffix_);
    json_.push_back('}');
  }
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = replace_all(tokens[i], suffix_, i + 1 == tokens.size() ? "" : " ");
    }
    return tokens;
  }
  std::string token_bytes(std::string token) const override { return replace_all(token, suffix_, " "); }

 private:
  std::string suffix_;
};

class ByteLevelDecoder final : public Decoder {
 public:
  ByteLevelDecoder(bool add_prefix_space, bool trim_offsets, bool use_regex) {
    json_ = "{\"type\":\"ByteLevel\"";
    append_bool_field(json_, "add_prefix_space", add_prefix_space);
    append_bool_field(json_, "trim_offsets", trim_offsets);
    append_bool_field(json_, "use_regex", use_regex);
    json_.push_back('}');
  }
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    std::string bytes;
    for (const std::string& token : tokens) append_byte_level(bytes, token);
    return {utf8::to_valid(bytes)};
  }
  std::string token_bytes(std::string token) const override {
    std::string bytes;
    append_byte_level(bytes, token);
    return bytes;
  }
  bool is_byte_concatenation() const override { return true; }
};

class WordPieceDecoder final : public Decoder {
 public:
  WordPieceDecoder(std::string prefix, bool cleanup) : prefix_(std::move(prefix)), cleanup_(cleanup) {
    json_ = "{\"type\":\"WordPiece\"";
    append_string_field(json_, "prefix", prefix_);
    append_bool_field(json_, "cleanup", cleanup_);
    json_.push_back('}');
  }
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (i != 0) {
        tokens[i] = token_bytes(std::move(tokens[i]));
      } else if (cleanup_) {
        clean_up(tokens[i]);
      }
    }
    return tokens;
  }
  std::string token_bytes(std::string token) const override {
    if (token.starts_with(prefix_)) {
      token.erase(0, prefix_.size());
    } else {
      token.insert(0, 1, ' ');
    }
    if (cleanup_) clean_up(token);
    return token;
  }

 private:
  std::string prefix_;
  bool cleanup_;
};

class MetaspaceDecoder final : public Decoder {
 public:
  MetaspaceDecoder(std::string replacement, std::string_view scheme, bool split)
      : replacement_(std::move(replacement)), prepends_(scheme != "never") {
    json_ = "{\"type\":\"Metaspace\"";
    append_string_field(json_, "replacement", replacement_);
    append_string_field(json_, "prepend_scheme", scheme);
    append_bool_field(json_, "split", split);
    json_.push_back('}');
  }
  // The first token loses every replacement character, not only the one in front.
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      tokens[i] = replace_all(tokens[i], replacement_, i == 0 && prepends_ ? "" : " ");
    }
    return tokens;
  }
  std::string token_bytes(std::string token) const override { return replace_all(token, replacement_, " "); }

 private:
  std::string replacement_;
  bool prepends_;
};

class CtcDecoder final : public Decoder {
 public:
  CtcDecoder(std::string pad_token, std::string word_delimiter, bool cleanup)
      : pad_token_(std::move(pad_token)), word_delimiter_(std::move(word_delimiter)), cleanup_(cleanup) {
    json_ = "{\"type\":\"CTC\"";
    append_string_field(json_, "pad_token", pad_token_);
    append_string_field(json_, "word_delimiter_token", word_delimiter_);
    append_bool_field(json_, "cleanup", cleanup_);
    json_.push_back('}');
  }
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    std::vector<std::string> out;
    out.reserve(tokens.size());
    for (std::string& token : tokens) {
      std::string text = token_bytes(std::move(token));
      if (!text.empty()) out.push_back(std::move(text));
    }
    return out;
  }
  std::string token_bytes(std::string token) const override {
    std::string text = replace_all(token, pad_token_, "");
    if (cleanup_) {
      clean_up(text);
      text = replace_all(text, word_delimiter_, " ");
    }
    return text;
  }
  bool merges_repeats() const override { return true; }

 private:
  std::string pad_token_, word_delimiter_;
  bool cleanup_;
};

class ReplaceDecoder final : public Decoder {
 public:
  ReplaceDecoder(std::string pattern, bool is_regex, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {
    if (is_regex) regex_.emplace(pattern_);
    json_ =
        is_regex ? "{\"type\":\"Replace\",\"pattern\":{\"Regex\":" : "{\"type\":\"Replace\",\"pattern\":{\"String\":";
    append_json_string(json_, pattern_);
    json_.push_back('}');
    append_string_field(json_, "content", content_);
    json_.push_back('}');
  }
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    std::vector<Span> matches;
    for (std::string& token : tokens) replace(token, matches);
    return tokens;
  }
  std::string token_bytes(std::string token) const override {
    std::vector<Span> matches;
    if (!regex_ || utf8::is_valid(token)) replace(token, matches);
    return token;
  }
  // Leaves <0xNN> tokens alone for certain.
  bool keeps_byte_tokens() const {
    return !regex_ && !pattern_.empty() && pattern_.find_first_of("<0x>123456789abcdefABCDEF") == std::string::npos;
  }
  // Matches only where a text begins or ends.
  bool works_on_ends() const {
    if (!regex_ || pattern_.find('|') != std::string::npos) return false;
    return pattern_.starts_with("\\A") || (pattern_.ends_with("\\z") && !pattern_.ends_with("\\\\z"));
  }

 private:
  void replace(std::string& token, std::vector<Span>& matches) const {
    if (token.empty()) return;  // nothing is sought in an empty text
    if (!regex_) {
      if (pattern_.empty() || token.find(pattern_) != std::string::npos) token = replace_all(token, pattern_, content_);
      return;
    }
    matches.clear();
    regex_->find_all(token, matches);
    if (matches.empty()) return;
    std::string out;
    std::size_t from = 0;
    for (const Span& match : matches) {
      out.append(token, from, match.begin - from).append(content_);
      from = match.end;
    }
    out.append(token, from);
    token = std::move(out);
  }

  std::string pattern_, content_;
  std::optional<Regex> regex_;
};

class FuseDecoder final : public Decoder {
 public:
  FuseDecoder() { json_ = "{\"type\":\"Fuse\"}"; }
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    std::string joined;
    for (const std::string& token : tokens) joined.append(token);
    std::vector<std::string> out;
    out.push_back(std::move(joined));
    return out;
  }
  std::string token_bytes(std::string token) const override { return token; }
};

class StripDecoder final : public Decoder {
 public:
  StripDecoder(std::string content, std::uint64_t start, std::uint64_t stop)
      : content_(std::move(content)), start_(start), stop_(stop) {
    json_ = "{\"type\":\"Strip\"";
    append_string_field(json_, "content", content_);
    json_.append(",\"start\":")
        .append(std::to_string(start_))
        .append(",\"stop\":")
        .append(std::to_string(stop_))
        .push_back('}');
  }
  // Where the reference indexes out of range and panics (a token with fewer characters than `stop` that are all
  // `content`), what is left is nothing.
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    for (std::string& token : tokens) token = token_bytes(std::move(token));
    return tokens;
  }
  std::string token_bytes(std::string token) const override {
    std::string_view rest = token;
    for (std::uint64_t i = 0; i < start_ && rest.starts_with(content_); ++i) rest.remove_prefix(content_.size());
    std::string_view head = token;
    for (std::uint64_t i = 0; i < stop_ && head.ends_with(content_); ++i) head.remove_suffix(content_.size());
    const std::size_t cut = token.size() - rest.size();
    return cut < head.size() ? std::string(head.substr(cut)) : std::string();
  }
  bool keeps_replacement_tail() const { return content_ != "\xEF\xBF\xBD"; }

 private:
  std::string content_;
  std::uint64_t start_, stop_;
};

class ByteFallbackDecoder final : public Decoder {
 public:
  ByteFallbackDecoder() { json_ = "{\"type\":\"ByteFallback\"}"; }
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    std::vector<std::string> out;
    out.reserve(tokens.size());
    std::string run;
    const auto flush = [&] {
      if (run.empty()) return;
      if (utf8::is_valid(run)) {
        out.push_back(run);
      } else {
        out.insert(out.end(), run.size(), "\xEF\xBF\xBD");
      }
      run.clear();
    };
    for (std::string& token : tokens) {
      const int byte = byte_of_token(token);
      if (byte >= 0) {
        run.push_back(static_cast<char>(byte));
      } else {
        flush();
        out.push_back(std::move(token));
      }
    }
    flush();
    return out;
  }
  std::string token_bytes(std::string token) const override {
    const int byte = byte_of_token(token);
    return byte < 0 ? std::move(token) : std::string(1, static_cast<char>(byte));
  }
  bool holds_invalid_runs() const override { return true; }
};

class SequenceDecoder final : public Decoder {
 public:
  explicit SequenceDecoder(std::vector<std::shared_ptr<const Decoder>> decoders) : decoders_(std::move(decoders)) {
    json_ = "{\"type\":\"Sequence\",\"decoders\":[";
    for (std::size_t i = 0; i < decoders_.size(); ++i) json_.append(i == 0 ? "" : ",").append(decoders_[i]->json());
    json_.append("]}");
  }
  std::vector<std::string> decode_chain(std::vector<std::string> tokens) const override {
    for (const auto& decoder : decoders_) tokens = decoder->decode_chain(std::move(tokens));
    return tokens;
  }
  std::string token_bytes(std::string token) const override {
    bool joined = false;  // behind a decoder that joins, what works on the ends of its input leaves a token alone
    for (const auto& decoder : decoders_) {
      if (joined && works_on_ends(*decoder)) continue;
      token = decoder->token_bytes(std::move(token));
      joined = joined || is<FuseDecoder>(*decoder) || is<ByteLevelDecoder>(*decoder);
    }
    return token;
  }
  bool is_byte_concatenation() const override {
    return !decoders_.empty() && decoders_[0]->is_byte_concatenation() &&
           std::all_of(decoders_.begin() + 1, decoders_.end(),
                       [](const auto& decoder) { return is<FuseDecoder>(*decoder); });
  }
  bool merges_repeats() const override { return !decoders_.empty() && decoders_[0]->merges_repeats(); }
  bool holds_invalid_runs() const override {
    auto at = decoders_.begin();
    for (; at != decoders_.end() && is<ReplaceDecoder>(**at); ++at) {
      if (!static_cast<const ReplaceDecoder&>(**at).keeps_byte_tokens()) return false;
    }
    if (at == decoders_.end() || !is<ByteFallbackDecoder>(**at)) return false;
    return std::all_of(at + 1, decoders_.end(), [](const auto& decoder) {
      return is<FuseDecoder>(*decoder) ||
             (is<StripDecoder>(*decoder) && static_cast<const StripDecoder&>(*decoder).keeps_replacement_tail());
    });
  }

 private:
  template <class T>
  static bool is(const Decoder& decoder) {
    return dynamic_cast<const T*>(&decoder) != nullptr;
  }
  static bool works_on_ends(const Decoder& decoder) {
    const auto* const replace = dynamic_cast<const ReplaceDecoder*>(&decoder);
    return is<StripDecoder>(decoder) || (replace != nullptr && replace->works_on_ends());
  }
  std::vector<std::shared_ptr<const Decoder>> decoders_;
};

}  // namespace

namespace detail {

DecoderPtr bpe_decoder(std::string suffix) {
  return std::make_shared<BpeDecoder>(std::move(suffix));
}

DecoderPtr byte_level_decoder(bool add_prefix_space, bool trim_offsets, bool use_regex) {
  return std::make_shared<ByteLevelDecoder>(add_prefix_space, trim_offsets, use_regex);
}

DecoderPtr wordpiece_decoder(std::string prefix, bool cleanup) {
  return std::make_shared<WordPieceDecoder>(std::move(prefix), cleanup);
}

DecoderPtr metaspace_decoder(std::string replacement, std::string_view scheme, bool split) {
  return std::make_shared<MetaspaceDecoder>(std::move(replacement), scheme, split);
}

DecoderPtr ctc_decoder(std::string pad_token, std::string word_delimiter, bool cleanup) {
  return std::make_shared<CtcDecoder>(std::move(pad_token), std::move(word_delimiter), cleanup);
}

DecoderPtr replace_decoder(std::string pattern, bool is_regex, std::string content) {
  return std::make_shared<ReplaceDecoder>(std::move(pattern), is_regex, std::move(content));
}

DecoderPtr fuse_decoder() {
  return std::make_shared<FuseDecoder>();
}

DecoderPtr strip_decoder(std::string content, std::uint64_t start, std::uint64_t stop) {
  return std::make_shared<StripDecoder>(std::move(content), start, stop);
}

DecoderPtr byte_fallback_decoder() {
  return std::make_shared<ByteFallbackDecoder>();
}

DecoderPtr sequence_decoder(std::vector<DecoderPtr> decoders) {
  return std::make_shared<SequenceDecoder>(std::move(decoders));
}

}  // namespace detail

std::string Decoder::decode(std::vector<std::string> tokens) const {
  std::vector<std::string> parts = decode_chain(std::move(tokens));
  if (parts.size() == 1) return std::move(parts[0]);
  std::string out;
  for (const std::string& part : parts) out.append(part);
  return out;
}

}  // namespace tokenspace
