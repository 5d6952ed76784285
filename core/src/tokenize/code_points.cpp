// Byte offsets -> code points.
#include <algorithm>
#include <bit>
#include <cstring>

#include "tokenspace/hash.hpp"
#include "tokenspace/tokenizer.hpp"

namespace tokenspace {

namespace {

// Code points that start in text[begin, end).
std::uint32_t count_starts(const char* text, std::size_t begin, std::size_t end) {
  std::uint32_t count = 0;
  std::size_t i = begin;
  for (; i + 8 <= end; i += 8) {
    // A continuation byte has bit 7 set and bit 6 clear.
    const std::uint64_t w = load64(text + i);
    const std::uint64_t continuation = (w >> 7) & ~(w >> 6) & 0x0101010101010101ull;
    count += 8 - static_cast<std::uint32_t>(std::popcount(continuation));
  }
  for (; i < end; ++i) count += (text[i] & 0xC0) != 0x80;
  return count;
}

bool is_ascii(std::string_view text) {
  std::uint64_t any = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) any |= load64(text.data() + i);
  for (; i < text.size(); ++i) any |= static_cast<unsigned char>(text[i]);
  return (any & 0x8080808080808080ull) == 0;
}

}  // namespace

void to_code_points(std::string_view text, std::span<Span> spans) {
  if (spans.empty() || is_ascii(text)) return;
  // Spans come nearly sorted, so a cursor that walks either way does O(1) work a span; the far jumps of unsorted input
  // cost a recount from the start.
  std::size_t at = 0;        // byte position of the cursor
  std::uint32_t before = 0;  // code points that start before it
  const auto index = [&](std::uint32_t byte) {
    const std::size_t target = std::min<std::size_t>(byte, text.size());
    if (target >= at) {
      before += count_starts(text.data(), at, target);
    } else if (at - target < target) {
      before -= count_starts(text.data(), target, at);
    } else {
      before = count_starts(text.data(), 0, target);
    }
    at = target;
    return before;
  };
  const auto inside = [&](std::uint32_t byte) { return byte < text.size() && (text[byte] & 0xC0) == 0x80; };
  for (Span& span : spans) {
    // A bound inside a character belongs to that character (tokenizers' byte -> char map): its starts count one too
    // many.
    const std::uint32_t begin_byte = span.begin;
    const std::uint32_t end_byte = span.end;
    const std::uint32_t begin = index(begin_byte) - (inside(begin_byte) ? 1 : 0);
    const std::uint32_t end = index(end_byte) - (inside(end_byte) ? 1 : 0);
    span = {begin, end};
  }
}

}  // namespace tokenspace
