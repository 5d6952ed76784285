// Occurrences of byte strings: a table with 64-bit counts, 24 bytes a string of up to 15 bytes.
#pragma once

#include <algorithm>
#include <string_view>

#include "key_table.hpp"

namespace tokenspace::train {

class CountTable : public KeyTable<std::uint64_t> {
 public:
  void add(std::string_view text, std::uint64_t count) { find_or_add(probe(text), 0) += count; }

  // The pieces of `text` that end at `ends`, empty ones left out. Keys of a batch are computed and their slots fetched
  // before the first is looked up, so that cache misses overlap.
  void add_pieces(std::string_view text, const Buffer<std::uint32_t>& ends, std::uint64_t count) {
    Probe probes[kBatch];
    std::uint32_t begin = 0;
    for (std::size_t first = 0; first < ends.size(); first += kBatch) {
      const std::size_t n = std::min(kBatch, ends.size() - first);
      make_room(n);
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t end = ends[first + i];
        probes[i] = probe(text.substr(begin, end - begin), text.size() - begin);
        prefetch(probes[i]);
        begin = end;
      }
      for (std::size_t i = 0; i < n; ++i) {
        if (!probes[i].text.empty()) find_or_add(probes[i], 0) += count;
      }
    }
  }

 private:
  static constexpr std::size_t kBatch = 32;
};

}  // namespace tokenspace::train
