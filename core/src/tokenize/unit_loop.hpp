// The hot loop of the fast engines: units of a text through the cache. Keys of a batch are computed and their cache
// lines fetched before the first is looked up, so that misses of the memory hierarchy overlap.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "unit_cache.hpp"

namespace tokenspace::detail {

struct IdSink {
  std::uint32_t* out;
  void put(std::size_t, const std::uint32_t* ids, std::size_t n) {
    if (n == 0) return;  // `ids` may be null
    std::memcpy(out, ids, n * sizeof *ids);
    out += n;
  }
  // Up to three ids, written without a branch on how many: room for three must be left.
  void put_inline(std::size_t, const UnitCache::Entry& entry) {
    std::memcpy(out, entry.ids, sizeof entry.ids);
    out += entry.count;
  }
};

struct CountSink {
  std::uint64_t n = 0;
  void put(std::size_t, const std::uint32_t*, std::size_t count) { n += count; }
  void put_inline(std::size_t, const UnitCache::Entry& entry) { n += entry.count; }
};

// Units of text[chunk_begin, ...) end at `ends` (relative to chunk_begin). The first has `first_tag`, the others `tag`.
// miss(unit, key or nullptr, hash, tag) -> values (a vector) computes and remembers; sink.put(begin of unit, values,
// n).
template <class Miss, class Sink>
void run_units(std::string_view text, std::size_t chunk_begin, const Buffer<std::uint32_t>& ends, unsigned first_tag,
               unsigned tag, UnitCache& cache, const Miss& miss, Sink& result) {
  Sink sink = result;  // a copy whose pointers stay in registers
  constexpr std::size_t kBatch = 32;
  const char* chunk = text.data() + chunk_begin;
  const std::size_t readable = text.size() - chunk_begin;  // bytes that may be read from `chunk`
  UnitKey keys[kBatch];
  std::uint64_t hashes[kBatch];
  std::uint32_t begin = 0;
  unsigned now = first_tag;
  for (std::size_t first = 0; first < ends.size(); first += kBatch) {
    const std::size_t n = std::min(kBatch, ends.size() - first);
    std::uint32_t at = begin;
    unsigned key_tag = now;
    std::uint32_t long_units = 0;  // one bit a unit
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint32_t end = ends[first + i];
      const std::uint32_t length = end - at;
      if (length <= kShortUnit) {
        if (at + 16 <= readable) [[likely]] {
          keys[i] = short_key(chunk + at, length, key_tag);
        } else {
          char padded[16] = {};
          std::memcpy(padded, chunk + at, length);
          keys[i] = short_key(padded, length, key_tag);
        }
        hashes[i] = hash_key(keys[i]);
        cache.prefetch_short(hashes[i]);
      } else {
        hashes[i] = UnitCache::hash_long({chunk + at, length}, key_tag);
        cache.prefetch_long(hashes[i]);
        long_units |= 1u << i;
      }
      key_tag = tag;
      at = end;
    }
    // Text with long units (ideographs) waits for their records, so these are asked for together too; in text without,
    // the pass over the entries would cost more than it saves.
    if (long_units != 0) {
      for (std::size_t i = 0; i < n; ++i) cache.prefetch_record(hashes[i], (long_units >> i & 1) != 0);
    }
    at = begin;
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint32_t end = ends[first + i];
      const std::uint32_t length = end - at;
      const bool is_short = length <= kShortUnit;
      const UnitCache::Entry* entry =
          is_short ? cache.find_short(keys[i], hashes[i]) : cache.find_long({chunk + at, length}, now, hashes[i]);
      if (entry == nullptr) [[unlikely]] {
        const std::vector<std::uint32_t>& values =
            miss(std::string_view(chunk + at, length), is_short ? &keys[i] : nullptr, hashes[i], now);
        sink.put(chunk_begin + at, values.data(), values.size());
      } else if (entry->count != UnitCache::kPooled) [[likely]] {
        sink.put_inline(chunk_begin + at, *entry);
      } else {
        sink.put(chunk_begin + at, cache.pooled(*entry), entry->ids[1]);
      }
      now = tag;
      at = end;
    }
    begin = at;
  }
  if constexpr (std::is_copy_assignable_v<Sink>) result = sink;
}

inline void remember(UnitCache& cache, std::string_view unit, const UnitKey* key, std::uint64_t hash, unsigned tag,
                     const std::vector<std::uint32_t>& values) {
  if (key != nullptr) {
    cache.insert_short(*key, hash, values.data(), values.size());
  } else {
    cache.insert_long(unit, tag, hash, values.data(), values.size());
  }
}

}  // namespace tokenspace::detail
