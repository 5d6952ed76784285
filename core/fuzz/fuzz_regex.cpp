// Patterns of either dialect, and matching with whatever compiles: pattern and text are parted by the first NUL.
#include <algorithm>

#include "fuzz.hpp"
#include "tokenspace/regex.hpp"
#include "tokenspace/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view all = fuzz::view(data + 1, size - 1);
  const std::size_t cut = std::min(all.find(char(0)), all.size());
  const std::string pattern = tokenspace::utf8::to_valid(all.substr(0, std::min<std::size_t>(cut, 200)));
  const std::string text =
      tokenspace::utf8::to_valid(cut < all.size() ? all.substr(cut + 1) : std::string_view("ab 12 \xC3\xA9"));
  const auto syntax = data[0] & 1 ? tokenspace::Regex::Syntax::fancy : tokenspace::Regex::Syntax::oniguruma;
  try {
    const tokenspace::Regex regex(pattern, syntax);
    std::vector<tokenspace::Span> matches;
    regex.find_all(std::string_view(text).substr(0, 2000), matches);
  } catch (const tokenspace::Error&) {
  }
  return 0;
}
