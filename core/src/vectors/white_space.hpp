// White space as Python's str.split() takes it: bytes of valid UTF-8.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tokenspace::vectors {

namespace detail {
enum ByteKind : std::uint8_t { kOther, kSpace, kLineFeed, kMaybeSpace };

inline constexpr std::array<std::uint8_t, 256> kByteKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (const unsigned c : {0x09, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20}) kinds[c] = kSpace;
  kinds['\n'] = kLineFeed;
  for (const unsigned lead : {0xC2, 0xE1, 0xE2, 0xE3}) kinds[lead] = kMaybeSpace;
  return kinds;
}();

// Bytes of the white space beyond ASCII that begins at `p`, or 0: U+0085, 00A0, 1680, 2000-200A, 2028, 2029, 202F,
// 205F, 3000.
inline std::size_t wide_space(const unsigned char* p, const unsigned char* end) {
  if (p[0] == 0xC2) return end - p >= 2 && (p[1] == 0x85 || p[1] == 0xA0) ? 2 : 0;
  if (end - p < 3) return 0;
  bool is = false;
  if (p[0] == 0xE1) is = p[1] == 0x9A && p[2] == 0x80;
  if (p[0] == 0xE3) is = p[1] == 0x80 && p[2] == 0x80;
  if (p[0] == 0xE2 && p[1] == 0x80) is = p[2] <= 0x8A || p[2] == 0xA8 || p[2] == 0xA9 || p[2] == 0xAF;
  if (p[0] == 0xE2 && p[1] == 0x81) is = p[2] == 0x9F;
  return is ? 3 : 0;
}
}  // namespace detail

// Calls word(text) for the words of [begin, end) and line_feed() for each '\n', in order.
template <class Word, class LineFeed>
void split_words(std::string_view text, Word word, LineFeed line_feed) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const unsigned char* const end = p + text.size();
  const unsigned char* begin = p;  // of the word that p stands in
  const auto end_word = [&] {
    if (p != begin) word({reinterpret_cast<const char*>(begin), static_cast<std::size_t>(p - begin)});
  };
  while (p < end) {
    const std::uint8_t kind = detail::kByteKinds[*p];
    if (kind == detail::kOther) [[likely]] {
      ++p;
      continue;
    }
    const std::size_t length = kind == detail::kMaybeSpace ? detail::wide_space(p, end) : 1;
    if (length == 0) {
      ++p;
      continue;
    }
    end_word();
    if (kind == detail::kLineFeed) line_feed();
    p += length;
    begin = p;
  }
  end_word();
}

// The first place at or behind `at` where a text may be cut: behind ASCII white space, or at its end.
inline std::size_t cut_behind_space(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  for (; at < text.size(); ++at) {
    const std::uint8_t kind = detail::kByteKinds[static_cast<unsigned char>(text[at - 1])];
    if (kind == detail::kSpace || kind == detail::kLineFeed) return at;
  }
  return text.size();
}

}  // namespace tokenspace::vectors
