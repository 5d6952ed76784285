#include "tokenspace/unicode.hpp"

#include <algorithm>
#include <iterator>

#include "tables.hpp"
#include "trie.hpp"

namespace tokenspace::unicode {

static_assert(tables::kGeneralShift == 8, "detail::general() in unicode.hpp has the shift of this table written in");

Category category(char32_t c, Version version) {
  if (version == Version::v16) return category(c);
  return static_cast<Category>(look_up<tables::kCategory8Shift>(tables::kCategory8Index, tables::kCategory8Data, c));
}

int to_lowercase(char32_t c, char32_t out[3]) {
  if (c < 0x80) {
    out[0] = c >= 'A' && c <= 'Z' ? c + 32 : c;
    return 1;
  }
  if (c == 0x130) {  // the only code point whose lower case is longer than one
    out[0] = 'i';
    out[1] = 0x307;
    return 2;
  }
  const auto which = look_up<tables::kLowerShift>(tables::kLowerIndex, tables::kLowerData, c);
  out[0] = static_cast<char32_t>(static_cast<std::int32_t>(c) + tables::kLowerDifference[which]);
  return 1;
}

char32_t simple_fold(char32_t c) {
  const auto which = look_up<tables::kFoldShift>(tables::kFoldIndex, tables::kFoldData, c);
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + tables::kFoldDifference[which]);
}

int fold_orbit(char32_t c, char32_t out[4]) {
  const auto [begin, end] =
      std::equal_range(std::begin(tables::kOrbitMember), std::end(tables::kOrbitMember), static_cast<std::uint32_t>(c));
  int count = 0;
  for (auto it = begin; it != end && count < 4; ++it) {
    out[count++] = tables::kOrbitOther[it - std::begin(tables::kOrbitMember)];
  }
  return count;
}

}  // namespace tokenspace::unicode
