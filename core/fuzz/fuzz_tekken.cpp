// tekken.json.
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run([&] { return tokenspace::read_tekken(std::string(fuzz::view(data, size)), "tekken.json"); });
}
