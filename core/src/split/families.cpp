#include "families.hpp"

#include <string>
#include <vector>

namespace tokenspace::split {
namespace {

// Outermost alternatives; empty when brackets or parentheses do not balance.
std::vector<std::string_view> alternatives(std::string_view pattern) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int parentheses = 0;
  int brackets = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (c == '[') {
      ++brackets;
    } else if (c == ']') {
      --brackets;
    } else if (brackets == 0 && c == '(') {
      ++parentheses;
    } else if (brackets == 0 && c == ')') {
      --parentheses;
    } else if (brackets == 0 && parentheses == 0 && c == '|') {
      parts.push_back(pattern.substr(begin, i - begin));
      begin = i + 1;
    }
    if (parentheses < 0 || brackets < 0) return {};
  }
  if (parentheses != 0 || brackets != 0) return {};
  parts.push_back(pattern.substr(begin));
  return parts;
}

// What one alternative is. A letter a kind; a family is a string of kinds.
enum Kind : char {
  kUnknown = '?',
  kContractionsLower = 'c',  // together the seven lower-case contractions
  kContractionsAny = 'C',
  kSpaceLetters = 'l',
  kSpaceNumbers = 'n',
  kSpaceRest = 'r',
  kPrefixLetters = 'L',
  kPrefixLettersMarks = 'M',
  kOneNumber = '1',
  kTwoNumbers = '2',
  kThreeNumbers = '3',
  kRestNewlines = 'R',
  kRestNewlinesNoMarks = 'Q',
  kRestNewlinesSlash = '/',
  kWhiteAtEnd = 'e',
  kNewlines = 'N',
  kWhiteBefore = 'b',
  kWhite = 'w',
  kHeadTailContraction = 'A',
  kHeadPlusTailContraction = 'B',
  kHeadTail = 'a',
  kHeadPlusTail = 'p',
  kHanRun = 'H',
  kHanHeadTail = 'h',
  kHanHeadPlusTail = 'i',
};

struct Spelling {
  std::string_view text;
  Kind kind;
  bool fancy_only = false;  // Oniguruma reads it otherwise ({1,3}+ is not possessive there)
};

// The optional first character may be possessive and runs may be possessive or not without a difference, since what can
// follow never begins inside them.
constexpr Spelling kSpellings[] = {
    {R"('(?:[sdmt]|ll|ve|re))", kContractionsLower},
    {R"('(?i:[sdmt]|ll|ve|re))", kContractionsAny},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d))", kContractionsAny},
    {R"( ?\p{L}+)", kSpaceLetters},
    {R"( ?\p{L}++)", kSpaceLetters},
    {R"( ?[\p{L}]+)", kSpaceLetters},
    {R"( ?\p{N}+)", kSpaceNumbers},
    {R"( ?\p{N}++)", kSpaceNumbers},
    {R"( ?[\p{N}]+)", kSpaceNumbers},
    {R"( ?[^\s\p{L}\p{N}]+)", kSpaceRest},
    {R"( ?[^\s\p{L}\p{N}]++)", kSpaceRest},
    {R"([^\r\n\p{L}\p{N}]?\p{L}+)", kPrefixLetters},
    {R"([^\r\n\p{L}\p{N}]?+\p{L}+)", kPrefixLetters},
    {R"([^\r\n\p{L}\p{N}]?+\p{L}++)", kPrefixLetters},
    {R"([^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+)", kPrefixLettersMarks},
    {R"(\p{N})", kOneNumber},
    {R"(\p{N}{1,2})", kTwoNumbers},
    {R"(\p{N}{1,3})", kThreeNumbers},
    {R"(\p{N}{1,3}+)", kThreeNumbers, true},
    {R"(\p{N}{1,2}+)", kTwoNumbers, true},
    {R"( ?[^\s\p{L}\p{N}]+[\r\n]*)", kRestNewlines},
    {R"( ?[^\s\p{L}\p{N}]++[\r\n]*)", kRestNewlines},
    {R"( ?[^\s\p{L}\p{N}]++[\r\n]*+)", kRestNewlines},
    {R"( ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*)", kRestNewlinesNoMarks},
    {R"( ?[^\s\p{L}\p{N}]+[\r\n/]*)", kRestNewlinesSlash},
    {R"(\s++$)", kWhiteAtEnd},
    {R"(\s*[\r\n]+)", kNewlines},
    {R"(\s*[\r\n])", kNewlines},
    {R"(\s+(?!\S))", kWhiteBefore},
    {R"(\s+)", kWhite},
    {R"(\s)", kWhite},
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?)",
     kHeadTailContraction},
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?)",
     kHeadPlusTailContraction},
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)", kHeadTail},
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)", kHeadPlusTail},
    {R"([\p{Han}]+)", kHanRun},
    {R"(\p{Han}+)", kHanRun},
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?)",
     kHanHeadTail},
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?)",
     kHanHeadPlusTail},
};

struct Form {
  std::string_view kinds;
  Family family;
};

constexpr Form kForms[] = {
    {"clnrbw", Family::gpt2},      {"clnrebw", Family::gpt2},  {"CL3ReNbw", Family::cl100k},
    {"CL3RNbw", Family::llama3},   {"CL1RNbw", Family::qwen2}, {"CM1QNbw", Family::qwen35},
    {"CL2RNbw", Family::nanochat}, {"AB3/Nbw", Family::o200k}, {"ap1/Nbw", Family::tekken},
    {"Hhi3RNbw", Family::kimi},
};

struct Whole {
  std::string_view pattern;
  Family family;
};

constexpr Whole kWholes[] = {
    {R"(\p{N}{1,3})", Family::deepseek_digits},
    {"[一-龥぀-ゟ゠-ヿ]+", Family::deepseek_cjk},
    {R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     Family::deepseek_words},
    {R"(<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)", Family::clip},
    {R"(\w+|[^\w\s]+)", Family::word_runs},
    {R"(\s+)", Family::white_runs},
};

}  // namespace

Family recognize(std::string_view pattern, Regex::Syntax syntax) {
  if (pattern.size() > 1000) return Family::unknown;
  for (const Whole& whole : kWholes) {
    if (pattern == whole.pattern) return whole.family;
  }
  std::string kinds;
  std::uint32_t spelled_out = 0;  // of 's 't 're 've 'm 'll 'd
  static constexpr std::string_view kContractions[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
  for (const std::string_view part : alternatives(pattern)) {
    bool is_contraction = false;
    for (std::size_t i = 0; i < 7; ++i) {
      if (part != kContractions[i]) continue;
      is_contraction = true;
      spelled_out |= 1u << i;
    }
    if (is_contraction) {
      if (spelled_out == 0x7F) kinds.push_back(kContractionsLower);
      continue;
    }
    if (spelled_out != 0 && spelled_out != 0x7F) return Family::unknown;
    Kind kind = kUnknown;
    for (const Spelling& spelling : kSpellings) {
      if (part == spelling.text && !(spelling.fancy_only && syntax != Regex::Syntax::fancy)) kind = spelling.kind;
    }
    if (kind == kUnknown) return Family::unknown;
    kinds.push_back(kind);
  }
  for (const Form& form : kForms) {
    if (kinds == form.kinds) return form.family;
  }
  return Family::unknown;
}

}  // namespace tokenspace::split
