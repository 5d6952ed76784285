// Sinks of unit_loop.hpp for engines whose units may give more tokens than they have bytes (NFKC turns one character
// into 18).
#pragma once

#include <cstring>

#include "engine.hpp"
#include "unit_cache.hpp"

namespace tokenspace::detail {

struct GrowingIdSink {
  Ids& out;

  void put(std::size_t, const std::uint32_t* ids, std::size_t n) {
    if (n == 0) return;  // `ids` may be null
    const std::size_t size = out.size();
    grow(size + n);
    std::memcpy(out.data() + size, ids, n * sizeof *ids);
  }
  void put_inline(std::size_t, const UnitCache::Entry& entry) {
    const std::size_t size = out.size();
    grow(size + UnitCache::kMaxInline);
    std::memcpy(out.data() + size, entry.ids, sizeof entry.ids);
    out.resize(size + entry.count);
  }

 private:
  void grow(std::size_t n) {
    if (out.capacity() < n) [[unlikely]]
      out.reserve(n * 2);
    out.resize(n);
  }
};

// Values come in threes: id, begin, end, relative to the unit.
struct GrowingTripleSink {
  Ids& out;
  Buffer<Span>& spans;
  std::uint32_t shift;

  void put(std::size_t begin, const std::uint32_t* values, std::size_t n) {
    const auto base = static_cast<std::uint32_t>(begin) + shift;
    for (std::size_t i = 0; i + 2 < n; i += 3) {
      out.push_back(values[i]);
      spans.push_back({values[i + 1] + base, values[i + 2] + base});
    }
  }
  void put_inline(std::size_t begin, const UnitCache::Entry& entry) { put(begin, entry.ids, entry.count); }
};

}  // namespace tokenspace::detail
