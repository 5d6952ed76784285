// UnicodeScripts: a new piece where the script changes; Chinese and Japanese scripts count as one, spaces as none.
#include "pre_tokenizers.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/unicode_scripts.hpp"

namespace tokenspace {
namespace {

using unicode::Script;

// No value for characters that belong to whatever is around them: the space and code points without a script in
// Unicode 9.
std::optional<Script> script_of(char32_t c) {
  if (c == ' ') return std::nullopt;
  if (c == 0x30FC) return Script::Han;
  const Script script = unicode::script(c);
  if (script == Script::Unknown) return std::nullopt;
  return script == Script::Hiragana || script == Script::Katakana ? Script::Han : script;
}

class UnicodeScripts : public PreTokenizer {
 public:
  UnicodeScripts() { json_ = R"({"type":"UnicodeScripts"})"; }
  void pre_tokenize(std::vector<Piece>& pieces) const override {
    cut_pieces(pieces, [](const AlignedText& aligned, std::vector<Span>& spans) {
      const std::string_view text = aligned.normalized();
      const char* const begin = text.data();
      std::optional<Script> last;
      for (const char* p = begin; p != begin + text.size();) {
        const auto at = static_cast<std::uint32_t>(p - begin);
        const std::optional<Script> script = script_of(utf8::decode_unchecked(p));
        if (!script) continue;
        // What stands before the first character with a script belongs to no piece, as in the reference.
        if (script != last) {
          if (!spans.empty()) spans.back().end = at;
          spans.push_back({at, static_cast<std::uint32_t>(text.size())});
        }
        last = script;
      }
    });
  }
};

}  // namespace

std::shared_ptr<const PreTokenizer> make_unicode_scripts() {
  return std::make_shared<UnicodeScripts>();
}

}  // namespace tokenspace
