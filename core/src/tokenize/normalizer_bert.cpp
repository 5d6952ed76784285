// BertNormalizer: clean text, space out Chinese characters, strip accents, lower-case; four passes in the reference,
// one here.
#include <array>
#include <string>
#include <vector>

#include "component_json.hpp"
#include "normalizers.hpp"
#include "tokenspace/text_rewriter.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {
namespace {

using unicode::Category;

// unicode_categories 0.1 knows Unicode 8; it does not count unassigned code points as "other".
bool is_control(char32_t c) {
  constexpr std::uint32_t other = 1u << static_cast<unsigned>(Category::Cc) |
                                  1u << static_cast<unsigned>(Category::Cf) | 1u << static_cast<unsigned>(Category::Co);
  return c != '\t' && c != '\n' && c != '\r' && unicode::in_mask(unicode::category(c, unicode::Version::v8), other);
}

bool is_removed(char32_t c) {
  return c == 0 || c == 0xFFFD || is_control(c);
}

bool is_nonspacing_mark(char32_t c) {
  return c >= 0x300 && unicode::category(c, unicode::Version::v8) == Category::Mn;
}

// The ranges the reference names; two of them differ from the blocks (U+2B820..U+2B91F is left out).
bool is_chinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

class BertNormalizer : public Normalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options)
      : options_(options), strip_accents_(options.strip_accents.value_or(options.lowercase)) {
    using component_json::boolean;
    json_.append("{\"type\":\"BertNormalizer\",\"clean_text\":").append(boolean(options.clean_text));
    json_.append(",\"handle_chinese_chars\":").append(boolean(options.handle_chinese_chars));
    json_.append(",\"strip_accents\":").append(options.strip_accents ? boolean(*options.strip_accents) : "null");
    json_.append(",\"lowercase\":").append(boolean(options.lowercase)).append("}");
    for (char32_t c = 0; c < 128; ++c) {
      char mapped = static_cast<char>(c);
      if (options.clean_text && is_removed(c)) {
        mapped = kRemoved;
      } else if (options.clean_text && unicode::is_white_space(c)) {
        mapped = ' ';
      } else if (options.lowercase && c >= 'A' && c <= 'Z') {
        mapped = static_cast<char>(c | 0x20);
      }
      ascii_[c] = mapped;
    }
  }

  void normalize(AlignedText& text) const override {
    TextRewriter out;
    out.begin(text);
    if (out.partial()) {
      step_by_step(text);
      return;
    }
    const std::string_view source = text.normalized();
    Memo memo;
    for (std::size_t at = 0; at < source.size(); at = out.position()) {
      if (static_cast<unsigned char>(source[at]) < 0x80) {
        ascii_run(source, out);
      } else {
        other_run(text, out, memo);
      }
    }
    out.end();
    out.finish();
  }

 private:
  static constexpr char kRemoved = static_cast<char>(0x80);

  // A block of ASCII that loses no character and changes none of their lengths goes over as it is.
  void ascii_run(std::string_view source, TextRewriter& out) const {
    char block[256];
    std::size_t size = 0;
    bool changed = false;
    for (std::size_t at = out.position(); at < source.size() && size < sizeof block; ++at) {
      const auto c = static_cast<unsigned char>(source[at]);
      if (c >= 0x80) break;
      const char mapped = ascii_[c];
      if (mapped == kRemoved) break;
      changed |= mapped != static_cast<char>(c);
      block[size++] = mapped;
    }
    if (size == 0) {
      out.drop(1);
    } else if (changed) {
      out.keep_mapped({block, size});
    } else {
      out.keep(size);
    }
  }

  // What all steps together make of one character.
  struct Expansion {
    char32_t c = 0;  // 0: not computed
    std::uint8_t size = 0;
    bool kept_mark = false;  // part of it moves among marks but is not stripped
    char text[26] = {};      // 4 code points after decomposition, each at most 3 after lower-casing; none needs more
  };
  // The characters of one text repeat; 256 slots by their low byte serve an alphabet.
  using Memo = std::vector<Expansion>;

  // Characters beyond ASCII up to the next ASCII one that stays (marks meet over those that do not). No mark moves over
  // a base character, so each gives its own result; only a mark that is moved and not stripped (a spacing mark, or one
  // newer than Unicode 8) makes the run one thing.
  void other_run(AlignedText& text, TextRewriter& out, Memo& memo) const {
    const std::string_view source = text.normalized();
    const std::size_t begin = out.position();
    std::size_t end = begin;
    bool kept_mark = false;
    while (end < source.size()) {
      const auto lead = static_cast<unsigned char>(source[end]);
      if (lead < 0x80 && ascii_[lead] != kRemoved) break;
      if (lead >= 0x80 && strip_accents_) kept_mark |= expansion(source, end, memo).kept_mark;
      end += utf8::sequence_length(lead);
    }
    if (kept_mark) {
      const Span run{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
      AlignedText part = text.slice(run);
      step_by_step(part);
      out.take(end - begin, part, text.to_original(run).begin - text.shift());
      return;
    }
    for (std::size_t at = begin; at < end;) {
      const auto lead = static_cast<unsigned char>(source[at]);
      const std::size_t length = utf8::sequence_length(lead);
      if (lead < 0x80) {
        out.drop(1);
      } else {
        const Expansion& made = expansion(source, at, memo);
        const std::string_view mapped(made.text, made.size);
        if (mapped == source.substr(at, length)) {
          out.keep(length);
        } else {
          out.put(length, mapped);
        }
      }
      at += length;
    }
  }

  const Expansion& expansion(std::string_view source, std::size_t at, Memo& memo) const {
    const char* p = source.data() + at;
    const char32_t c = utf8::decode_unchecked(p);
    if (memo.empty()) memo.resize(256);
    Expansion& made = memo[(c ^ c >> 8) & 0xFF];
    if (made.c == c) return made;
    made = Expansion{};
    made.c = c;
    std::string mapped;
    expand(c, source.substr(at, static_cast<std::size_t>(p - source.data()) - at), mapped, made.kept_mark);
    made.size = static_cast<std::uint8_t>(mapped.copy(made.text, sizeof made.text));
    return made;
  }

  // No decomposition, not a mark: true for the bulk of Chinese text.
  static bool is_plain(char32_t c) { return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF); }

  void expand(char32_t c, std::string_view bytes, std::string& mapped, bool& kept_mark) const {
    if (options_.clean_text) {
      if (is_removed(c)) return;
      if (unicode::is_white_space(c)) {
        mapped.push_back(' ');
        return;
      }
    }
    const bool spaced = options_.handle_chinese_chars && is_chinese(c);
    if (spaced) mapped.push_back(' ');
    if (strip_accents_ && !is_plain(c)) {
      std::vector<unicode::CharChange> parts;
      unicode::normalize(bytes, unicode::Form::nfd, parts);
      for (const auto& part : parts) {
        if (is_nonspacing_mark(part.c)) continue;
        kept_mark |= unicode::combining_class(part.c) != 0;
        lower(part.c, mapped);
      }
    } else {
      lower(c, mapped);
    }
    if (spaced) mapped.push_back(' ');
  }

  void lower(char32_t c, std::string& mapped) const {
    if (!options_.lowercase) {
      utf8::append(mapped, c);
      return;
    }
    char32_t out[3];
    const int count = unicode::to_lowercase(c, out);
    for (int i = 0; i < count; ++i) utf8::append(mapped, out[i]);
  }

  // The reference's order and steps.
  void step_by_step(AlignedText& text) const {
    if (options_.clean_text) {
      text.filter([](char32_t c) { return !is_removed(c); });
      text.map([](char32_t c) { return unicode::is_white_space(c) ? U' ' : c; });
    }
    if (options_.handle_chinese_chars) {
      TextRewriter out;
      out.begin(text);
      const std::string_view source = text.normalized();
      for (std::size_t at = 0; at < source.size(); at = out.position()) {
        const char* p = source.data() + at;
        const bool chinese = is_chinese(utf8::decode_unchecked(p));
        const auto length = static_cast<std::size_t>(p - source.data()) - at;
        if (chinese) {
          out.put(length, " " + std::string(source.substr(at, length)) + " ");
        } else {
          out.keep(length);
        }
      }
      out.end();
      out.finish();
    }
    if (strip_accents_) {
      text.normalize(unicode::Form::nfd);
      text.filter([](char32_t c) { return !is_nonspacing_mark(c); });
    }
    if (options_.lowercase) text.lowercase();
  }

  BertNormalizerOptions options_;
  bool strip_accents_;
  std::array<char, 128> ascii_{};
};

}  // namespace

std::shared_ptr<const Normalizer> make_bert_normalizer(const BertNormalizerOptions& options) {
  return std::make_shared<BertNormalizer>(options);
}

}  // namespace tokenspace
