#include "fancy_source.hpp"

#include <string>

#include "case_fold.hpp"
#include "properties.hpp"

namespace tokenspace::regex {
namespace {

constexpr std::uint32_t kMaxRepeat = 100000;

}  // namespace

bool FancyFlags::set(char32_t letter, bool on) {
  switch (letter) {
    case 'i':
      ignore_case = on;
      return true;
    case 'm':
      multi_line = on;
      return true;
    case 's':
      dot_all = on;
      return true;
    case 'U':
      swap_greed = on;
      return true;
    case 'x':
      extended = on;
      return true;
    default:
      return false;
  }
}

bool FancySource::take_count(std::uint32_t& value) {
  const bool found = reader.take_number(value, kMaxRepeat);
  if (value > kMaxRepeat) reader.limit("repeat counts (100000)");
  return found;
}

void FancySource::skip_ignored() {
  while (!reader.at_end()) {
    if (reader.starts_with("(?#")) {
      const std::size_t end = reader.pattern().find(')', reader.offset());
      if (end == std::string_view::npos) reader.error("')' at the end of a comment", "the end of the pattern");
      reader.seek(end + 1);
    } else if (flags.extended && reader.peek() == '#') {
      while (!reader.at_end() && reader.next() != '\n') {
      }
    } else if (flags.extended &&
               (reader.peek() == ' ' || reader.peek() == '\t' || reader.peek() == '\n' || reader.peek() == '\r')) {
      reader.next();
    } else {
      return;
    }
  }
}

char32_t FancySource::hex_escape(std::size_t digits, std::size_t at) {
  std::uint64_t code = 0;
  bool braces = false;
  std::size_t read = 0;
  if (reader.take('{')) braces = true;
  while (!reader.at_end() && read < (braces ? 8 : digits) && hex_value(reader.peek()) >= 0) {
    code = code << 4 | static_cast<std::uint64_t>(hex_value(reader.next()));
    ++read;
  }
  if (braces ? read == 0 || !reader.take('}') : read != digits) reader.error_at(at, "hexadecimal digits", "too few");
  return reader.checked_code_point(code, at);
}

CharSet FancySource::perl_set(char32_t letter) const {
  CharSet set = (letter | 0x20) == 'd'   ? digit_set(tables)
                : (letter | 0x20) == 's' ? space_set()
                : (letter | 0x20) == 'w' ? fancy_word_set(tables)
                                         : hex_digit_set();
  if ((letter & 0x20) == 0) set.negate();
  return set;
}

CharSet FancySource::property(bool negated, std::size_t at) {
  std::string_view name;
  if (reader.at_end()) reader.error_at(at, "a property name", "the end of the pattern");
  if (reader.take('{')) {
    const std::size_t begin = reader.offset();
    const std::size_t end = reader.pattern().find('}', begin);
    if (end == std::string_view::npos) reader.error_at(at, "'}' after a property name", "the end of the pattern");
    name = reader.pattern().substr(begin, end - begin);
    reader.seek(end + 1);
  } else {
    const std::size_t begin = reader.offset();
    reader.next();
    name = reader.pattern().substr(begin, reader.offset() - begin);
  }
  if (name.starts_with("^")) {
    negated = !negated;
    name.remove_prefix(1);
  }
  CharSet set;
  if (!fancy_property(name, tables, set)) reader.error_at(at, "a known property name", "\"" + std::string(name) + "\"");
  if (flags.ignore_case) add_simple_variants(set);
  if (negated) set.negate();
  return set;
}

bool FancySource::set_escape(char32_t c, std::size_t at, CharSet& out) {
  switch (c) {
    case 'd':
    case 'D':
    case 's':
    case 'S':
    case 'w':
    case 'W':
    case 'h':
    case 'H':
      out = perl_set(c);
      return true;
    case 'p':
    case 'P':
      out = property(c == 'P', at);
      return true;
    default:
      return false;
  }
}

char32_t FancySource::literal_escape(char32_t c, std::size_t at) {
  switch (c) {
    case 'a':
      return 0x07;
    case 'b':
      return 0x08;
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case 'e':
      return 0x1B;
    case 'x':
      return hex_escape(2, at);
    case 'u':
      return hex_escape(4, at);
    case 'U':
      return hex_escape(8, at);
    default:
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) reader.error_at(at, "a known escape", "another letter");
      return c;
  }
}

void FancySource::finish(CharSet& set, bool negated) const {
  if (flags.ignore_case) add_simple_variants(set);
  if (negated) set.negate();
}

}  // namespace tokenspace::regex
