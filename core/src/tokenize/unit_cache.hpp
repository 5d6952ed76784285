// A cache from short byte strings ("units": pre-tokens, words) to their token ids, bounded in bytes. Not thread-safe:
// each working thread owns one.
//
// Performance notes. An entry is 32 bytes: units up to 15 bytes are compared as two 64-bit words with no pointer to
// follow, and up to three ids are inline, so a hit touches one cache line. Longer units live in a second table with the
// same entry layout, keyed by hash; their bytes and ids stand together in the pool. When the budget is reached
// everything is dropped: natural text refills the useful part within a few hundred kilobytes, and no bookkeeping
// burdens the hits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/hash.hpp"

namespace tokenspace::detail {

// Bytes [text, text + 16) must be readable.
struct UnitKey {
  std::uint64_t low, high;
  friend bool operator==(const UnitKey&, const UnitKey&) = default;
};

inline constexpr std::size_t kShortUnit = 15;

// Masks that keep the first n of 16 bytes, n = 0..15.
struct UnitMasks {
  std::uint64_t words[16][2];
};
inline constexpr UnitMasks kUnitMasks = [] {
  UnitMasks masks{};
  for (unsigned n = 0; n < 16; ++n) {
    masks.words[n][0] = n >= 8 ? ~0ull : (1ull << (8 * n)) - 1;
    masks.words[n][1] = n <= 8 ? 0 : (1ull << (8 * (n - 8))) - 1;
  }
  return masks;
}();

// `tag` (0..15) separates contexts in which the same bytes encode differently; it shares the last byte with the length.
inline UnitKey short_key(const char* text, std::size_t n, unsigned tag) {
  return {load64(text) & kUnitMasks.words[n][0],
          (load64(text + 8) & kUnitMasks.words[n][1]) | static_cast<std::uint64_t>(n | tag << 4) << 56};
}

inline std::uint64_t hash_key(const UnitKey& key) {
  return mix(key.low ^ kHashSeed0, key.high ^ kHashSeed1);
}

class UnitCache {
 public:
  static constexpr std::uint32_t kPooled =
      0xFF;  // `count` of entries whose ids lie in the pool: ids = {start, how many}
  struct Entry {
    UnitKey key;
    std::uint32_t ids[3];
    std::uint32_t count;  // 0 ids is a valid result; kEmpty marks a free slot
  };
  static constexpr std::uint32_t kEmpty = 0xFFFFFFFFu;
  static constexpr std::size_t kMaxInline = 3;
  static constexpr std::size_t kSpread = 3;  // slots per short unit, at least: fuller tables cost second probes

  explicit UnitCache(std::size_t budget) : budget_(budget) { clear(); }

  void set_budget(std::size_t bytes) { budget_ = bytes; }
  std::size_t bytes() const { return (short_.size() + long_.size()) * sizeof(Entry) + pool_.capacity() * 4; }

  void prefetch_short(std::uint64_t hash) const { __builtin_prefetch(&short_[hash & short_mask_ & ~std::size_t{1}]); }

  void prefetch_long(std::uint64_t hash) const { __builtin_prefetch(&long_[hash & long_mask_]); }

  // Entries stand in pairs, a pair a cache line. Both are compared before the branch, so that a unit that was displaced
  // by one costs no misprediction.
  const Entry* find_short(const UnitKey& key, std::uint64_t hash) const {
    for (std::size_t slot = hash & short_mask_ & ~std::size_t{1};; slot = (slot + 2) & short_mask_) {
      const Entry* pair = &short_[slot];
      const bool first = pair[0].key == key;
      const bool second = pair[1].key == key;
      if (first | second) [[likely]]
        return pair + second;
      if (pair[1].count == kEmpty) return nullptr;
    }
  }

  // Brings in what a hit on a long unit, or on one with many ids, will read behind its entry.
  void prefetch_record(std::uint64_t hash, bool is_long) const {
    const Entry& entry = is_long ? long_[hash & long_mask_] : short_[hash & short_mask_];
    if (entry.count == kEmpty) return;
    if (is_long) {
      const std::uint32_t* record = pool_.data() + (entry.key.high & kOffsetMask);
      __builtin_prefetch(record);
      __builtin_prefetch(record + 16);
      __builtin_prefetch(record + 32);
    } else if (entry.count == kPooled) {
      __builtin_prefetch(pool_.data() + entry.ids[0]);
    }
  }

  const Entry* find_long(std::string_view unit, unsigned tag, std::uint64_t hash) const {
    for (std::size_t slot = hash & long_mask_;; slot = (slot + 1) & long_mask_) {
      const Entry& entry = long_[slot];
      if (entry.count == kEmpty) return nullptr;
      if (entry.key.low == hash && entry.key.high >> 40 == (unit.size() << 4 | tag) &&
          std::memcmp(pool_.data() + (entry.key.high & kOffsetMask), unit.data(), unit.size()) == 0) {
        return &entry;
      }
    }
  }
  static std::uint64_t hash_long(std::string_view unit, unsigned tag) { return hash_bytes(unit) + tag * kHashSeed1; }

  const std::uint32_t* pooled(const Entry& entry) const { return pool_.data() + entry.ids[0]; }

  // Units longer than this are not worth keeping (and 20 bits hold a length).
  static constexpr std::size_t kLongestUnit = 4096;

  void insert_short(const UnitKey& key, std::uint64_t hash, const std::uint32_t* ids, std::size_t n) {
    if ((short_used_ + 1) * kSpread > short_.size() && !grow(short_, short_mask_)) clear();
    if (n > kMaxInline) make_room(n);
    std::size_t slot = hash & short_mask_ & ~std::size_t{1};
    while (short_[slot].count != kEmpty) slot = (slot + 1) & short_mask_;
    short_[slot] = entry_for(key, ids, n);
    ++short_used_;
  }

  void insert_long(std::string_view unit, unsigned tag, std::uint64_t hash, const std::uint32_t* ids, std::size_t n) {
    if (unit.size() > kLongestUnit) return;
    if ((long_used_ + 1) * 2 > long_.size() && !grow(long_, long_mask_)) clear();
    // The bytes of the unit and, behind them, its ids: one place to fetch.
    const std::size_t words = (unit.size() + 3) / 4;
    make_room(words + n);
    const UnitKey key{hash, static_cast<std::uint64_t>(unit.size() << 4 | tag) << 40 | pool_.size()};
    pool_.resize(pool_.size() + words);
    std::memcpy(pool_.data() + pool_.size() - words, unit.data(), unit.size());
    std::size_t slot = hash & long_mask_;
    while (long_[slot].count != kEmpty) slot = (slot + 1) & long_mask_;
    long_[slot] = entry_for(key, ids, n);
    ++long_used_;
  }

  std::size_t short_units() const { return short_used_; }

  // Makes room for `units` short units in all; false when that took more than a quarter of the budget.
  bool reserve_short(std::size_t units) {
    std::size_t capacity = short_.size();
    while (capacity < units * kSpread) capacity *= 2;
    if (capacity == short_.size()) return true;
    return capacity * sizeof(Entry) <= budget_ / 4 && grow_to(short_, short_mask_, capacity);
  }

  // insert_short of one id, for a unit that may be there already. The room is reserved.
  void seed_short(const UnitKey& key, std::uint64_t hash, std::uint32_t id) {
    std::size_t slot = hash & short_mask_ & ~std::size_t{1};
    for (; short_[slot].count != kEmpty; slot = (slot + 1) & short_mask_) {
      if (short_[slot].key == key) return;
    }
    short_[slot] = {key, {id}, 1};
    ++short_used_;
  }

  void clear() {
    reset(short_, short_mask_, kInitial);
    reset(long_, long_mask_, kInitial);
    short_used_ = long_used_ = 0;
    pool_.clear();
    ++generation_;
  }
  std::uint64_t generation() const { return generation_; }

 private:
  static constexpr std::uint64_t kOffsetMask = (1ull << 40) - 1;
  static constexpr std::size_t kInitial = 4096;

  // Empties the cache when `words` more would pass the budget or what 32 bits can point at.
  void make_room(std::size_t words) {
    const std::size_t size = pool_.size() + words;
    if (size <= pool_.capacity()) return;
    const std::size_t larger = std::max<std::size_t>(size, pool_.capacity() * 2);
    if (bytes() + (larger - pool_.capacity()) * 4 > budget_ || larger > 0xF0000000u) {
      clear();
    } else {
      pool_.reserve(larger);
    }
  }

  static void reset(Buffer<Entry>& table, std::size_t& mask, std::size_t capacity) {
    table.clear();
    table.resize(capacity);
    for (Entry& entry : table) entry = {{0, 0}, {}, kEmpty};
    mask = capacity - 1;
  }

  Entry entry_for(const UnitKey& key, const std::uint32_t* ids, std::size_t n) {
    Entry entry{key, {}, 0};
    if (n <= kMaxInline) {
      std::copy_n(ids, n, entry.ids);
      entry.count = static_cast<std::uint32_t>(n);
      return entry;
    }
    entry.ids[0] = static_cast<std::uint32_t>(pool_.size());
    entry.ids[1] = static_cast<std::uint32_t>(n);
    entry.count = kPooled;
    pool_.insert(pool_.end(), ids, ids + n);
    return entry;
  }

  bool grow(Buffer<Entry>& table, std::size_t& mask) {
    // Small tables grow fourfold (rehashing costs a cold pass more than memory), large ones twofold (page faults do).
    return grow_to(table, mask, table.size() * (table.size() < 65536 ? 4 : 2));
  }

  bool grow_to(Buffer<Entry>& table, std::size_t& mask, std::size_t capacity) {
    if (bytes() + (capacity - table.size()) * sizeof(Entry) > budget_) return false;
    Buffer<Entry> old;
    old.swap(table);
    reset(table, mask, capacity);
    const bool is_long = &table == &long_;
    for (const Entry& entry : old) {
      if (entry.count == kEmpty) continue;
      std::size_t slot = is_long ? entry.key.low & mask : hash_key(entry.key) & mask & ~std::size_t{1};
      while (table[slot].count != kEmpty) slot = (slot + 1) & mask;
      table[slot] = entry;
    }
    return true;
  }

  std::size_t budget_;
  Buffer<Entry> short_, long_;
  std::size_t short_mask_ = 0, long_mask_ = 0;
  std::size_t short_used_ = 0, long_used_ = 0;
  Buffer<std::uint32_t> pool_;
  std::uint64_t generation_ = 0;
};

}  // namespace tokenspace::detail
