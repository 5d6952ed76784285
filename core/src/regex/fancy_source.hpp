// The small pieces of fancy-regex patterns: counts, and the escapes that mean a set or one code point, the same outside
// and inside brackets; flags decide some.
#pragma once

#include <cstdint>

#include "char_set.hpp"
#include "pattern_reader.hpp"
#include "tokenspace/unicode.hpp"

namespace tokenspace::regex {

struct FancyFlags {
  bool ignore_case = false;
  bool multi_line = false;
  bool dot_all = false;
  bool swap_greed = false;
  bool extended = false;

  // False when `letter` is none of i m s U x.
  bool set(char32_t letter, bool on);
};

// What the rooms of the parser share while they walk through one pattern.
struct FancySource {
  PatternReader reader;
  unicode::Version tables;
  FancyFlags flags;

  void skip_ignored();  // comments, and blanks in extended mode
  bool take_count(std::uint32_t& value);
  // Escapes with the same meaning everywhere. The backslash is consumed, `c` too.
  bool set_escape(char32_t c, std::size_t at, CharSet& out);
  char32_t literal_escape(char32_t c, std::size_t at);
  // What the flags and a negation make of a class.
  void finish(CharSet& set, bool negated) const;

 private:
  char32_t hex_escape(std::size_t digits, std::size_t at);
  CharSet perl_set(char32_t letter) const;
  CharSet property(bool negated, std::size_t at);  // behind \p or \P
};

CharSet fancy_class(FancySource& source, int depth);  // behind '['

}  // namespace tokenspace::regex
