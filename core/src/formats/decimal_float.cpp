#include "formats/decimal_float.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <system_error>

namespace tokenspace::decimal {

namespace {

// Powers of ten that a double holds exactly.
constexpr std::array<double, 23> kExactPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t kExactInteger = std::uint64_t{1} << 53;
constexpr int kManyDigits = 19;  // fit 64 bits

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// `word` in lower case at `p`, in any case.
bool starts_with(const char* p, const char* end, std::string_view word) {
  if (static_cast<std::size_t>(end - p) < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if ((p[i] | 0x20) != word[i]) return false;
  }
  return true;
}

bool read_name(const char*& p, const char* end, double& value) {
  if (starts_with(p, end, "nan")) {
    value = std::numeric_limits<double>::quiet_NaN();
    p += 3;
    return true;
  }
  if (!starts_with(p, end, "inf")) return false;
  value = std::numeric_limits<double>::infinity();
  p += starts_with(p, end, "infinity") ? 8 : 3;
  return true;
}

struct Digits {
  std::uint64_t value = 0;
  std::int64_t exponent = 0;  // of ten
  int kept = 0;               // significant digits in `value`
  bool any = false, exact = true;
};

void add_digit(Digits& digits, char c, bool fraction) {
  digits.any = true;
  if (digits.kept < kManyDigits) {
    digits.value = digits.value * 10 + static_cast<unsigned>(c - '0');
    if (digits.value != 0) ++digits.kept;
    if (fraction) --digits.exponent;
  } else {
    digits.exact = false;
    if (!fraction) ++digits.exponent;
  }
}

bool read_exponent(const char*& p, const char* end, std::int64_t& exponent) {
  const char* q = p + 1;
  const bool negative = q < end && *q == '-';
  if (q < end && (*q == '-' || *q == '+')) ++q;
  if (q == end || !is_digit(*q)) return false;
  std::int64_t value = 0;
  for (; q < end && is_digit(*q); ++q) {
    if (value < 1'000'000) value = value * 10 + (*q - '0');
  }
  exponent += negative ? -value : value;
  p = q;
  return true;
}

// What the quick way cannot do exactly. The text is a number already, `p` after its sign.
double slow_value(const char* p, const char* end, std::int64_t exponent, const Digits& digits) {
  double value = 0;
  const auto [last, error] = std::from_chars(p, end, value);
  if (error == std::errc{}) return value;
  // Out of range: infinite or zero, by the exponent of the first digit.
  return exponent + digits.kept > 0 ? std::numeric_limits<double>::infinity() : 0.0;
}

// The mantissa is at most 10 digits here: "-0.12345" and its like take one multiplication or division.
bool read_unsigned(const char*& p, const char* end, double& value) {
  const char* const begin = p;
  Digits digits;
  for (; p < end && is_digit(*p); ++p) add_digit(digits, *p, false);
  if (p < end && *p == '.') {
    for (++p; p < end && is_digit(*p); ++p) add_digit(digits, *p, true);
  }
  if (!digits.any) return read_name(p, end, value);
  if (p < end && (*p | 0x20) == 'e' && !read_exponent(p, end, digits.exponent)) return false;
  if (digits.exact && digits.value <= kExactInteger && digits.exponent >= -22 && digits.exponent <= 22) {
    const auto mantissa = static_cast<double>(digits.value);
    value = digits.exponent < 0 ? mantissa / kExactPowers[static_cast<std::size_t>(-digits.exponent)]
                                : mantissa * kExactPowers[static_cast<std::size_t>(digits.exponent)];
  } else {
    value = digits.value == 0 ? 0.0 : slow_value(begin, p, digits.exponent, digits);
  }
  return true;
}

char* write_positional(char* out, const char* digits, int count, int exponent) {
  if (exponent < 0) {
    *out++ = '0';
    *out++ = '.';
    for (int i = -1; i > exponent; --i) *out++ = '0';
    std::memcpy(out, digits, static_cast<std::size_t>(count));
    return out + count;
  }
  for (int i = 0; i <= exponent; ++i) *out++ = i < count ? digits[i] : '0';
  *out++ = '.';
  if (count <= exponent + 1) {
    *out++ = '0';
    return out;
  }
  std::memcpy(out, digits + exponent + 1, static_cast<std::size_t>(count - exponent - 1));
  return out + count - exponent - 1;
}

char* write_scientific(char* out, const char* digits, int count, int exponent) {
  *out++ = digits[0];
  if (count > 1) {
    *out++ = '.';
    std::memcpy(out, digits + 1, static_cast<std::size_t>(count - 1));
    out += count - 1;
  }
  *out++ = 'e';
  *out++ = exponent < 0 ? '-' : '+';
  const int magnitude = exponent < 0 ? -exponent : exponent;
  *out++ = static_cast<char>('0' + magnitude / 10);
  *out++ = static_cast<char>('0' + magnitude % 10);
  return out;
}

}  // namespace

bool read_double(const char*& p, const char* end, double& value) {
  bool negative = false;
  if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
  if (!read_unsigned(p, end, value)) return false;
  if (negative) value = -value;
  return true;
}

bool read_float(const char*& p, const char* end, float& value) {
  double wide = 0;
  if (!read_double(p, end, wide)) return false;
  // C++ leaves the conversion of a double beyond float's range open; this is what IEEE 754 says: from half-way between
  // the largest float and the next power of two it is infinity.
  constexpr double kLargest = std::numeric_limits<float>::max();
  if (std::fabs(wide) > kLargest) {
    wide = std::copysign(std::fabs(wide) < 0x1.ffffffp127 ? kLargest : std::numeric_limits<double>::infinity(), wide);
  }
  value = static_cast<float>(wide);
  return true;
}

char* write_float(char* out, float value) {
  if (std::isnan(value)) {
    std::memcpy(out, "nan", 3);
    return out + 3;
  }
  if (std::signbit(value)) *out++ = '-';
  value = std::fabs(value);
  if (std::isinf(value)) {
    std::memcpy(out, "inf", 3);
    return out + 3;
  }
  if (value == 0) {
    std::memcpy(out, "0.0", 3);
    return out + 3;
  }
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  (void)error;  // 32 characters hold any float
  // "d.ddde-xx" -> digits and exponent.
  std::array<char, 16> digits{};
  int count = 0;
  const char* p = text.data();
  for (; *p != 'e'; ++p) {
    if (*p != '.') digits[static_cast<std::size_t>(count++)] = *p;
  }
  const bool below_one = p[1] == '-';
  int exponent = 0;
  for (p += 2; p < end; ++p) exponent = exponent * 10 + (*p - '0');
  if (below_one) exponent = -exponent;
  const auto wide = static_cast<double>(value);
  return wide >= 1e6 || wide < 1e-4 ? write_scientific(out, digits.data(), count, exponent)
                                    : write_positional(out, digits.data(), count, exponent);
}

}  // namespace tokenspace::decimal
