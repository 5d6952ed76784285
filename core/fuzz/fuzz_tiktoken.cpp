// .tiktoken rank files; the first byte picks the pattern.
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr const char* patterns[] = {"\\w+|\\W", "[\\s\\S]+", " ?\\p{L}+| ?\\p{N}+|\\s+(?!\\S)|\\s+|."};
  if (size == 0) return 0;
  const char* pattern = patterns[data[0] % 3];
  return fuzz::run([&] {
    return tokenspace::read_tiktoken(fuzz::view(data + 1, size - 1), "fuzz.tiktoken", pattern,
                                     {{"<|endoftext|>", 300}});
  });
}
