// UTF-8: decoding, encoding, validation, counting. Functions named *_unchecked require valid UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tokenspace::utf8 {

inline constexpr char32_t kReplacement = 0xFFFD;

// Length in bytes of the sequence that `lead` opens (1 for ASCII and for stray bytes).
inline std::size_t sequence_length(unsigned char lead) {
  return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

inline bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// Decodes the code point at `p` and moves `p` past it. Valid UTF-8 only.
inline char32_t decode_unchecked(const char*& p) {
  const auto* s = reinterpret_cast<const unsigned char*>(p);
  if (s[0] < 0x80) {
    p += 1;
    return s[0];
  }
  if (s[0] < 0xE0) {
    p += 2;
    return static_cast<char32_t>((s[0] & 0x1F) << 6 | (s[1] & 0x3F));
  }
  if (s[0] < 0xF0) {
    p += 3;
    return static_cast<char32_t>((s[0] & 0x0F) << 12 | (s[1] & 0x3F) << 6 | (s[2] & 0x3F));
  }
  p += 4;
  return static_cast<char32_t>((s[0] & 0x07) << 18 | (s[1] & 0x3F) << 12 | (s[2] & 0x3F) << 6 | (s[3] & 0x3F));
}

// Appends the UTF-8 form of `c`; surrogates and values above U+10FFFF become U+FFFD.
inline void append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0 | c >> 6));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if ((c >= 0xD800 && c < 0xE000) || c > 0x10FFFF) {
    out.append("\xEF\xBF\xBD");
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | c >> 12));
    out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | c >> 18));
    out.push_back(static_cast<char>(0x80 | (c >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

// Length of the well-formed sequence at the start of `text` (0 when there is none): no overlong forms,
// no surrogates, nothing above U+10FFFF (Unicode 16, table 3-7).
std::size_t valid_sequence_length(std::string_view text);

bool is_valid(std::string_view text);

// Copy with every maximal ill-formed subpart replaced by one U+FFFD (Unicode 16, section 3.9; the rule of
// Rust's String::from_utf8_lossy and of Python's errors="replace").
std::string to_valid(std::string_view bytes);

// Number of code points in valid UTF-8.
std::size_t count_code_points(std::string_view text);

}  // namespace tokenspace::utf8
