// Lookup in the two-level tables that scripts/make_unicode_tables.py writes.
#pragma once

#include <cstddef>

namespace tokenspace::unicode {

// Value of `c`; 0 (unassigned, unchanged, none) beyond the last code point.
template <unsigned Shift, class Index, std::size_t Blocks, class Data, std::size_t Size>
inline Data look_up(const Index (&index)[Blocks], const Data (&data)[Size], char32_t c) {
  if (c >= 0x110000) return 0;
  return data[static_cast<std::size_t>(index[c >> Shift]) << Shift | (c & ((1u << Shift) - 1))];
}

}  // namespace tokenspace::unicode
