// The compiled cache: a mapped file that anything may have written.
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Exact size on the heap, so that a read past the end is seen.
  const std::string copy(fuzz::view(data, size));
  return fuzz::run([&] { return tokenspace::read_compiled(copy, "fuzz.cache"); });
}
