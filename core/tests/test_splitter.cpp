#include "tokenspace/splitter.hpp"

#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "harness.hpp"
#include "tokenspace/utf8.hpp"

using tokenspace::Buffer;
using tokenspace::compiled_splitter;
using tokenspace::Regex;
using tokenspace::Span;

namespace {

constexpr auto kOniguruma = Regex::Syntax::oniguruma;
constexpr auto kFancy = Regex::Syntax::fancy;

#define HEAD R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])"
#define TAIL R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])"
#define PREFIX R"([^\r\n\p{L}\p{N}]?)"
#define SHORT R"((?i:'s|'t|'re|'ve|'m|'ll|'d))"
#define WHITE R"(|\s*[\r\n]+|\s+(?!\S)|\s+)"

const std::pair<std::string_view, Regex::Syntax> kPatterns[] = {
    {R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", kOniguruma},
    {R"('(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s)", kFancy},
    {R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)",
     kFancy},
    {SHORT "|" PREFIX R"(\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)" WHITE, kOniguruma},
    {SHORT "|" PREFIX R"(\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)" WHITE, kOniguruma},
    {SHORT "|" PREFIX R"([\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*)" WHITE, kOniguruma},
    {R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)",
     kFancy},
    {PREFIX HEAD "*" TAIL "+" SHORT "?|" PREFIX HEAD "+" TAIL "*" SHORT
                 R"(?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*)" WHITE,
     kFancy},
    {PREFIX HEAD "*" TAIL "+|" PREFIX HEAD "+" TAIL R"(*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*)" WHITE, kOniguruma},
    {R"([\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+)" SHORT
     R"(?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*)" SHORT
     R"(?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)" WHITE,
     kFancy},
    {R"(\p{N}{1,3})", kOniguruma},
    {"[一-龥぀-ゟ゠-ヿ]+", kOniguruma},
    {R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*)" WHITE,
     kOniguruma},
    {R"(<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)", kOniguruma},
    {R"(\w+|[^\w\s]+)", kOniguruma},
    {R"(\w+|[^\w\s]+)", kFancy},
    {R"(\s+)", kOniguruma},
};

const std::string_view kUnits[] = {
    "a",      "b",      "s",      "T",      "Ab",     "'",          "'s",     "'LL",    "'\u017F",
    " ",      "  ",     "\n",     "\r",     "\t",     "\u00A0",     "\u0085", "\u2028", "1",
    "23",     "\u0663", "\u00BD", "\u2167", ".",      "/",          "-",      "$",      "<|endoftext|>",
    "\u4E2D", "\u3005", "\u3007", "\u3072", "\u30FC", "\u2E80",     "\u0301", "\u0939", "\u01C5",
    "\u02B0", "\u00E9", "\u1E9E", "\u200D", "\u0378", "\U0001F469", "\u200B", "\u00BC", "\U00016FF0"};

std::string random_text(std::mt19937& random) {
  std::string text;
  const auto length = random() % 24;
  for (unsigned i = 0; i < length; ++i) text += kUnits[random() % std::size(kUnits)];
  return text;
}

Buffer<std::uint32_t> by_regex(const Regex& regex, std::string_view text) {
  std::vector<Span> found;
  regex.find_all(text, found);
  Buffer<std::uint32_t> ends;
  std::uint32_t last = 0;
  for (const Span& span : found) {
    if (span.begin != last) ends.push_back(span.begin);
    ends.push_back(span.end);
    last = span.end;
  }
  if (last != text.size()) ends.push_back(static_cast<std::uint32_t>(text.size()));
  return ends;
}

}  // namespace

TEST("splitter: every family gives the pieces of its pattern") {
  std::mt19937 random(7);
  for (const auto& [pattern, syntax] : kPatterns) {
    const auto splitter = compiled_splitter(pattern, syntax);
    CHECK(splitter != nullptr);
    if (!splitter) continue;
    const Regex regex(pattern, syntax);
    for (int i = 0; i < 3000; ++i) {
      const std::string text = random_text(random);
      Buffer<std::uint32_t> ends;
      splitter->split(text, ends);
      CHECK(ends == by_regex(regex, text));
    }
  }
}

TEST("splitter: a safe split changes no piece") {
  std::mt19937 random(8);
  for (const auto& [pattern, syntax] : kPatterns) {
    const auto splitter = compiled_splitter(pattern, syntax);
    for (int i = 0; i < 1000; ++i) {
      const std::string text = random_text(random);
      const std::size_t target = text.empty() ? 0 : random() % (text.size() + 1);
      const std::size_t cut = splitter->safe_split(text, target);
      CHECK(cut >= target && cut <= text.size());
      Buffer<std::uint32_t> whole, parts;
      splitter->split(text, whole);
      splitter->split(std::string_view(text).substr(0, cut), parts);
      const std::size_t first = parts.size();
      splitter->split(std::string_view(text).substr(cut), parts);
      for (std::size_t k = first; k < parts.size(); ++k) parts[k] += static_cast<std::uint32_t>(cut);
      CHECK(parts == whole);
    }
  }
}

TEST("splitter: DeepSeek's three patterns in sequence") {
  const std::array<std::string_view, 3> patterns = {kPatterns[10].first, kPatterns[11].first, kPatterns[12].first};
  const auto splitter = tokenspace::compiled_sequence(patterns, kOniguruma);
  CHECK(splitter != nullptr);
  Buffer<std::uint32_t> ends;
  splitter->split("ab1234中文.x", ends);
  CHECK((ends == Buffer<std::uint32_t>{2, 5, 6, 12, 14}));
}

TEST("splitter: unknown patterns and other meanings are not compiled") {
  CHECK(compiled_splitter(R"(\p{L}+|\p{N}+)", kOniguruma) == nullptr);
  CHECK(compiled_splitter("", kOniguruma) == nullptr);
  CHECK(compiled_splitter("[", kOniguruma) == nullptr);
  // {1,3}+ is not possessive in Oniguruma: another pattern.
  CHECK(compiled_splitter(kPatterns[2].first, kOniguruma) == nullptr);
  CHECK(compiled_splitter("'s|'t", kOniguruma) == nullptr);
}
