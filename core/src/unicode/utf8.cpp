#include "tokenspace/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace tokenspace::utf8 {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080u;
constexpr std::uint64_t kLowBits = 0x0101010101010101u;

std::uint64_t load(const char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// First position at or after `at` that is not ASCII (or the end). Two words a step.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  while (at + 16 <= text.size() && !((load(text.data() + at) | load(text.data() + at + 8)) & kHighBits)) at += 16;
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

// Number of bytes of the longest prefix of `text` that a well-formed sequence could begin with, and whether that prefix
// is a whole sequence (Unicode 16, table 3-7: only the second byte has a range that depends on the first).
struct Prefix {
  std::size_t length;
  bool whole;
};

Prefix measure(std::string_view text) {
  const auto* s = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t size = text.size();
  if (size == 0) return {0, false};
  const unsigned lead = s[0];
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t need = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (size < 2 || s[1] < low || s[1] > high) return {1, false};
  for (std::size_t i = 2; i < need; ++i) {
    if (i >= size || !is_continuation(s[i])) return {i, false};
  }
  return {need, true};
}

}  // namespace

std::size_t valid_sequence_length(std::string_view text) {
  const Prefix prefix = measure(text);
  return prefix.whole ? prefix.length : 0;
}

bool is_valid(std::string_view text) {
  const auto* s = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t size = text.size();
  std::size_t at = 0;
  while (true) {
    at = skip_ascii(text, at);
    // Runs of other scripts: stay in this loop, one sequence a step, while four bytes can be read.
    while (at + 4 <= size && s[at] >= 0x80) {
      const unsigned lead = s[at], second = s[at + 1];
      if (lead < 0xE0) {
        if (lead < 0xC2 || !is_continuation(s[at + 1])) return false;
        at += 2;
      } else if (lead < 0xF0) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80, high = lead == 0xED ? 0x9F : 0xBF;
        if (second < low || second > high || !is_continuation(s[at + 2])) return false;
        at += 3;
      } else {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80, high = lead == 0xF4 ? 0x8F : 0xBF;
        if (lead > 0xF4 || second < low || second > high || !is_continuation(s[at + 2]) || !is_continuation(s[at + 3]))
          return false;
        at += 4;
      }
    }
    if (at >= size) return true;
    const std::size_t length = valid_sequence_length(text.substr(at));
    if (length == 0) return false;
    at += length;
  }
}

std::string to_valid(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  std::size_t at = 0, copied = 0;
  while ((at = skip_ascii(bytes, at)) < bytes.size()) {
    const Prefix prefix = measure(bytes.substr(at));
    if (!prefix.whole) {
      out.append(bytes, copied, at - copied);
      append(out, kReplacement);
      copied = at + prefix.length;
    }
    at += prefix.length;
  }
  out.append(bytes, copied, bytes.size() - copied);
  return out;
}

std::size_t count_code_points(std::string_view text) {
  // Code points = bytes that are not continuation bytes (10xxxxxx). Eight bytes a step: bit 7 set and bit 6 clear gives
  // a one in every byte lane; the lanes are summed at most 255 times before they could overflow.
  std::size_t at = 0, continuations = 0;
  while (at + 8 <= text.size()) {
    std::uint64_t lanes = 0;
    for (int step = 0; step < 255 && at + 8 <= text.size(); ++step, at += 8) {
      const std::uint64_t word = load(text.data() + at);
      lanes += (word >> 7) & (~word >> 6) & kLowBits;
    }
    const std::uint64_t pairs = (lanes & 0x00FF00FF00FF00FFu) + (lanes >> 8 & 0x00FF00FF00FF00FFu);
    continuations += static_cast<std::size_t>(pairs * 0x0001000100010001u >> 48);
  }
  for (; at < text.size(); ++at) continuations += is_continuation(static_cast<unsigned char>(text[at]));
  return text.size() - continuations;
}

}  // namespace tokenspace::utf8
