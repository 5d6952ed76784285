// tokenizer.json: JSON, every component, the model.
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run([&] { return tokenspace::read_tokenizer_json(std::string(fuzz::view(data, size)), "fuzz.json"); });
}
