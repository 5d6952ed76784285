#include "components.hpp"

#include <optional>
#include <vector>

#include "../tokenize/pre_tokenizers.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/regex.hpp"
#include "tokenspace/splitter.hpp"

namespace tokenspace {
namespace {

constexpr const char* kName = "component";

// tokenizer.json is read by Oniguruma, where x{1,3}+ is a repeated group and not possessive. At the end of an outermost
// alternative nothing can be given back, so the plain repetition is the same.
std::string for_oniguruma(std::string_view pattern) {
  std::string out;
  int depth = 0;
  bool in_class = false;
  bool repeats = false;  // the last brace opened belongs to a repetition, not to \p or \x
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const bool ends = i + 1 == pattern.size() || pattern[i + 1] == '|';
    if (c == '+' && i > 0 && pattern[i - 1] == '}' && repeats && depth == 0 && !in_class && ends) continue;
    out.push_back(c);
    if (c == '\\' && i + 1 < pattern.size()) {
      out.push_back(pattern[++i]);
      repeats = false;
    } else if (c == '{') {
      repeats = i < 2 || pattern[i - 2] != '\\';
    } else if (c == '[' || c == ']') {
      in_class = c == '[';
    } else if (!in_class && (c == '(' || c == ')')) {
      depth += c == '(' ? 1 : -1;
    }
  }
  return out;
}

// tiktoken encodes what its pattern matches and drops the rest of the text. The patterns of the known encodings match
// everything.
class RankSplit final : public PreTokenizer {
 public:
  explicit RankSplit(std::string pattern) : pattern_(std::move(pattern)) {
    if (pattern_covers_text(pattern_, Regex::Syntax::fancy)) {
      splitter_ = compiled_splitter(pattern_, Regex::Syntax::fancy);
    } else {
      regex_.emplace(pattern_, Regex::Syntax::fancy);
    }
    json_ = R"({"type":"Split","pattern":{"Regex":)";
    append_json_string(json_, for_oniguruma(pattern_));
    json_ += splitter_ ? R"(},"behavior":"Isolated","invert":false})" : R"(},"behavior":"Removed","invert":true})";
  }

  const std::string& pattern() const { return pattern_; }

  void pre_tokenize(std::vector<Piece>& pieces) const override {
    Buffer<std::uint32_t> ends;
    cut_pieces(pieces, [&](const AlignedText& text, std::vector<Span>& spans) {
      if (regex_) {
        regex_->find_all(text.normalized(), spans);
        return;
      }
      ends.clear();
      splitter_->split(text.normalized(), ends);
      std::uint32_t begin = 0;
      for (const std::uint32_t end : ends) {
        spans.push_back({begin, end});
        begin = end;
      }
    });
  }

 private:
  std::string pattern_;
  std::unique_ptr<Splitter> splitter_;
  std::optional<Regex> regex_;
};

}  // namespace

std::shared_ptr<const Normalizer> normalizer_of(std::string json) {
  return normalizer_from_json(JsonDocument::parse(std::move(json), kName).root());
}

std::shared_ptr<const PreTokenizer> pre_tokenizer_of(std::string json) {
  return pre_tokenizer_from_json(JsonDocument::parse(std::move(json), kName).root());
}

std::shared_ptr<const PostProcessor> post_processor_of(std::string json) {
  return post_processor_from_json(JsonDocument::parse(std::move(json), kName).root());
}

std::shared_ptr<const Decoder> decoder_of(std::string json) {
  return decoder_from_json(JsonDocument::parse(std::move(json), kName).root());
}

AddedToken special_token(std::string content) {
  AddedToken token;
  token.content = std::move(content);
  token.normalized = false;
  token.special = true;
  return token;
}

std::shared_ptr<const PreTokenizer> make_rank_split(std::string pattern) {
  return std::make_shared<const RankSplit>(std::move(pattern));
}

const std::string* rank_split_pattern(const PreTokenizer* pre_tokenizer) {
  const auto* split = dynamic_cast<const RankSplit*>(pre_tokenizer);
  return split != nullptr ? &split->pattern() : nullptr;
}

}  // namespace tokenspace
