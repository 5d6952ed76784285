// Metaspace: spaces become a visible character that opens the next piece.
#include <string>

#include "pre_tokenizers.hpp"
#include "tokenspace/text_rewriter.hpp"

namespace tokenspace {
namespace {

constexpr std::string_view kSchemes[] = {"first", "never", "always"};

class Metaspace : public PreTokenizer {
 public:
  Metaspace(char32_t replacement, PrependScheme scheme, bool split) : scheme_(scheme), split_(split) {
    utf8::append(mark_, replacement);
    json_ = R"({"type":"Metaspace","replacement":)" + component_json::quoted(mark_) + R"(,"prepend_scheme":")" +
            std::string(kSchemes[static_cast<std::size_t>(scheme)]) + R"(","split":)" +
            std::string(component_json::boolean(split)) + "}";
  }

  void pre_tokenize(std::vector<Piece>& pieces) const override {
    TextRewriter out;
    for (Piece& piece : pieces) {
      if (!piece.added && !piece.text.empty()) mark(piece.text, out);
    }
    out.finish();
    if (!split_) {
      std::erase_if(pieces, [](const Piece& piece) { return !piece.added && piece.text.empty(); });
      return;
    }
    cut_pieces(pieces, [this](const AlignedText& aligned, std::vector<Span>& spans) {
      const std::string_view text = aligned.normalized();
      // A mark joins the text behind it unless another mark follows.
      std::size_t begin = 0;
      while (begin < text.size()) {
        const std::size_t next = text.find(mark_, begin + (text.substr(begin).starts_with(mark_) ? mark_.size() : 0));
        const std::size_t end = std::min(next, text.size());
        spans.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
        begin = end;
      }
    });
  }

 private:
  void mark(AlignedText& text, TextRewriter& out) const {
    const std::string_view source = text.normalized();
    const bool starts_marked = source.starts_with(' ') || source.starts_with(mark_);
    const bool wanted = scheme_ == PrependScheme::always || (scheme_ == PrependScheme::first && text.shift() == 0);
    out.begin_in_place(text);
    if (wanted && !starts_marked) {
      const std::size_t length = utf8::sequence_length(static_cast<unsigned char>(source[0]));
      out.put(length, mark_ + std::string(source.substr(0, length)));
    }
    for (std::size_t at = source.find(' ', out.position()); at != std::string_view::npos;
         at = source.find(' ', at + 1)) {
      out.keep(at - out.position());
      out.substitute(1, mark_);
    }
    out.keep(source.size() - out.position());
    out.end();
  }

  std::string mark_;
  PrependScheme scheme_;
  bool split_;
};

}  // namespace

std::shared_ptr<const PreTokenizer> make_metaspace(char32_t replacement, PrependScheme scheme, bool split) {
  return std::make_shared<Metaspace>(replacement, scheme, split);
}

}  // namespace tokenspace
