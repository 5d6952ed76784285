// The small pieces of Oniguruma patterns: names, counts, and the escapes that mean a set or one code point, the same
// outside and inside brackets; options decide some.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "char_set.hpp"
#include "pattern_reader.hpp"
#include "tokenspace/unicode.hpp"

namespace tokenspace::regex {

struct OnigurumaOptions {
  bool ignore_case = false;
  bool dot_all = false;
  bool extended = false;
  bool ascii_word = false, ascii_digit = false, ascii_space = false, ascii_posix = false;

  // False when `letter` is none of i m x W D S P.
  bool set(char32_t letter, bool on);
};

// What the rooms of the parser share while they walk through one pattern.
struct OnigurumaSource {
  PatternReader reader;
  unicode::Version tables;
  OnigurumaOptions options;

  void skip_ignored();                        // comments, and blanks in extended mode
  std::optional<std::uint32_t> take_count();  // digits
  std::string group_name(char32_t end);       // of a group that begins with it

  CharSet word(bool in_class) const;
  bool is_type(char32_t letter) const;                         // \w \d \s \h and their opposites
  CharSet type_set(char32_t letter, bool in_class) const;      // of such a letter
  CharSet posix(std::string_view name, std::size_t at) const;  // of [:name:]
  CharSet property(bool negated, bool in_class);               // behind "\p{" or "\P{"
  // The escapes that name one code point. The backslash is consumed, `c` is the next character.
  bool code_point_escape(char32_t c, std::size_t at, bool in_class, char32_t& out);
  char32_t octal_escape(std::size_t max_digits, std::size_t at);

 private:
  std::uint32_t hex(std::size_t max_digits);
  char32_t byte_escape(std::uint32_t first, std::size_t at);
};

// A bracket expression behind its '['. The result is the set before negation.
CharSet oniguruma_class(OnigurumaSource& source, int depth, bool& negated);

}  // namespace tokenspace::regex
