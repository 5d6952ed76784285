// Regular expressions over valid UTF-8 with the syntax and semantics tokenizer files rely on (Oniguruma "Ruby" syntax
// as used by tokenizers 0.23.3, fancy-regex as used by tiktoken, the regex crate for Replace): alternation (first
// wins), greedy, lazy and possessive quantifiers, atomic groups, look-ahead and look-behind, (?i) groups, \p{..} \P{..}
// classes (categories, scripts, binary properties, POSIX brackets), class set operations, anchors, back-references.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/span.hpp"
#include "tokenspace/unicode.hpp"

namespace tokenspace {

class Regex {
 public:
  enum class Syntax {
    oniguruma,  // tokenizers' Split, Replace, ... with {"Regex": ...}
    fancy,      // tiktoken's pat_str (fancy-regex over the regex crate)
  };

  // Throws Error(format) naming the offset in the pattern.
  explicit Regex(std::string_view pattern, Syntax syntax = Syntax::oniguruma,
                 unicode::Version tables = unicode::Version::v16);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  const std::string& pattern() const;

  // First match at or after `start`; false when there is none. Thread-safe. Time is linear in the text for patterns
  // without back-references and nested unbounded look-around (memoised); otherwise Error(limit) after a stated number
  // of steps.
  bool search(std::string_view text, std::size_t start, Span& match) const;

  // All successive non-overlapping matches, as onig's find_iter / fancy-regex's find_iter yield them (empty matches
  // included).
  void find_all(std::string_view text, std::vector<Span>& matches) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tokenspace
