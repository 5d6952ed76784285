#include "tokenspace/regex.hpp"

#include <utility>

#include "matcher.hpp"
#include "program.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace {

struct Regex::Impl {
  std::string pattern;
  regex::Program program;
};

Regex::Regex(std::string_view pattern, Syntax syntax, unicode::Version tables) : impl_(std::make_unique<Impl>()) {
  impl_->pattern = pattern;
  regex::SyntaxTree tree =
      syntax == Syntax::oniguruma ? regex::parse_oniguruma(pattern, tables) : regex::parse_fancy(pattern, tables);
  impl_->program = regex::compile(tree);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

const std::string& Regex::pattern() const {
  return impl_->pattern;
}

bool Regex::search(std::string_view text, std::size_t start, Span& match) const {
  if (start > text.size()) return false;
  return regex::Matcher(impl_->program, text).search(start, match);
}

void Regex::find_all(std::string_view text, std::vector<Span>& matches) const {
  regex::Matcher matcher(impl_->program, text);
  std::size_t at = 0;
  bool has_last = false;
  std::size_t last_end = 0;
  Span found;
  while (at <= text.size() && matcher.search(at, found)) {
    look_up();
    // An empty match right behind the previous one is not reported; the search goes on one character later.
    if (found.begin == found.end && has_last && last_end == found.end) {
      at += at < text.size() ? utf8::sequence_length(static_cast<unsigned char>(text[at])) : 1;
      continue;
    }
    matches.push_back(found);
    last_end = found.end;
    has_last = true;
    at = found.end;
  }
}

}  // namespace tokenspace
