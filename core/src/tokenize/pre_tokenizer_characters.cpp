// Pre-tokenizers that look at one character at a time: BertPreTokenizer, Whitespace, WhitespaceSplit, Punctuation,
// Digits, CharDelimiterSplit, FixedLength.
#include "pre_tokenizers.hpp"
#include "tokenspace/unicode.hpp"

namespace tokenspace {
namespace {

using unicode::Category;

// ASCII punctuation and P* of Unicode 8, as unicode_categories 0.1 has it: U+20AC is none, '$' is.
bool is_punctuation(char32_t c) {
  if (c < 0x80)
    return (c >= 0x21 && c <= 0x2F) || (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) || (c >= 0x7B && c <= 0x7E);
  constexpr std::uint32_t mask = 1u << static_cast<unsigned>(Category::Pc) | 1u << static_cast<unsigned>(Category::Pd) |
                                 1u << static_cast<unsigned>(Category::Ps) | 1u << static_cast<unsigned>(Category::Pe) |
                                 1u << static_cast<unsigned>(Category::Pi) | 1u << static_cast<unsigned>(Category::Pf) |
                                 1u << static_cast<unsigned>(Category::Po);
  return unicode::in_mask(unicode::category(c, unicode::Version::v8), mask);
}

enum class Kind : std::uint8_t { space, word, single };

// Runs of characters of one kind; spaces are left out, `single` characters stand alone.
template <class KindOf>
void cut_by_kind(std::vector<Piece>& pieces, KindOf kind_of) {
  cut_pieces(pieces, [&](const AlignedText& aligned, std::vector<Span>& spans) {
    const std::string_view text = aligned.normalized();
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    int previous = -1;
    for (const char* p = begin; p != end;) {
      const auto start = static_cast<std::uint32_t>(p - begin);
      const int kind = kind_of(utf8::decode_unchecked(p));
      const auto stop = static_cast<std::uint32_t>(p - begin);
      if (kind != static_cast<int>(Kind::space)) {
        if (kind == previous && kind != static_cast<int>(Kind::single)) {
          spans.back().end = stop;
        } else {
          spans.push_back({start, stop});
        }
      }
      previous = kind;
    }
  });
}

class Bert : public PreTokenizer {
 public:
  Bert() { json_ = R"({"type":"BertPreTokenizer"})"; }
  void pre_tokenize(std::vector<Piece>& pieces) const override {
    cut_by_kind(pieces, [](char32_t c) {
      if (unicode::is_white_space(c)) return static_cast<int>(Kind::space);
      return static_cast<int>(is_punctuation(c) ? Kind::single : Kind::word);
    });
  }
};

class Whitespace : public PreTokenizer {
 public:
  Whitespace() { json_ = R"({"type":"Whitespace"})"; }
  void pre_tokenize(std::vector<Piece>& pieces) const override {
    // \w+|[^\w\s]+ of the regex crate.
    constexpr int kSymbol = 3;
    cut_by_kind(pieces, [](char32_t c) {
      if (unicode::is_word(c)) return static_cast<int>(Kind::word);
      return unicode::is_white_space(c) ? static_cast<int>(Kind::space) : kSymbol;
    });
  }
};

class WhitespaceSplit : public PreTokenizer {
 public:
  WhitespaceSplit() { json_ = R"({"type":"WhitespaceSplit"})"; }
  void pre_tokenize(std::vector<Piece>& pieces) const override {
    cut_by_kind(pieces,
                [](char32_t c) { return static_cast<int>(unicode::is_white_space(c) ? Kind::space : Kind::word); });
  }
};

class Punctuation : public PreTokenizer {
 public:
  explicit Punctuation(SplitBehavior behavior) : behavior_(behavior) {
    json_ = R"({"type":"Punctuation","behavior":")" + std::string(component_json::behavior_name(behavior)) + "\"}";
  }
  void pre_tokenize(std::vector<Piece>& pieces) const override { cut_at_characters(pieces, behavior_, is_punctuation); }

 private:
  SplitBehavior behavior_;
};

class Digits : public PreTokenizer {
 public:
  explicit Digits(bool individual) : behavior_(individual ? SplitBehavior::isolated : SplitBehavior::contiguous) {
    json_.append(R"({"type":"Digits","individual_digits":)").append(component_json::boolean(individual)).append("}");
  }
  void pre_tokenize(std::vector<Piece>& pieces) const override {
    cut_at_characters(pieces, behavior_, [](char32_t c) { return unicode::is_numeric(c); });
  }

 private:
  SplitBehavior behavior_;
};

class CharDelimiterSplit : public PreTokenizer {
 public:
  explicit CharDelimiterSplit(char32_t delimiter) : delimiter_(delimiter) {
    std::string text;
    utf8::append(text, delimiter);
    json_ = R"({"type":"CharDelimiterSplit","delimiter":)" + component_json::quoted(text) + "}";
  }
  void pre_tokenize(std::vector<Piece>& pieces) const override {
    cut_at_characters(pieces, SplitBehavior::removed, [this](char32_t c) { return c == delimiter_; });
  }

 private:
  char32_t delimiter_;
};

class FixedLength : public PreTokenizer {
 public:
  explicit FixedLength(std::uint64_t length) : length_(length) {
    json_ = R"({"type":"FixedLength","length":)" + std::to_string(length) + "}";
  }
  void pre_tokenize(std::vector<Piece>& pieces) const override {
    cut_pieces(pieces, [this](const AlignedText& aligned, std::vector<Span>& spans) {
      const std::string_view text = aligned.normalized();
      std::uint64_t characters = 0;
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t next = at + utf8::sequence_length(static_cast<unsigned char>(text[at]));
        if (characters++ % length_ == 0) spans.push_back({static_cast<std::uint32_t>(at), 0});
        spans.back().end = static_cast<std::uint32_t>(next);
        at = next;
      }
    });
  }

 private:
  std::uint64_t length_;
};

}  // namespace

std::shared_ptr<const PreTokenizer> make_bert_pre_tokenizer() {
  return std::make_shared<Bert>();
}
std::shared_ptr<const PreTokenizer> make_whitespace() {
  return std::make_shared<Whitespace>();
}
std::shared_ptr<const PreTokenizer> make_whitespace_split() {
  return std::make_shared<WhitespaceSplit>();
}
std::shared_ptr<const PreTokenizer> make_punctuation(SplitBehavior behavior) {
  return std::make_shared<Punctuation>(behavior);
}
std::shared_ptr<const PreTokenizer> make_digits(bool individual_digits) {
  return std::make_shared<Digits>(individual_digits);
}
std::shared_ptr<const PreTokenizer> make_char_delimiter_split(char32_t delimiter) {
  return std::make_shared<CharDelimiterSplit>(delimiter);
}
std::shared_ptr<const PreTokenizer> make_fixed_length(std::uint64_t length) {
  return std::make_shared<FixedLength>(length);
}

}  // namespace tokenspace
