// Lines of a text file in memory, with what error messages need to name one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {

// Walks the lines of `text`; "\n" or "\r\n" ends a line, the last may lack it.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  bool next() {
    if (at_ >= text_.size()) return false;
    begin_ = at_;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    line_ = text_.substr(at_, end - at_);
    if (!line_.empty() && line_.back() == '\r') line_.remove_suffix(1);
    at_ = end + 1;
    ++number_;
    return true;
  }
  std::string_view line() const { return line_; }
  std::size_t number() const { return number_; }  // from 1
  // " (line 3, byte 40)"
  std::string place() const { return " (line " + std::to_string(number_) + ", byte " + std::to_string(begin_) + ")"; }

 private:
  std::string_view text_, line_;
  std::size_t at_ = 0, begin_ = 0, number_ = 0;
};

// Error(format) naming the first byte of `text` that is not UTF-8.
inline void require_utf8(std::string_view text, const std::string& name) {
  if (utf8::is_valid(text)) return;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8::valid_sequence_length(text.substr(at));
    if (length == 0) break;
    at += length;
  }
  fail(ErrorKind::format, "read " + name, "UTF-8 text", "an ill-formed byte at " + std::to_string(at));
}

// A piece of outside text short enough to print: at most 40 bytes, cut at a character, "..." when cut.
inline std::string excerpt(std::string_view text) {
  if (text.size() <= 40) return "\"" + utf8::to_valid(text) + "\"";
  std::size_t end = 40;
  while (end > 0 && utf8::is_continuation(static_cast<unsigned char>(text[end]))) --end;
  return "\"" + utf8::to_valid(text.substr(0, end)) + "...\"";
}

}  // namespace tokenspace
