// Offsets of byte-level tokens: a sink of unit_loop.hpp that writes ids and the characters they touch.
//
// Performance notes. A token's bytes follow from its length; the character a byte belongs to comes from a table over
// the part of text at hand (one entry a byte, filled in one pass without branches), in the caller's unit. So a token
// that holds part of a character needs no search for that character's ends, and offsets in code points no pass of their
// own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "engine.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::detail {

// What offsets need of a token: its bytes, and the spaces that trim_offsets cuts.
struct TokenShape {
  std::uint16_t length = 0;
  std::uint8_t leading = 0;
  std::uint8_t trailing = 0;
};

// Post-processors with trim_offsets leave a token's outer spaces out; `keep_first` (their add_prefix_space) keeps one
// that starts the text.
struct SpaceTrim {
  bool trim = false;
  bool keep_first = false;

  Span operator()(Span span, TokenShape shape) const {
    std::uint32_t leading = shape.leading;
    if (leading == 1 && keep_first && span.begin == 0) leading = 0;
    span.begin = std::min(span.begin + leading, span.end);
    span.end = std::max(span.end - std::min<std::uint32_t>(shape.trailing, span.end), span.begin);
    return span;
  }
};

inline bool is_ascii(std::string_view text) {
  unsigned char any = 0;
  for (const char c : text) any |= static_cast<unsigned char>(c);
  return any < 0x80;
}

// starts[i] = where the character of byte i starts: its number in the text when counting code points, else its byte.
// Returns the start of what follows the part. `part` is whole characters.
inline std::uint32_t fill_starts(std::string_view part, std::uint32_t first, bool code_points,
                                 Buffer<std::uint32_t>& starts) {
  starts.resize(part.size());
  std::uint32_t* out = starts.data();
  const auto size = static_cast<std::uint32_t>(part.size());
  if (code_points) {
    std::uint32_t count = first;
    for (std::uint32_t i = 0; i < size; ++i) {
      count += utf8::is_continuation(static_cast<unsigned char>(part[i])) ? 0 : 1;
      out[i] = count - 1;
    }
    return count;
  }
  std::uint32_t start = first;
  for (std::uint32_t i = 0; i < size; ++i) {
    start = utf8::is_continuation(static_cast<unsigned char>(part[i])) ? start : first + i;
    out[i] = start;
  }
  return first + size;
}

struct SpanSink {
  std::uint32_t* out;
  Span* spans;
  const TokenShape* shapes;
  const std::uint32_t* starts;  // of each byte of the part; null: the part is ASCII and starts at `first`
  std::string_view part;
  std::uint32_t part_begin;  // in the text the loop runs over
  std::uint32_t first;       // the same place in the unit of the offsets
  bool code_points;
  SpaceTrim trim;

  void put(std::size_t begin, const std::uint32_t* ids, std::size_t n) {
    auto at = static_cast<std::uint32_t>(begin) - part_begin;
    for (std::size_t i = 0; i < n; ++i) {
      const TokenShape shape = shapes[ids[i]];
      Span span{at + first, at + shape.length + first};
      if (starts != nullptr) {
        // Lengths of a made-up vocabulary (two tokens of one id) need not add up.
        const auto last_byte = static_cast<std::uint32_t>(part.size()) - 1;
        span.begin = starts[std::min(at, last_byte)];
        span.end = starts[std::min(at + shape.length - 1, last_byte)];
        span.end += code_points ? 1 : static_cast<std::uint32_t>(utf8::sequence_length(lead_at(span.end)));
      }
      at += shape.length;
      if (trim.trim) span = trim(span, shape);
      out[i] = ids[i];
      spans[i] = span;
    }
    out += n;
    spans += n;
  }
  void put_inline(std::size_t begin, const UnitCache::Entry& entry) { put(begin, entry.ids, entry.count); }

 private:
  unsigned char lead_at(std::uint32_t byte) const { return static_cast<unsigned char>(part[byte - first]); }
};

}  // namespace tokenspace::detail
