// vocab.json and merges.txt, parted by the first NUL.
#include <algorithm>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all = fuzz::view(data, size);
  const std::size_t cut = std::min(all.find(char(0)), all.size());
  const std::string_view merges = cut < all.size() ? all.substr(cut + 1) : std::string_view();
  return fuzz::run(
      [&] { return tokenspace::read_vocab_merges(std::string(all.substr(0, cut)), merges, "vocab.json", {}); });
}
