// Ascending lists of word numbers: differences in 7-bit groups, a quarter to a half of 32-bit numbers. There is one for
// every pair that was ever queued, together the largest thing a training holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tokenspace/buffer.hpp"

namespace tokenspace::train {

inline constexpr std::uint32_t kNoWord = ~0u;  // before the first word of a list; the first difference is word + 1

// Bytes that `word` takes behind `last`.
inline std::uint32_t listed_bytes(std::uint32_t last, std::uint32_t word) {
  std::uint32_t n = 1;
  for (std::uint32_t difference = word - last; difference >= 0x80; difference >>= 7) ++n;
  return n;
}

struct WordListWriter {
  std::uint8_t* next;
  std::uint32_t last = kNoWord;

  void add(std::uint32_t word) {
    std::uint32_t difference = word - last;
    for (; difference >= 0x80; difference >>= 7) *next++ = static_cast<std::uint8_t>(difference | 0x80);
    *next++ = static_cast<std::uint8_t>(difference);
    last = word;
  }
};

struct WordListReader {
  const std::uint8_t* next;
  std::uint32_t last = kNoWord;

  std::uint32_t word() {
    std::uint32_t byte = *next++;
    std::uint32_t difference = byte & 0x7F;
    for (unsigned shift = 7; byte >= 0x80; shift += 7) {
      byte = *next++;
      difference |= (byte & 0x7F) << shift;
    }
    last += difference;
    return last;
  }
};

// Where lists stand. Long ones, which are those of frequent pairs and merged first, can be freed one by one, so that
// lists of later pairs take their place; the others are freed together.
class WordLists {
 public:
  std::uint8_t* allocate(std::size_t bytes) {
    if (bytes >= kBlock) {
      Buffer<std::uint8_t> list(bytes);
      std::uint8_t* const out = list.data();
      long_.emplace(out, std::move(list));
      return out;
    }
    if (bytes > left_) {
      left_ = kBlock;
      blocks_.emplace_back(left_);
      next_ = blocks_.back().data();
    }
    std::uint8_t* const out = next_;
    next_ += bytes;
    left_ -= bytes;
    return out;
  }
  // Of a list that is read no more.
  void release(const std::uint8_t* list) { long_.erase(list); }

 private:
  static constexpr std::size_t kBlock = 1 << 18;
  std::vector<Buffer<std::uint8_t>> blocks_;
  std::unordered_map<const std::uint8_t*, Buffer<std::uint8_t>> long_;
  std::uint8_t* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace tokenspace::train
