// A vocabulary: token text <-> id. Flat arrays (an arena of bytes, one record per entry, one open-addressing table).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/hash.hpp"

namespace tokenspace {

class Vocab {
 public:
  struct Entry {
    std::uint32_t offset;  // into the arena
    std::uint32_t length;
    std::uint32_t id;
  };

  void reserve(std::size_t entries, std::size_t bytes);
  // A token given twice keeps its place and takes the last id (as a JSON object read into a map does).
  void add(std::string_view token, std::uint32_t id);
  // After the last add: builds id -> token. When two tokens share an id, the later one answers for it.
  void finish();

  // Average O(1).
  std::optional<std::uint32_t> find(std::string_view token) const {
    const Entry* entry = find_entry(token, hash_bytes(token));
    if (entry == nullptr) return std::nullopt;
    return entry->id;
  }
  // The same for callers that have the token's hash_bytes() already.
  std::optional<std::uint32_t> find(std::string_view token, std::uint64_t hash) const {
    const Entry* entry = find_entry(token, hash);
    if (entry == nullptr) return std::nullopt;
    return entry->id;
  }
  std::optional<std::string_view> token(std::uint32_t id) const;

  std::size_t size() const { return entries_.size(); }
  std::uint32_t id_bound() const { return id_bound_; }            // largest id + 1; 0 when empty
  std::size_t longest() const { return longest_; }                // bytes of the longest token
  const std::vector<Entry>& entries() const { return entries_; }  // in order of insertion
  std::string_view text(const Entry& entry) const { return {arena_.data() + entry.offset, entry.length}; }

  // {"token":id,...} by ascending id, as tokenizers writes it.
  // As a JSON object in order of id; `more` are entries beyond, written last.
  using Named = std::pair<std::uint32_t, std::string>;
  std::string json(std::span<const Named> more = {}) const;
  // (id, entry) sorted by id.
  std::vector<const Entry*> by_id() const;

 private:
  const Entry* find_entry(std::string_view token, std::uint64_t hash) const;
  void grow();

  std::string arena_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // entry index + 1, 0 = free; power of two, at most half full
  std::uint32_t id_bound_ = 0;
  std::size_t longest_ = 0;
  // id -> entry index + 1. Dense when ids are (an id of 4e9 in a file of ten entries must not cost 16 GB).
  std::vector<std::uint32_t> dense_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sparse_;  // (id, entry index), sorted
};

}  // namespace tokenspace
