// Any text through every compiled splitter: it cuts where the general regex engine cuts with the same pattern.
#include <cstdio>
#include <cstdlib>

#include "fuzz_text.hpp"
#include "patterns.hpp"
#include "tokenspace/buffer.hpp"
#include "tokenspace/regex.hpp"
#include "tokenspace/splitter.hpp"

namespace {

using tokenspace::Regex;

struct Pair {
  std::string_view name;
  std::unique_ptr<tokenspace::Splitter> compiled;
  std::unique_ptr<Regex> regex;
};

std::vector<Pair> make_pairs() {
  std::vector<Pair> pairs;
  for (const auto& [name, pattern] : fuzz::kPatterns) {
    std::size_t known = 0;
    for (const Regex::Syntax syntax : {Regex::Syntax::oniguruma, Regex::Syntax::fancy}) {
      auto compiled = tokenspace::compiled_splitter(pattern, syntax);
      if (!compiled) continue;
      ++known;
      pairs.push_back({name, std::move(compiled), std::make_unique<Regex>(pattern, syntax)});
    }
    if (known == 0) {
      std::fprintf(stderr, "no compiled splitter for %s\n", std::string(name).c_str());
      std::abort();
    }
  }
  return pairs;
}

const std::vector<Pair>& pairs() {
  static const std::vector<Pair> made = make_pairs();
  return made;
}

}  // namespace

// Outside the time an input may take.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return pairs().empty() ? 1 : 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string text = fuzz::text_of(fuzz::view(data + 1, size - 1), data[0] & 1);
  const auto size32 = static_cast<std::uint32_t>(text.size());
  tokenspace::Buffer<std::uint32_t> found, expected;
  std::vector<tokenspace::Span> matches;
  for (const Pair& pair : pairs()) {
    found.clear();
    expected.clear();
    matches.clear();
    pair.compiled->split(text, found);
    pair.regex->find_all(text, matches);
    std::uint32_t at = 0;
    for (const tokenspace::Span match : matches) {
      if (match.begin > at) expected.push_back(match.begin);
      if (match.end > match.begin) expected.push_back(match.end);
      at = match.end;
    }
    if (at < size32) expected.push_back(size32);
    if (found != expected) {
      std::fprintf(stderr, "splitter %s differs from its regex\n", std::string(pair.name).c_str());
      std::abort();
    }
    // A text may be cut at safe_split and its parts split on their own.
    std::size_t middle = text.size() / 2;
    while (middle < text.size() && tokenspace::utf8::is_continuation(static_cast<unsigned char>(text[middle])))
      ++middle;
    const std::size_t cut = pair.compiled->safe_split(text, middle);
    if (cut < middle || cut > text.size()) std::abort();
    tokenspace::Buffer<std::uint32_t> parts;
    pair.compiled->split(std::string_view(text).substr(0, cut), parts);
    const std::size_t first = parts.size();
    pair.compiled->split(std::string_view(text).substr(cut), parts);
    for (std::size_t i = first; i < parts.size(); ++i) parts[i] += static_cast<std::uint32_t>(cut);
    if (parts != expected) {
      std::fprintf(stderr, "splitter %s: parts differ from the whole, cut at %zu\n", std::string(pair.name).c_str(),
                   cut);
      std::abort();
    }
  }
  return 0;
}
