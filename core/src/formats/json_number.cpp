#include "json_number.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace tokenspace::json_number {
namespace {

constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();
constexpr std::int64_t kMax32 = std::numeric_limits<std::int32_t>::max();

// Correctly rounded powers; computing them by repeated multiplication would not be.
// clang-format off
#define TOKENSPACE_TEN(d) 1e##d##0, 1e##d##1, 1e##d##2, 1e##d##3, 1e##d##4, 1e##d##5, 1e##d##6, 1e##d##7, 1e##d##8, 1e##d##9
#define TOKENSPACE_HUNDRED(h)                                                                             \
  TOKENSPACE_TEN(h##0), TOKENSPACE_TEN(h##1), TOKENSPACE_TEN(h##2), TOKENSPACE_TEN(h##3), TOKENSPACE_TEN(h##4), \
  TOKENSPACE_TEN(h##5), TOKENSPACE_TEN(h##6), TOKENSPACE_TEN(h##7), TOKENSPACE_TEN(h##8), TOKENSPACE_TEN(h##9)
constexpr std::array<double, 309> kPowersOfTen = {
    TOKENSPACE_HUNDRED(0), TOKENSPACE_HUNDRED(1), TOKENSPACE_HUNDRED(2),
    1e300, 1e301, 1e302, 1e303, 1e304, 1e305, 1e306, 1e307, 1e308};
#undef TOKENSPACE_HUNDRED
#undef TOKENSPACE_TEN
// clang-format on

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// True when significand * 10 + digit does not fit 64 bits.
bool overflows(std::uint64_t significand, unsigned digit) {
  return significand > kMax64 / 10 || (significand == kMax64 / 10 && digit > kMax64 % 10);
}

bool scale(double significand, std::int64_t exponent, double& value) {
  value = significand;
  while (true) {
    const auto magnitude = static_cast<std::uint64_t>(exponent < 0 ? -exponent : exponent);
    if (magnitude < kPowersOfTen.size()) {
      if (exponent < 0) {
        value /= kPowersOfTen[magnitude];
        return true;
      }
      value *= kPowersOfTen[magnitude];
      return !std::isinf(value);
    }
    if (value == 0.0) return true;
    if (exponent >= 0) return false;
    value /= 1e308;
    exponent += 308;
  }
}

}  // namespace

bool to_double(std::string_view text, double& value) {
  const char* p = text.data();
  const char* const end = p + text.size();
  const bool negative = p != end && *p == '-';
  if (negative) ++p;
  std::uint64_t significand = 0;
  std::int64_t exponent = 0;
  bool full = false;
  for (; p != end && is_digit(*p); ++p) {
    const auto digit = static_cast<unsigned>(*p - '0');
    full = full || overflows(significand, digit);
    if (full) {
      ++exponent;
    } else {
      significand = significand * 10 + digit;
    }
  }
  if (p != end && *p == '.') {
    // The reference tries again to take digits here, so an integer part that stopped at "...9" may still take a "0".
    full = false;
    for (++p; p != end && is_digit(*p); ++p) {
      const auto digit = static_cast<unsigned>(*p - '0');
      full = full || overflows(significand, digit);
      if (!full) {
        significand = significand * 10 + digit;
        --exponent;
      }
    }
  }
  bool in_range = true;
  if (p != end && (*p == 'e' || *p == 'E')) {
    ++p;
    const bool down = p != end && *p == '-';
    if (p != end && (*p == '-' || *p == '+')) ++p;
    std::int64_t given = 0;
    bool huge = false;
    for (; p != end && is_digit(*p) && !huge; ++p) {
      given = given * 10 + (*p - '0');
      huge = given > kMax32;
    }
    if (huge) {
      value = 0.0;
      in_range = significand == 0 || down;
    } else {
      in_range = scale(static_cast<double>(significand), down ? exponent - given : exponent + given, value);
    }
  } else {
    in_range = scale(static_cast<double>(significand), exponent, value);
  }
  if (negative) value = -value;
  return in_range;
}

}  // namespace tokenspace::json_number
