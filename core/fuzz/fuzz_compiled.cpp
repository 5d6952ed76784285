// The compiled cache: a mapped file that anything may have written. Once as it is, once with the header made right, so
// that the sections behind the checksum are reached.
#include <cstring>

#include "../src/formats/compiled_format.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Exact size on the heap, so that a read past the end is seen.
  std::string copy(fuzz::view(data, size));
  fuzz::run([&] { return tokenspace::read_compiled(copy, "fuzz.cache"); });
  if (size < tokenspace::compiled::kHeader) return 0;
  const std::uint64_t total = size;
  std::memcpy(copy.data(), tokenspace::compiled::kMagic.data(), 8);
  std::memcpy(copy.data() + 8, &tokenspace::compiled::kVersion, 4);
  std::memcpy(copy.data() + 16, &total, 8);
  const std::uint64_t sum =
      tokenspace::compiled::checksum(std::string_view(copy).substr(tokenspace::compiled::kChecked));
  std::memcpy(copy.data() + tokenspace::compiled::kChecksumAt, &sum, 8);
  return fuzz::run([&] { return tokenspace::read_compiled(copy, "fuzz.cache"); });
}
