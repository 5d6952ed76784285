// Occurrences of byte strings: an open-addressing table with 64-bit counts. Not thread-safe: each worker owns one.
//
// A slot is 24 bytes. Strings up to 15 bytes stand in it, so that counting one touches one cache line; longer ones
// stand in an arena and the slot holds their place, their length and 15 bits of their hash.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "../tokenize/unit_cache.hpp"
#include "tokenspace/buffer.hpp"
#include "tokenspace/hash.hpp"

namespace tokenspace::train {

class CountTable {
 public:
  using Key = detail::UnitKey;
  struct Slot {
    Key key;
    std::uint64_t count;  // 0: free
  };

  CountTable() { clear(); }

  std::size_t size() const { return used_; }
  // Bytes held now, and at the peak of the next growth when one is near.
  std::size_t bytes() const { return slots_.size() * sizeof(Slot) + arena_.capacity(); }
  std::size_t bytes_soon() const {
    const bool slots_grow = (used_ + used_ / 8 + kBatch) * kSpread > slots_.size() * kUsed;
    const bool arena_grows = arena_.size() + arena_.size() / 8 + kArenaMargin > arena_.capacity();
    return bytes() + (slots_grow ? 2 * slots_.size() * sizeof(Slot) : 0) + (arena_grows ? 2 * arena_.capacity() : 0);
  }

  void add(std::string_view text, std::uint64_t count) {
    if (text.size() <= detail::kShortUnit) {
      char padded[16] = {};
      std::memcpy(padded, text.data(), text.size());
      const Key key = detail::short_key(padded, text.size(), 0);
      add_short(key, detail::hash_key(key), count);
    } else {
      add_long(text, hash_bytes(text), count);
    }
  }

  // The pieces of `text` that end at `ends`. Keys of a batch are computed and their slots fetched before the first is
  // looked up, so that cache misses overlap.
  void add_pieces(std::string_view text, const Buffer<std::uint32_t>& ends, std::uint64_t count) {
    Key keys[kBatch];
    std::uint64_t hashes[kBatch];
    std::uint32_t begin = 0;
    for (std::size_t first = 0; first < ends.size(); first += kBatch) {
      const std::size_t n = std::min(kBatch, ends.size() - first);
      make_room(n);
      std::uint32_t at = begin;
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t end = ends[first + i];
        const std::uint32_t length = end - at;
        if (length > detail::kShortUnit) {
          hashes[i] = hash_bytes(text.data() + at, length);
        } else if (at + 16 <= text.size()) [[likely]] {
          keys[i] = detail::short_key(text.data() + at, length, 0);
          hashes[i] = detail::hash_key(keys[i]);
        } else {
          char padded[16] = {};
          std::memcpy(padded, text.data() + at, length);
          keys[i] = detail::short_key(padded, length, 0);
          hashes[i] = detail::hash_key(keys[i]);
        }
        __builtin_prefetch(&slots_[hashes[i] & mask_]);
        at = end;
      }
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t end = ends[first + i];
        if (end - begin > detail::kShortUnit) {
          add_long(text.substr(begin, end - begin), hashes[i], count);
        } else if (end != begin) {
          add_short(keys[i], hashes[i], count);
        }
        begin = end;
      }
    }
  }

  std::string_view text(const Slot& slot) const {
    if (is_long(slot.key)) return {arena_.data() + slot.key.low, length_of_long(slot.key)};
    return {reinterpret_cast<const char*>(&slot.key), slot.key.high >> 56};
  }

  template <class Visit>
  void for_each(Visit visit) const {  // visit(text, count), in no order
    for (const Slot& slot : slots_) {
      if (slot.count != 0) visit(text(slot), slot.count);
    }
  }

  void clear() {
    Buffer<Slot>().swap(slots_);
    Buffer<char>().swap(arena_);
    reset(kInitial);
    used_ = 0;
  }

 private:
  static constexpr std::size_t kInitial = 4096;
  static constexpr std::size_t kBatch = 32;
  static constexpr std::size_t kSpread = 8, kUsed = 5;  // grows when more than 5 of 8 slots are used
  static constexpr std::size_t kArenaMargin = 1 << 16;
  static constexpr std::uint64_t kLong = 1ull << 63;
  static constexpr unsigned kLengthBits = 48;

  static bool is_long(const Key& key) { return (key.high & kLong) != 0; }
  static std::size_t length_of_long(const Key& key) { return key.high & ((1ull << kLengthBits) - 1); }
  static std::uint64_t long_tag(std::uint64_t hash, std::size_t length) {
    return kLong | (hash >> 49 << kLengthBits) | length;
  }

  void make_room(std::size_t n) {
    if ((used_ + n) * kSpread > slots_.size() * kUsed) grow();
  }

  void reset(std::size_t capacity) {
    slots_.resize(capacity);
    std::memset(static_cast<void*>(slots_.data()), 0, capacity * sizeof(Slot));
    mask_ = capacity - 1;
  }

  void add_short(const Key& key, std::uint64_t hash, std::uint64_t count) {
    make_room(1);
    std::size_t at = hash & mask_;
    for (; slots_[at].count != 0; at = (at + 1) & mask_) {
      if (slots_[at].key == key) {
        slots_[at].count += count;
        return;
      }
    }
    slots_[at] = {key, count};
    ++used_;
  }

  void add_long(std::string_view text, std::uint64_t hash, std::uint64_t count) {
    make_room(1);
    const std::uint64_t tag = long_tag(hash, text.size());
    std::size_t at = hash & mask_;
    for (; slots_[at].count != 0; at = (at + 1) & mask_) {
      if (slots_[at].key.high == tag &&
          std::memcmp(arena_.data() + slots_[at].key.low, text.data(), text.size()) == 0) {
        slots_[at].count += count;
        return;
      }
    }
    slots_[at] = {{arena_.size(), tag}, count};
    arena_.insert(arena_.end(), text.begin(), text.end());
    ++used_;
  }

  void grow() {
    Buffer<Slot> old;
    old.swap(slots_);
    reset(old.size() * (old.size() < 65536 ? 4 : 2));
    for (const Slot& slot : old) {
      if (slot.count == 0) continue;
      std::size_t at = (is_long(slot.key) ? hash_bytes(text(slot)) : detail::hash_key(slot.key)) & mask_;
      while (slots_[at].count != 0) at = (at + 1) & mask_;
      slots_[at] = slot;
    }
  }

  Buffer<Slot> slots_;
  Buffer<char> arena_;
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

}  // namespace tokenspace::train
