#include "oniguruma_source.hpp"

#include <string>

#include "properties.hpp"

namespace tokenspace::regex {
namespace {

constexpr std::uint32_t kMaxRepeat = 100000;

CharSet limited(CharSet set, bool ascii) {
  if (ascii) set.intersect(CharSet{{0, 0x7F}});
  return set;
}

}  // namespace

bool OnigurumaOptions::set(char32_t letter, bool on) {
  switch (letter) {
    case 'i':
      ignore_case = on;
      return true;
    case 'm':
      dot_all = on;
      return true;
    case 'x':
      extended = on;
      return true;
    case 'W':
      ascii_word = on;
      return true;
    case 'D':
      ascii_digit = on;
      return true;
    case 'S':
      ascii_space = on;
      return true;
    case 'P':
      ascii_posix = on;
      return true;
    default:
      return false;
  }
}

void OnigurumaSource::skip_ignored() {
  while (!reader.at_end()) {
    if (reader.starts_with("(?#")) {
      reader.skip(3);
      while (true) {
        if (reader.at_end()) reader.error("')' at the end of a comment", "the end of the pattern");
        const char32_t c = reader.next();
        if (c == '\\') {
          if (!reader.at_end()) reader.next();
        } else if (c == ')') {
          break;
        }
      }
    } else if (options.extended && reader.peek() == '#') {
      while (!reader.at_end() && reader.next() != '\n') {
      }
    } else if (options.extended &&
               std::string_view(" \t\n\r\f").find(static_cast<char>(reader.peek())) != std::string_view::npos &&
               reader.peek() < 0x80) {
      reader.next();
    } else {
      return;
    }
  }
}

std::optional<std::uint32_t> OnigurumaSource::take_count() {
  std::uint32_t value = 0;
  if (!reader.take_number(value, kMaxRepeat)) return std::nullopt;
  if (value > kMaxRepeat) reader.error("a repeat count of at most 100000", "a larger one");
  return value;
}

std::string OnigurumaSource::group_name(char32_t end) {
  const std::size_t start = reader.offset();
  std::string name;
  while (true) {
    if (reader.at_end()) reader.error_at(start, "a group name", "the end of the pattern");
    const std::size_t at = reader.offset();
    const char32_t c = reader.next();
    if (c == end) break;
    if (c == ')' || (name.empty() && (c < 'A' || c == '-')))
      reader.error_at(at, "a group name of word characters", "another character");
    name.append(reader.pattern().substr(at, reader.offset() - at));
  }
  if (name.empty()) reader.error_at(start, "a group name", "none");
  return name;
}

CharSet OnigurumaSource::word(bool in_class) const {
  return limited(in_class ? oniguruma_word_set(tables) : oniguruma_bare_word_set(tables),
                 options.ascii_word || options.ascii_posix);
}
bool OnigurumaSource::is_type(char32_t letter) const {
  return letter < 0x80 && std::string_view("wWdDsShH").find(static_cast<char>(letter)) != std::string_view::npos;
}

CharSet OnigurumaSource::type_set(char32_t letter, bool in_class) const {
  CharSet set;
  switch (letter | 0x20) {
    case 'w':
      set = word(in_class);
      break;
    case 'd':
      set = limited(digit_set(tables), options.ascii_digit || options.ascii_posix);
      break;
    case 's':
      set = limited(space_set(), options.ascii_space || options.ascii_posix);
      break;
    default:
      set = hex_digit_set();
      break;
  }
  if ((letter & 0x20) == 0) set.negate();
  return set;
}

CharSet OnigurumaSource::posix(std::string_view name, std::size_t at) const {
  const bool inverted = name.starts_with('^');
  if (inverted) name.remove_prefix(1);
  CharSet set;
  if (!oniguruma_posix(name, tables, set)) reader.error_at(at, "a POSIX class name", "\"" + std::string(name) + "\"");
  set = limited(std::move(set), options.ascii_posix || (options.ascii_digit && name == "digit") ||
                                    (options.ascii_space && name == "space") || (options.ascii_word && name == "word"));
  if (inverted) set.negate();
  return set;
}

CharSet OnigurumaSource::property(bool negated, bool in_class) {
  const std::size_t start = reader.offset();
  if (reader.take('^')) negated = !negated;
  const std::size_t begin = reader.offset();
  while (!reader.at_end() && reader.peek() != '}') {
    const char32_t c = reader.next();
    if (c == '(' || c == ')' || c == '{' || c == '|')
      reader.error_at(start, "'}' after a property name", "another character");
  }
  const std::string_view name = reader.pattern().substr(begin, reader.offset() - begin);
  if (!reader.take('}')) reader.error_at(start, "'}' after a property name", "the end of the pattern");
  CharSet set;
  if (!oniguruma_property(name, tables, set))
    reader.error_at(start, "a known property name", "\"" + std::string(name) + "\"");
  std::string plain;
  for (const char c : name) {
    if (c != ' ' && c != '-' && c != '_') plain.push_back(static_cast<char>(c | 0x20));
  }
  if (plain == "word") set = word(in_class);
  const bool is_posix = plain == "alnum" || plain == "alpha" || plain == "blank" || plain == "cntrl" ||
                        plain == "graph" || plain == "lower" || plain == "print" || plain == "punct" ||
                        plain == "upper" || plain == "xdigit";
  set = limited(std::move(set),
                (options.ascii_posix && (is_posix || plain == "digit" || plain == "space" || plain == "word")) ||
                    (options.ascii_digit && plain == "digit") || (options.ascii_space && plain == "space") ||
                    (options.ascii_word && plain == "word"));
  if (negated) set.negate();
  return set;
}

std::uint32_t OnigurumaSource::hex(std::size_t max_digits) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < max_digits && !reader.at_end(); ++i) {
    const int digit = hex_value(reader.peek());
    if (digit < 0) break;
    value = value << 4 | static_cast<std::uint32_t>(digit);
    reader.next();
  }
  return value;
}

// \xHH and \ooo name bytes; several in a row make one UTF-8 character.
char32_t OnigurumaSource::byte_escape(std::uint32_t first, std::size_t at) {
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : -1;
  if (more < 0) reader.error_at(at, "bytes of a UTF-8 character", "a stray byte");
  std::string bytes(1, static_cast<char>(first));
  for (int i = 0; i < more; ++i) {
    if (!reader.starts_with("\\x")) reader.error_at(at, "bytes of a UTF-8 character", "too few of them");
    reader.skip(2);
    bytes.push_back(static_cast<char>(hex(2)));
  }
  if (utf8::valid_sequence_length(bytes) != bytes.size()) reader.error_at(at, "bytes of a UTF-8 character", "others");
  const char* p = bytes.data();
  return utf8::decode_unchecked(p);
}

bool OnigurumaSource::code_point_escape(char32_t c, std::size_t at, bool in_class, char32_t& out) {
  static constexpr std::string_view kLetters = "tvnrfae", kControls = "\t\v\n\r\f\x07\x1B";
  if (const std::size_t i = c < 0x80 ? kLetters.find(static_cast<char>(c)) : std::string_view::npos;
      i != std::string_view::npos) {
    out = static_cast<char32_t>(kControls[i]);
    return true;
  }
  switch (c) {
    case 'b':
      if (!in_class) return false;
      out = 0x08;
      return true;
    case 'x':
      if (reader.take('{')) {
        const std::size_t digits = reader.offset();
        const std::uint32_t code = hex(8);
        if (reader.offset() == digits) {  // "\x{" without digits: the letter x, then "{"
          reader.seek(digits - 1);
          out = 'x';
          return true;
        }
        if (!reader.take('}')) reader.error_at(at, "'}' after a hexadecimal number", "another character");
        out = reader.checked_code_point(code, at);
        return true;
      }
      out = byte_escape(hex(2), at);
      return true;
    case 'u': {
      const std::size_t digits = reader.offset();
      const std::uint32_t code = hex(4);
      if (reader.offset() != digits + 4) reader.error_at(at, "four hexadecimal digits", "fewer");
      out = reader.checked_code_point(code, at);
      return true;
    }
    case 'o':
      if (reader.take('{')) {
        std::uint32_t code = 0;
        while (!reader.at_end() && reader.peek() >= '0' && reader.peek() <= '7' && code <= kMaxCodePoint) {
          code = code << 3 | (reader.next() - '0');
        }
        if (!reader.take('}')) reader.error_at(at, "'}' after an octal number", "another character");
        out = reader.checked_code_point(code, at);
        return true;
      }
      out = 'o';
      return true;
    case 'c':
    case 'C':
    case 'M':
      reader.unsupported(at, "a control or meta escape");
    default:
      return false;
  }
}

char32_t OnigurumaSource::octal_escape(std::size_t max_digits, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < max_digits && !reader.at_end() && reader.peek() >= '0' && reader.peek() <= '7'; ++i) {
    value = value << 3 | (reader.next() - '0');
  }
  return byte_escape(value, at);
}

}  // namespace tokenspace::regex
