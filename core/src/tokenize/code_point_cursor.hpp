// How many code points stand before a byte, asked of bytes that are nearly sorted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "tokenspace/utf8.hpp"

namespace tokenspace::detail {

// Walks either way from where it stands; a far jump back counts from the start.
class CodePointCursor {
 public:
  explicit CodePointCursor(std::string_view text) : text_(text) {}

  std::uint32_t operator()(std::size_t byte) {
    const std::size_t target = std::min(byte, text_.size());
    if (target >= byte_) {
      count_ += between(byte_, target);
    } else if (byte_ - target < target) {
      count_ -= between(target, byte_);
    } else {
      count_ = between(0, target);
    }
    byte_ = target;
    return count_;
  }

  // Takes the place of `other` when that is on the way to `byte`.
  void catch_up(const CodePointCursor& other, std::size_t byte) {
    if (other.byte_ > byte_ && other.byte_ <= byte) *this = other;
  }

 private:
  std::uint32_t between(std::size_t begin, std::size_t end) const {
    return static_cast<std::uint32_t>(utf8::count_code_points(text_.substr(begin, end - begin)));
  }

  std::string_view text_;
  std::size_t byte_ = 0;
  std::uint32_t count_ = 0;
};

// One cursor for begins and one for ends: where spans overlap (an added token with rstrip may reach far behind the next
// one's begin), each of the two still only grows. Where they do not, no text is walked twice.
class SpanCursor {
 public:
  explicit SpanCursor(std::string_view text) : begins_(text), ends_(text) {}

  std::uint32_t begin(std::size_t byte) {
    begins_.catch_up(ends_, byte);
    return begins_(byte);
  }
  std::uint32_t end(std::size_t byte) {
    ends_.catch_up(begins_, byte);
    return ends_(byte);
  }

 private:
  CodePointCursor begins_;
  CodePointCursor ends_;
};

}  // namespace tokenspace::detail
