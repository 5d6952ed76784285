// SentencePiece .model: protobuf, pieces, character map.
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run([&] { return tokenspace::read_sentencepiece(fuzz::view(data, size), "fuzz.model"); });
}
