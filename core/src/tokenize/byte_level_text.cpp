#include "byte_level_text.hpp"

#include <array>

#include "tokenspace/decoder.hpp"

namespace tokenspace {
namespace {

// Each byte's character in UTF-8: one byte for '!'..'~', two for the rest.
struct ByteForms {
  std::array<std::array<char, 2>, 256> text{};
  std::array<std::uint8_t, 256> length{};
};

const ByteForms& byte_forms() {
  static const ByteForms forms = [] {
    ByteForms made;
    for (int byte = 0; byte < 256; ++byte) {
      std::string text;
      utf8::append(text, byte_to_char(static_cast<unsigned char>(byte)));
      made.length[static_cast<std::size_t>(byte)] = static_cast<std::uint8_t>(text.size());
      std::copy(text.begin(), text.end(), made.text[static_cast<std::size_t>(byte)].begin());
    }
    return made;
  }();
  return forms;
}

}  // namespace

void write_byte_level(AlignedText& text, TextRewriter& out) {
  const ByteForms& forms = byte_forms();
  const std::string_view bytes = text.normalized();
  out.begin(text);
  std::size_t run = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    if (forms.length[lead] == 1) {
      ++i;
      continue;
    }
    out.keep(i - run);
    const std::size_t length = utf8::sequence_length(lead);
    char buffer[8];
    std::size_t size = 0;
    for (std::size_t k = 0; k < length; ++k) {
      const auto byte = static_cast<unsigned char>(bytes[i + k]);
      buffer[size++] = forms.text[byte][0];
      buffer[size++] = forms.text[byte][1];
    }
    out.put(length, std::string_view(buffer, size));
    i += length;
    run = i;
  }
  out.keep(bytes.size() - run);
  out.end();
}

}  // namespace tokenspace
