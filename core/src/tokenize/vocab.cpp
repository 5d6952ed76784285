#include "tokenspace/vocab.hpp"

#include <algorithm>
#include <limits>

#include "tokenspace/error.hpp"
#include "tokenspace/hash.hpp"
#include "tokenspace/json.hpp"

namespace tokenspace {

void Vocab::reserve(std::size_t entries, std::size_t bytes) {
  entries_.reserve(entries);
  arena_.reserve(bytes);
  std::size_t capacity = 64;
  while (capacity < entries * 2) capacity *= 2;
  if (entries_.empty() && slots_.size() < capacity) slots_.assign(capacity, 0);
}

void Vocab::grow() {
  std::vector<std::uint32_t> slots(std::max<std::size_t>(64, slots_.size() * 2), 0);
  const std::size_t mask = slots.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t slot = hash_bytes(text(entries_[i])) & mask;
    while (slots[slot] != 0) slot = (slot + 1) & mask;
    slots[slot] = static_cast<std::uint32_t>(i + 1);
  }
  slots_ = std::move(slots);
}

void Vocab::add(std::string_view token, std::uint32_t id) {
  if (slots_.size() < (entries_.size() + 1) * 2) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash_bytes(token) & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    Entry& entry = entries_[slots_[slot] - 1];
    if (text(entry) == token) {
      entry.id = id;
      return;
    }
  }
  if (arena_.size() + token.size() > std::numeric_limits<std::uint32_t>::max()) {
    fail(ErrorKind::limit, "read vocabulary", "at most 4 GiB of token text", "more");
  }
  entries_.push_back({static_cast<std::uint32_t>(arena_.size()), static_cast<std::uint32_t>(token.size()), id});
  arena_.append(token);
  slots_[slot] = static_cast<std::uint32_t>(entries_.size());
  longest_ = std::max(longest_, token.size());
}

void Vocab::finish() {
  std::uint32_t largest = 0;
  for (const Entry& entry : entries_) largest = std::max(largest, entry.id);
  if (entries_.empty()) {
    id_bound_ = 0;
  } else {
    id_bound_ = largest == std::numeric_limits<std::uint32_t>::max() ? largest : largest + 1;
  }
  dense_.clear();
  sparse_.clear();
  if (id_bound_ <= entries_.size() * 4 + 65536) {
    dense_.assign(id_bound_, 0);
    for (std::size_t i = 0; i < entries_.size(); ++i) dense_[entries_[i].id] = static_cast<std::uint32_t>(i + 1);
    return;
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) sparse_.emplace_back(entries_[i].id, static_cast<std::uint32_t>(i));
  std::sort(sparse_.begin(), sparse_.end());
}

const Vocab::Entry* Vocab::find_entry(std::string_view token, std::uint64_t hash) const {
  if (slots_.empty() || token.size() > longest_) return nullptr;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash & mask; slots_[slot] != 0; slot = (slot + 1) & mask) {
    const Entry& entry = entries_[slots_[slot] - 1];
    if (text(entry) == token) return &entry;
  }
  return nullptr;
}

std::optional<std::string_view> Vocab::token(std::uint32_t id) const {
  if (!dense_.empty()) {
    if (id >= dense_.size() || dense_[id] == 0) return std::nullopt;
    return text(entries_[dense_[id] - 1]);
  }
  // The last of equal ids answers.
  auto it = std::upper_bound(sparse_.begin(), sparse_.end(), std::pair{id, std::numeric_limits<std::uint32_t>::max()});
  if (it == sparse_.begin() || (--it)->first != id) return std::nullopt;
  return text(entries_[it->second]);
}

std::vector<const Vocab::Entry*> Vocab::by_id() const {
  std::vector<const Entry*> order;
  order.reserve(entries_.size());
  for (const Entry& entry : entries_) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) { return a->id < b->id; });
  return order;
}

std::string Vocab::json(std::span<const Named> more) const {
  std::string out = "{";
  const auto append = [&](std::string_view token, std::uint32_t id) {
    if (out.size() > 1) out.push_back(',');
    append_json_string(out, token);
    out.push_back(':');
    out.append(std::to_string(id));
  };
  for (const Entry* entry : by_id()) append(text(*entry), entry->id);
  for (const auto& [id, token] : more) append(token, id);
  out.push_back('}');
  return out;
}

}  // namespace tokenspace
