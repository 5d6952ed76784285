// Half-open byte ranges. One text is at most 4 GiB - 1 byte (LimitError above), so 32 bits are enough.
#pragma once

#include <cstdint>

namespace tokenspace {

struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  std::uint32_t size() const { return end - begin; }
  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace tokenspace
