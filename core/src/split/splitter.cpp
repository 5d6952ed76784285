#include "tokenspace/splitter.hpp"

#include "gpt2_simd.hpp"

#include <limits>
#include <utility>

#include "families.hpp"
#include "scanners.hpp"
#include "tokenspace/error.hpp"

namespace tokenspace {
namespace {

using split::ClassTable;
using split::Family;

void check_size(std::string_view text) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max() - 1) {
    fail(ErrorKind::limit, "split text", "a text below 4 GiB", "a longer one");
  }
}

std::size_t character_start(std::string_view text, std::size_t at) {
  while (at < text.size() && utf8::is_continuation(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

std::size_t previous_start(std::string_view text, std::size_t at) {
  do {
    --at;
  } while (at > 0 && utf8::is_continuation(static_cast<unsigned char>(text[at])));
  return at;
}

// Between a character that is not white space and white space every family has a border, and nothing looks behind it.
// Except: newlines may belong to the punctuation before them.
struct BeforeWhite {
  const ClassTable& table = ClassTable::plain();
  bool operator()(const char* before, const char* at) const {
    const char* next;
    const std::uint32_t left = 1u << table.at(before, next);
    if (left & split::kWhites) return false;
    const std::uint32_t right = 1u << table.at(at, next);
    return (right & split::kWhites) &&
           ((right & split::kNewlines) == 0 || (left & (split::kLetters | split::kNumbers)));
  }
};

struct NumberBorder {
  const ClassTable& table = ClassTable::plain();
  bool operator()(const char* before, const char* at) const {
    const char* next;
    return (split::kNumbers >> table.at(before, next) & 1u) != (split::kNumbers >> table.at(at, next) & 1u);
  }
};

struct CjkBorder {
  bool operator()(const char* before, const char* at) const {
    const char* next;
    return split::CjkRunsRule::cjk(before, next) != split::CjkRunsRule::cjk(at, next);
  }
};

template <class Rule, class Border = BeforeWhite>
class RuleSplitter final : public Splitter {
 public:
  void split(std::string_view text, Buffer<std::uint32_t>& ends) const override {
    check_size(text);
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    // Ends are collected in a block of fixed size: appending them one by one costs as much as finding them.
    std::uint32_t block[512];
    for (const char* p = begin; p != end;) {
      std::size_t count = 0;
      while (count < 512 && p != end) {
        p = rule_(p, end);
        block[count++] = static_cast<std::uint32_t>(p - begin);
      }
      ends.insert(ends.end(), block, block + count);
    }
  }

  std::size_t safe_split(std::string_view text, std::size_t target) const override {
    if (target >= text.size()) return text.size();
    if (target == 0) return 0;
    std::size_t at = character_start(text, target);
    if (at >= text.size()) return text.size();
    for (std::size_t before = previous_start(text, at); at < text.size();) {
      if (border_(text.data() + before, text.data() + at)) return at;
      before = at;
      at += utf8::sequence_length(static_cast<unsigned char>(text[at]));
    }
    return text.size();
  }

 private:
  Rule rule_;
  Border border_;
};

// Each stage splits the pieces of the one before it.
class SequenceSplitter final : public Splitter {
 public:
  explicit SequenceSplitter(std::vector<std::unique_ptr<Splitter>> stages) : stages_(std::move(stages)) {}

  void split(std::string_view text, Buffer<std::uint32_t>& ends) const override {
    check_size(text);
    std::vector<std::uint32_t> outer = {static_cast<std::uint32_t>(text.size())};
    Buffer<std::uint32_t> inner;
    if (text.empty()) return;
    for (const auto& stage : stages_) {
      std::vector<std::uint32_t> refined;
      std::uint32_t begin = 0;
      for (const std::uint32_t end : outer) {
        inner.clear();
        stage->split(text.substr(begin, end - begin), inner);
        for (const std::uint32_t e : inner) refined.push_back(begin + e);
        begin = end;
      }
      outer = std::move(refined);
    }
    ends.insert(ends.end(), outer.begin(), outer.end());
  }

  // A border of the last stage at white space: the stages before it only separate numbers and CJK characters, which are
  // never white space, so cutting one of their pieces there changes nothing in the end.
  std::size_t safe_split(std::string_view text, std::size_t target) const override {
    return stages_.back()->safe_split(text, target);
  }

 private:
  std::vector<std::unique_ptr<Splitter>> stages_;
};

}  // namespace

std::unique_ptr<Splitter> compiled_splitter(std::string_view pattern, Regex::Syntax syntax) {
  using split::Contractions;
  switch (split::recognize(pattern, syntax)) {
    case Family::unknown:
      return nullptr;
    case Family::gpt2:
      return std::make_unique<detail::Gpt2Splitter>();
    case Family::cl100k:
      return std::make_unique<RuleSplitter<split::LetterPrefixRule<3, false, true>>>();
    case Family::llama3:
      return std::make_unique<RuleSplitter<split::LetterPrefixRule<3, false, false>>>();
    case Family::qwen2:
      return std::make_unique<RuleSplitter<split::LetterPrefixRule<1, false, false>>>();
    case Family::qwen35:
      return std::make_unique<RuleSplitter<split::LetterPrefixRule<1, true, false>>>();
    case Family::nanochat:
      return std::make_unique<RuleSplitter<split::LetterPrefixRule<2, false, false>>>();
    case Family::o200k:
      return std::make_unique<RuleSplitter<split::CasedRule<Contractions::any_case, 3, true, false>>>();
    case Family::tekken:
      return std::make_unique<RuleSplitter<split::CasedRule<Contractions::none, 1, true, false>>>();
    case Family::kimi:
      return std::make_unique<RuleSplitter<split::CasedRule<Contractions::any_case, 3, false, true>>>();
    case Family::deepseek_digits:
      return std::make_unique<RuleSplitter<split::DigitTriplesRule, NumberBorder>>();
    case Family::deepseek_cjk:
      return std::make_unique<RuleSplitter<split::CjkRunsRule, CjkBorder>>();
    case Family::deepseek_words:
      return std::make_unique<RuleSplitter<split::DeepSeekWordsRule>>();
    case Family::clip:
      return std::make_unique<RuleSplitter<split::ClipRule>>();
    case Family::word_runs:
      if (syntax == Regex::Syntax::oniguruma) return std::make_unique<RuleSplitter<split::WordRunsRule<true>>>();
      return std::make_unique<RuleSplitter<split::WordRunsRule<false>>>();
    case Family::white_runs:
      return std::make_unique<RuleSplitter<split::WhiteRunsRule>>();
  }
  return nullptr;
}

bool pattern_covers_text(std::string_view pattern, Regex::Syntax syntax) {
  switch (split::recognize(pattern, syntax)) {
    case Family::gpt2:
    case Family::cl100k:
    case Family::llama3:
    case Family::qwen2:
    case Family::qwen35:
    case Family::nanochat:
    case Family::o200k:
    case Family::tekken:
    case Family::kimi:
      return true;
    default:
      return false;
  }
}

std::unique_ptr<Splitter> compiled_sequence(std::span<const std::string_view> patterns, Regex::Syntax syntax) {
  std::vector<std::unique_ptr<Splitter>> stages;
  static constexpr Family kSequence[] = {Family::deepseek_digits, Family::deepseek_cjk, Family::deepseek_words};
  if (patterns.size() != 3) return nullptr;
  for (std::size_t i = 0; i < 3; ++i) {
    if (split::recognize(patterns[i], syntax) != kSequence[i]) return nullptr;
    stages.push_back(compiled_splitter(patterns[i], syntax));
  }
  return std::make_unique<SequenceSplitter>(std::move(stages));
}

}  // namespace tokenspace
