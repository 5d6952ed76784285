// The printable alphabet of byte-level BPE (GPT-2's bytes_to_unicode).
#include <array>

#include "tokenspace/decoder.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {
namespace {

constexpr char32_t kFirstMoved = 256;  // bytes without a printable character of their own go here, in order
constexpr std::size_t kMoved = 68;

constexpr bool is_printable(unsigned byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<char16_t, 256> chars{};
  std::array<std::int16_t, kFirstMoved + kMoved> bytes{};
};

constexpr Alphabet make_alphabet() {
  Alphabet out;
  for (auto& byte : out.bytes) byte = -1;
  unsigned next = kFirstMoved;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const unsigned c = is_printable(byte) ? byte : next++;
    out.chars[byte] = static_cast<char16_t>(c);
    out.bytes[c] = static_cast<std::int16_t>(byte);
  }
  return out;
}

constexpr Alphabet kAlphabet = make_alphabet();

}  // namespace

char32_t byte_to_char(unsigned char byte) {
  return kAlphabet.chars[byte];
}

int char_to_byte(char32_t c) {
  return c < kAlphabet.bytes.size() ? kAlphabet.bytes[c] : -1;
}

std::string bytes_to_chars(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 4);
  for (const char byte : bytes) utf8::append(out, byte_to_char(static_cast<unsigned char>(byte)));
  return out;
}

void append_byte_level(std::string& out, std::string_view token) {
  const std::size_t before = out.size();
  out.resize(before + token.size());  // the alphabet's characters have a byte or two
  char* to = out.data() + before;
  for (const char* p = token.data(); p < token.data() + token.size();) {
    const int byte = char_to_byte(utf8::decode_unchecked(p));
    if (byte < 0) {
      out.resize(before);
      out.append(token);
      return;
    }
    *to++ = static_cast<char>(byte);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

int byte_of_token(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return -1;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  const int low = digit(token[4]);
  if (low < 0) return -1;
  if (token[3] == '+') return low;  // Rust's from_str_radix takes a sign
  const int high = digit(token[3]);
  return high < 0 ? -1 : high * 16 + low;
}

}  // namespace tokenspace
