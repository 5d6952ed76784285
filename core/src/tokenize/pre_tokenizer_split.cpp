// Split: at every match of a string or a regular expression, or, inverted, at everything else.
#include <memory>
#include <optional>

#include "pre_tokenizers.hpp"
#include "tokenspace/splitter.hpp"

namespace tokenspace {

void add_gaps(std::string_view text, const std::vector<Span>& found, bool invert,
              std::vector<AlignedText::Match>& matches) {
  std::uint32_t previous = 0;
  for (const Span span : found) {
    if (previous != span.begin) matches.push_back({{previous, span.begin}, invert});
    matches.push_back({span, !invert});
    previous = span.end;
  }
  const auto size = static_cast<std::uint32_t>(text.size());
  if (previous != size) matches.push_back({{previous, size}, invert});
}

namespace {

class Split : public PreTokenizer {
 public:
  Split(component_json::Pattern pattern, SplitBehavior behavior, bool invert, Json at)
      : behavior_(behavior), invert_(invert) {
    json_ = R"({"type":"Split","pattern":)" + pattern.json() + R"(,"behavior":")" +
            std::string(component_json::behavior_name(behavior)) + R"(","invert":)" +
            std::string(component_json::boolean(invert)) + "}";
    // Isolated pieces are the same whether they match or lie between matches.
    if (pattern.is_regex && behavior == SplitBehavior::isolated) {
      splitter_ = compiled_splitter(pattern.text, Regex::Syntax::oniguruma);
    }
    if (!splitter_) regex_ = component_json::compile(pattern, at);
    text_ = std::move(pattern.text);
  }

  void pre_tokenize(std::vector<Piece>& pieces) const override {
    if (splitter_) {
      Buffer<std::uint32_t> ends;
      cut_pieces(pieces, [&](const AlignedText& text, std::vector<Span>& spans) {
        ends.clear();
        splitter_->split(text.normalized(), ends);
        std::uint32_t begin = 0;
        for (const std::uint32_t end : ends) {
          spans.push_back({begin, end});
          begin = end;
        }
      });
      return;
    }
    std::vector<Span> found;
    std::vector<AlignedText::Match> matches;
    cut_pieces(pieces, [&](const AlignedText& text, std::vector<Span>& spans) {
      if (text.empty()) return;
      found.clear();
      matches.clear();
      find(text.normalized(), found);
      add_gaps(text.normalized(), found, invert_, matches);
      AlignedText::split_spans(matches, behavior_, spans);
    });
  }

 private:
  void find(std::string_view text, std::vector<Span>& found) const {
    if (regex_) {
      regex_->find_all(text, found);
      return;
    }
    for (std::size_t at = text.find(text_); at != std::string_view::npos; at = text.find(text_, at + text_.size())) {
      found.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + text_.size())});
    }
  }

  std::optional<Regex> regex_;
  std::unique_ptr<Splitter> splitter_;
  std::string text_;
  SplitBehavior behavior_;
  bool invert_;
};

}  // namespace

std::shared_ptr<const PreTokenizer> make_split(component_json::Pattern pattern, SplitBehavior behavior, bool invert,
                                               Json at) {
  return std::make_shared<Split>(std::move(pattern), behavior, invert, at);
}

}  // namespace tokenspace
