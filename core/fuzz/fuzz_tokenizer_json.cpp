// Reads arbitrary bytes as tokenizer.json and, when they are one, sends a short text there and back.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tokenspace/decode_stream.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/tokenizer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tokenspace;
  try {
    const auto tokenizer = read_tokenizer_json(std::string(reinterpret_cast<const char*>(data), size), "fuzz");
    Sequence first{" Hello, w\xC3\xB6rld <s>\t12 \xE4\xB8\xAD\xF0\x9F\x98\x80 [MASK]", {}, false};
    Sequence second{"ab ba", {}, false};
    EncodeOptions options;
    // Lengths come from the file; a fixed padding of millions is legal and only slow.
    options.use_own_padding = false;
    const Encoding single = tokenizer->encode(first, nullptr, options);
    (void)tokenizer->encode(first, &second, options);
    (void)tokenizer->decode(single.ids, true);
    DecodeStream stream(tokenizer, false);
    for (const std::uint32_t id : single.ids) (void)stream.step(id);
    (void)stream.finish();
    (void)tokenizer->to_json();
  } catch (const Error&) {
    // The answer for every malformed file.
  }
  return 0;
}
