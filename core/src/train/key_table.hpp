// What is kept for each of many byte strings: an open-addressing table. Not thread-safe to write; lookups by `find` may
// run at once.
//
// Strings up to 15 bytes stand in the slot beside their value, so that finding one touches one cache line; longer ones
// stand in an arena and the slot holds their place, their length and 15 bits of their hash.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "../tokenize/unit_cache.hpp"
#include "tokenspace/buffer.hpp"
#include "tokenspace/hash.hpp"

namespace tokenspace::train {

// A string ready to be looked up: made for a batch of strings first, so that their cache misses overlap.
struct Probe {
  detail::UnitKey key;  // of a long string: low is of no meaning
  std::uint64_t hash;
  std::string_view text;
};

template <class Value>
class KeyTable {
 public:
  using Key = detail::UnitKey;
  struct Slot {
    Key key;  // high == 0: free
    Value value;
  };

  KeyTable() { clear(); }

  std::size_t size() const { return used_; }
  // Bytes held now, and at the peak of the next growth when one is near.
  std::size_t bytes() const { return slots_.size() * sizeof(Slot) + arena_.capacity(); }
  std::size_t bytes_soon() const {
    const bool slots_grow = (used_ + used_ / 8 + kRoom) * kSpread > slots_.size() * kUsed;
    const bool arena_grows = arena_.size() + arena_.size() / 8 + kArenaMargin > arena_.capacity();
    return bytes() + (slots_grow ? 2 * slots_.size() * sizeof(Slot) : 0) + (arena_grows ? 2 * arena_.capacity() : 0);
  }

  // `readable`: bytes that may be read from text.data() on, text.size() or more.
  static Probe probe(std::string_view text, std::size_t readable) {
    if (text.size() > detail::kShortUnit) {
      const std::uint64_t hash = hash_bytes(text);
      return {{0, kLong | (hash >> 49 << kLengthBits) | text.size()}, hash, text};
    }
    Key key;
    if (readable >= 16) [[likely]] {
      key = detail::short_key(text.data(), text.size(), kShortTag);
    } else {
      char padded[16] = {};
      std::memcpy(padded, text.data(), text.size());
      key = detail::short_key(padded, text.size(), kShortTag);
    }
    return {key, detail::hash_key(key), text};
  }
  static Probe probe(std::string_view text) { return probe(text, text.size()); }

  void prefetch(const Probe& probe) const { __builtin_prefetch(&slots_[probe.hash & mask_]); }

  // Null when the string is not here.
  const Value* find(const Probe& probe) const {
    for (std::size_t at = probe.hash & mask_; slots_[at].key.high != 0; at = (at + 1) & mask_) {
      if (matches(slots_[at], probe)) return &slots_[at].value;
    }
    return nullptr;
  }

  // The value of the string, which is `fresh` when the string was not here. Valid until the next call.
  Value& find_or_add(const Probe& probe, const Value& fresh) {
    make_room(1);
    std::size_t at = probe.hash & mask_;
    for (; slots_[at].key.high != 0; at = (at + 1) & mask_) {
      if (matches(slots_[at], probe)) return slots_[at].value;
    }
    slots_[at] = {probe.key, fresh};
    if (is_long(probe.key)) {
      slots_[at].key.low = arena_.size();
      arena_.insert(arena_.end(), probe.text.begin(), probe.text.end());
    }
    ++used_;
    return slots_[at].value;
  }

  // So that the next n strings find their places where a prefetch expects them.
  void make_room(std::size_t n) {
    if ((used_ + n) * kSpread > slots_.size() * kUsed) grow();
  }

  std::string_view text(const Slot& slot) const {
    if (is_long(slot.key)) return {arena_.data() + slot.key.low, length_of_long(slot.key)};
    return {reinterpret_cast<const char*>(&slot.key), slot.key.high >> 56 & 15};
  }

  template <class Visit>
  void for_each(Visit visit) const {  // visit(text, value), in no order
    for (const Slot& slot : slots_) {
      if (slot.key.high != 0) visit(text(slot), slot.value);
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
  static constexpr std::size_t kRoom = 32;
  static constexpr std::size_t kSpread = 8, kUsed = 5;  // grows when more than 5 of 8 slots are used
  static constexpr std::size_t kArenaMargin = 1 << 16;
  static constexpr unsigned kShortTag = 1;  // makes the key of no short string, the empty one included, zero
  static constexpr std::uint64_t kLong = 1ull << 63;
  static constexpr unsigned kLengthBits = 48;

  static bool is_long(const Key& key) { return (key.high & kLong) != 0; }
  static std::size_t length_of_long(const Key& key) { return key.high & ((1ull << kLengthBits) - 1); }

  bool matches(const Slot& slot, const Probe& probe) const {
    if (!is_long(probe.key)) return slot.key == probe.key;
    return slot.key.high == probe.key.high &&
           std::memcmp(arena_.data() + slot.key.low, probe.text.data(), probe.text.size()) == 0;
  }

  void reset(std::size_t capacity) {
    slots_.resize(capacity);
    std::memset(static_cast<void*>(slots_.data()), 0, capacity * sizeof(Slot));
    mask_ = capacity - 1;
  }

  void grow() {
    Buffer<Slot> old;
    old.swap(slots_);
    reset(old.size() * (old.size() < 65536 ? 4 : 2));
    for (const Slot& slot : old) {
      if (slot.key.high == 0) continue;
      std::size_t at = (is_long(slot.key) ? hash_bytes(text(slot)) : detail::hash_key(slot.key)) & mask_;
      while (slots_[at].key.high != 0) at = (at + 1) & mask_;
      slots_[at] = slot;
    }
  }

  Buffer<Slot> slots_;
  Buffer<char> arena_;
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

}  // namespace tokenspace::train
