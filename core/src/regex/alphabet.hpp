// Every set of a pattern at once: code points that no set tells apart share a class, and a set is a row of bits over
// classes.
#pragma once

#include <cstdint>
#include <vector>

#include "char_set.hpp"

namespace tokenspace::regex {

class Alphabet {
 public:
  Alphabet() = default;
  explicit Alphabet(const std::vector<CharSet>& sets);

  std::uint32_t class_of(char32_t c) const {
    return c < 128 ? ascii_[c] : pages_[static_cast<std::size_t>(index_[c >> 8]) << 8 | (c & 0xFF)];
  }
  std::uint32_t ascii_class(unsigned char byte) const { return ascii_[byte]; }
  std::uint32_t classes() const { return classes_; }
  // True when the code points of class `cls` are in set `set`.
  bool contains(std::uint32_t set, std::uint32_t cls) const {
    return member_[static_cast<std::size_t>(set) * classes_ + cls] != 0;
  }

 private:
  std::uint32_t classes_ = 1;
  std::uint16_t ascii_[128] = {};
  std::vector<std::uint16_t> index_;  // c >> 8 -> page
  std::vector<std::uint16_t> pages_;  // 256 classes each
  std::vector<std::uint8_t> member_;  // sets x classes
};

}  // namespace tokenspace::regex
