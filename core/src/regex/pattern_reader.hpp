// Walks a pattern by code points and reports errors at byte offsets; shared by the two parsers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "char_set.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::regex {

inline int hex_value(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A' + 10);
  return -1;
}

class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : pattern_(pattern) {
    if (!utf8::is_valid(pattern)) error("valid UTF-8", "other bytes");
  }

  std::string_view pattern() const { return pattern_; }
  std::size_t offset() const { return at_; }
  bool at_end() const { return at_ >= pattern_.size(); }
  void seek(std::size_t offset) { at_ = offset; }
  void skip(std::size_t bytes) { at_ += bytes; }
  bool starts_with(std::string_view text) const { return pattern_.substr(at_).starts_with(text); }

  char32_t peek() const {
    const char* p = pattern_.data() + at_;
    return utf8::decode_unchecked(p);
  }
  char32_t next() {
    const char* p = pattern_.data() + at_;
    const char32_t c = utf8::decode_unchecked(p);
    at_ = static_cast<std::size_t>(p - pattern_.data());
    return c;
  }
  bool take(char32_t c) {
    if (at_end() || peek() != c) return false;
    next();
    return true;
  }

  // Digits; false when there are none. A number above `most` gives most + 1.
  bool take_number(std::uint32_t& value, std::uint32_t most) {
    value = 0;
    const std::size_t begin = at_;
    for (; !at_end() && pattern_[at_] >= '0' && pattern_[at_] <= '9'; ++at_) {
      const auto digit = static_cast<std::uint32_t>(pattern_[at_] - '0');
      value = static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{value} * 10 + digit, most + 1));
    }
    return at_ != begin;
  }
  // The name that ends with `end`, which is taken too; `at` is where its construct begins.
  std::string take_name(char32_t end, std::size_t at) {
    const std::size_t begin = at_;
    std::size_t last = at_;
    while (!at_end() && peek() != end) {
      next();
      last = at_;
    }
    if (!take(end) || last == begin) error_at(at, "a group name", "none");
    return std::string(pattern_.substr(begin, last - begin));
  }
  char32_t checked_code_point(std::uint64_t code, std::size_t at) const {
    if (code > kMaxCodePoint || (code >= 0xD800 && code < 0xE000))
      error_at(at, "a Unicode code point", "another number");
    return static_cast<char32_t>(code);
  }

  [[noreturn]] void error(std::string_view expected, std::string_view received) const {
    error_at(at_, expected, received);
  }
  [[noreturn]] void error_at(std::size_t offset, std::string_view expected, std::string_view received) const {
    fail(ErrorKind::format, "compile regex", std::string(expected) + " at byte " + std::to_string(offset),
         std::string(received) + " in \"" + shown() + "\"");
  }
  [[noreturn]] void unsupported(std::size_t offset, std::string_view construct) const {
    fail(ErrorKind::unsupported, "compile regex", "a supported construct",
         std::string(construct) + " at byte " + std::to_string(offset) + " of \"" + shown() + "\"");
  }
  [[noreturn]] void limit(std::string_view what) const {
    fail(ErrorKind::limit, "compile regex", "bounded " + std::string(what), "more at byte " + std::to_string(at_));
  }

 private:
  // Messages stay readable when a pattern is a megabyte long.
  std::string shown() const { return std::string(pattern_.substr(0, 200)) + (pattern_.size() > 200 ? "..." : ""); }

  std::string_view pattern_;
  std::size_t at_ = 0;
};

}  // namespace tokenspace::regex
