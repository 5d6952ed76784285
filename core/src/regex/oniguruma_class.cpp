#include <algorithm>
#include <optional>
#include <string_view>

#include "ast.hpp"
#include "oniguruma_source.hpp"

namespace tokenspace::regex {
namespace {

// "[]...]": the first ']' is literal when a later one can close the class.
bool closes_later(const PatternReader& reader) {
  bool escaped = false;
  for (std::size_t i = reader.offset(); i < reader.pattern().size(); ++i) {
    const char b = reader.pattern()[i];
    if (b == ']' && !escaped) return true;
    escaped = b == '\\' && !escaped;
  }
  return false;
}

// Of "[:name:]" behind its '['; nothing when it is something else.
std::optional<std::string_view> posix_name(const PatternReader& reader) {
  if (!reader.starts_with(":")) return std::nullopt;
  const std::size_t begin = reader.offset() + 1;
  const std::size_t end = reader.pattern().find(":]", begin);
  if (end == std::string_view::npos || end - begin >= 20) return std::nullopt;
  const std::string_view name = reader.pattern().substr(begin, end - begin);
  const bool plausible = std::all_of(name.begin(), name.end(), [](char b) { return b != ']' && b != '\\'; });
  return plausible ? std::optional(name) : std::nullopt;
}

}  // namespace

CharSet oniguruma_class(OnigurumaSource& source, int depth, bool& negated) {
  PatternReader& reader = source.reader;
  if (depth > kMaxParseDepth) reader.limit("nesting");
  const std::size_t open = reader.offset();
  negated = reader.take('^');
  CharSet result;  // the intersection of the parts before the last "&&"
  bool has_result = false;
  CharSet current;
  // What the previous element was decides what '-' means.
  enum class State { start, value, range, complete, type } state = State::start;
  char32_t pending = 0;  // the last single value; added when it turns out not to begin a range
  bool first = true;

  const auto flush = [&] {
    if (state == State::value) current.add(pending);
  };
  const auto take_value = [&](char32_t c) {
    if (state == State::range) {
      if (pending > c) reader.error("a range in ascending order", "a descending one");
      current.add(pending, c);
      state = State::complete;
      return;
    }
    flush();
    pending = c;
    state = State::value;
  };
  const auto take_set = [&](const CharSet& set) {
    if (state == State::range) reader.error("a character at the end of a range", "a class");
    flush();
    current.unite(set);
    state = State::type;
  };

  while (true) {
    if (reader.at_end()) reader.error_at(open, "']' at the end of a class", "the end of the pattern");
    const std::size_t at = reader.offset();
    const char32_t c = reader.next();
    if (c == ']' && !first) break;
    if (c == ']' && first) {
      if (!closes_later(reader)) reader.error_at(open, "at least one character in a class", "none");
      first = false;
      take_value(c);
      continue;
    }
    first = false;
    if (c == '\\') {
      if (reader.at_end()) reader.error_at(at, "a character after '\\'", "the end of the pattern");
      const char32_t e = reader.next();
      if (source.is_type(e)) {
        take_set(source.type_set(e, true));
      } else if ((e == 'p' || e == 'P') && reader.take('{')) {
        take_set(source.property(e == 'P', true));
      } else if (e >= '0' && e <= '7') {
        reader.seek(at + 1);
        take_value(source.octal_escape(3, at));
      } else {
        char32_t code = e;
        source.code_point_escape(e, at, true, code);
        take_value(code);
      }
    } else if (c == '[') {
      if (const auto name = posix_name(reader)) {
        reader.skip(name->size() + 3);
        take_set(source.posix(*name, at));
        continue;
      }
      flush();
      state = State::complete;
      bool inner_negated = false;
      CharSet inner = oniguruma_class(source, depth + 1, inner_negated);
      if (inner_negated) inner.negate();
      current.unite(inner);
    } else if (c == '&' && reader.starts_with("&")) {
      reader.skip(1);
      if (state == State::range) {
        current.add(pending);
        current.add('-');
      } else {
        flush();
      }
      if (has_result) {
        result.intersect(current);
      } else {
        result = std::move(current);
        has_result = true;
      }
      current = CharSet();
      state = State::start;
    } else if (c == '-') {
      const bool before_end = reader.starts_with("]");
      const bool before_and = reader.starts_with("&&");
      if (state == State::value && !before_end && !before_and) {
        state = State::range;
      } else if (state == State::type && !before_end && !before_and) {
        reader.error_at(at, "a character before '-'", "a class");
      } else {
        take_value('-');
      }
    } else {
      take_value(c);
    }
  }
  if (state == State::range) {
    current.add(pending);
    current.add('-');
  } else {
    flush();
  }
  if (has_result) {
    result.intersect(current);
    return result;
  }
  return current;
}

}  // namespace tokenspace::regex
