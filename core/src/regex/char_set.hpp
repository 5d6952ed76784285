// A set of Unicode code points as sorted, disjoint, non-adjacent ranges: what a character class means before it is
// compiled.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace tokenspace::regex {

inline constexpr char32_t kMaxCodePoint = 0x10FFFF;

struct CharRange {
  char32_t first;
  char32_t last;  // inclusive
  friend bool operator==(const CharRange&, const CharRange&) = default;
};

class CharSet {
 public:
  CharSet() = default;
  CharSet(std::initializer_list<CharRange> ranges);
  static CharSet of(char32_t c) { return CharSet{{c, c}}; }
  static CharSet all() { return CharSet{{0, kMaxCodePoint}}; }

  const std::vector<CharRange>& ranges() const { return ranges_; }
  bool empty() const { return ranges_.empty(); }
  bool contains(char32_t c) const;
  bool intersects(const CharSet& other) const;
  // The one code point of a singleton, else -1.
  std::int64_t single() const;

  void add(char32_t first, char32_t last);
  void add(char32_t c) { add(c, c); }
  void unite(const CharSet& other);
  void intersect(const CharSet& other);
  void subtract(const CharSet& other);
  void negate();

  friend bool operator==(const CharSet&, const CharSet&) = default;

 private:
  void normalize();
  std::vector<CharRange> ranges_;
};

}  // namespace tokenspace::regex
