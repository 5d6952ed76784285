// CLIP merges.
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run([&] { return tokenspace::read_clip(fuzz::view(data, size), "bpe.txt"); });
}
