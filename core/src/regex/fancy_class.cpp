#include <string_view>

#include "ast.hpp"
#include "fancy_source.hpp"
#include "properties.hpp"

namespace tokenspace::regex {

CharSet fancy_class(FancySource& source, int depth) {
  PatternReader& reader = source.reader;
  if (depth > kMaxParseDepth) reader.limit("nesting");
  const std::size_t open = reader.offset();
  const bool negated = reader.take('^');
  CharSet result;
  char operation = 0;
  CharSet current;
  bool first = true;

  const auto combine = [&](char next) {
    if (operation == 0) {
      result = std::move(current);
    } else {
      source.finish(current, false);
      source.finish(result, false);
      if (operation == '&') {
        result.intersect(current);
      } else if (operation == '-') {
        result.subtract(current);
      } else {
        CharSet both = result;
        both.intersect(current);
        result.unite(current);
        result.subtract(both);
      }
    }
    current = CharSet();
    operation = next;
  };

  // One element: a set, or a single code point that may begin a range.
  const auto element = [&](char32_t& single, CharSet& set) {
    const std::size_t at = reader.offset();
    const char32_t c = reader.next();
    if (c == '\\') {
      if (reader.at_end()) reader.error_at(at, "a character after '\\'", "the end of the pattern");
      const char32_t e = reader.next();
      if (source.set_escape(e, at, set)) return false;
      single = source.literal_escape(e, at);
      return true;
    }
    if (c == '[') {
      if (reader.starts_with(":")) {
        const std::size_t end = reader.pattern().find(":]", reader.offset() + 1);
        if (end != std::string_view::npos) {
          std::string_view name = reader.pattern().substr(reader.offset() + 1, end - reader.offset() - 1);
          const bool inverted = name.starts_with("^");
          if (inverted) name.remove_prefix(1);
          if (fancy_posix(name, set)) {
            source.finish(set, inverted);
            reader.seek(end + 2);
            return false;
          }
        }
      }
      set = fancy_class(source, depth + 1);
      return false;
    }
    single = c;
    return true;
  };

  while (reader.take('-')) {
    current.add('-');
    first = false;
  }
  if (first && reader.take(']')) current.add(']');
  while (true) {
    if (reader.at_end()) reader.error_at(open, "']' at the end of a class", "the end of the pattern");
    if (reader.take(']')) break;
    if (reader.starts_with("&&") || reader.starts_with("--") || reader.starts_with("~~")) {
      const char next = static_cast<char>(reader.peek());
      reader.skip(2);
      combine(next);
      continue;
    }
    const std::size_t at = reader.offset();
    char32_t low = 0;
    CharSet set;
    if (!element(low, set)) {
      current.unite(set);
      if (reader.starts_with("-") && !reader.starts_with("-]") && !reader.starts_with("--")) {
        reader.error_at(at, "a character at the start of a range", "a class");
      }
      continue;
    }
    if (reader.starts_with("-") && !reader.starts_with("-]") && !reader.starts_with("--")) {
      reader.skip(1);
      if (reader.at_end()) reader.error_at(open, "']' at the end of a class", "the end of the pattern");
      char32_t high = 0;
      if (!element(high, set)) reader.error_at(at, "a character at the end of a range", "a class");
      if (high < low) reader.error_at(at, "a range in ascending order", "a descending one");
      current.add(low, high);
    } else {
      current.add(low);
    }
  }
  combine(0);
  source.finish(result, negated);
  return result;
}

}  // namespace tokenspace::regex
