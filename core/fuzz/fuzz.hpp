// What every target shares: a reader gets the bytes, and whatever it accepts has to encode and decode without a crash.
// An Error is the defined outcome for bad bytes; anything else that escapes is a finding.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/tokenizer.hpp"

namespace fuzz {

inline std::string_view view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Texts that touch special tokens, unknown characters, white space, NUL and combining marks.
inline void exercise(const tokenspace::Tokenizer& tokenizer) {
  static constexpr std::string_view texts[] = {"",
                                               "a",
                                               "Hello  world\n <s></s>[MASK]<|endoftext|> \t 12345",
                                               "\xC3\xA9 e\xCC\x81 \xE4\xB8\xAD\xE6\x96\x87 \xF0\x9F\x8E\xB5",
                                               std::string_view("a\0b", 3),
                                               "\xE2\x96\x81\xE2\x96\x81x"};
  for (std::string_view text : texts) {
    try {
      tokenspace::EncodeOptions options;
      // Lengths come from the file; padding to millions is legal and only slow.
      options.use_own_padding = false;
      const tokenspace::Sequence sequence{text, {}, false};
      const tokenspace::Encoding encoding = tokenizer.encode(sequence, nullptr, options);
      tokenspace::Buffer<std::uint32_t> ids;
      tokenizer.encode_ids(text, options, ids);
      (void)tokenizer.count(text, options);
      (void)tokenizer.decode(encoding.ids, true);
      (void)tokenizer.decode_bytes(ids, false);
    } catch (const tokenspace::Error&) {
    }
  }
  const std::uint32_t strange[] = {0, 1, 0xFFFFFFFFu, tokenizer.id_bound()};
  (void)tokenizer.decode(strange, false);
}

template <class Read>
int run(Read read) {
  try {
    if (const auto tokenizer = read()) exercise(*tokenizer);
  } catch (const tokenspace::Error&) {
  }
  return 0;
}

}  // namespace fuzz
