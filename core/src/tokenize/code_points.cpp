// Byte offsets -> code points.
#include "code_point_cursor.hpp"
#include "tokenspace/hash.hpp"
#include "tokenspace/tokenizer.hpp"

namespace tokenspace {

namespace {

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
  detail::SpanCursor cursor(text);
  const auto inside = [&](std::uint32_t byte) { return byte < text.size() && (text[byte] & 0xC0) == 0x80; };
  for (Span& span : spans) {
    // A bound inside a character belongs to that character (tokenizers' byte -> char map): its starts count one too
    // many.
    const std::uint32_t begin_byte = span.begin;
    const std::uint32_t end_byte = span.end;
    const std::uint32_t begin = cursor.begin(begin_byte) - (inside(begin_byte) ? 1 : 0);
    const std::uint32_t end = cursor.end(end_byte) - (inside(end_byte) ? 1 : 0);
    span = {begin, end};
  }
}

}  // namespace tokenspace
