// Decimal text <-> float, exact, without locale.
#pragma once

#include <cstddef>

namespace tokenspace::decimal {

// Reads a number at `p` and moves `p` past it: digits with sign, point and exponent, or inf, infinity, nan in any case.
// False, with `p` anywhere, when there is none.
bool read_double(const char*& p, const char* end, double& value);

// Rounded twice, to double and then to float: what Python's float() and NumPy's float32 make of the same text.
bool read_float(const char*& p, const char* end, float& value);

inline bool read_number(const char*& p, const char* end, double& value) {
  return read_double(p, end, value);
}
inline bool read_number(const char*& p, const char* end, float& value) {
  return read_float(p, end, value);
}

// The longest that write_float writes.
inline constexpr std::size_t kMaxFloat = 24;

// The fewest digits that give `value` again; NumPy's layout: 0.1, 3.0, 1e-05, 1.5e+06. Returns the end.
char* write_float(char* out, float value);

}  // namespace tokenspace::decimal
