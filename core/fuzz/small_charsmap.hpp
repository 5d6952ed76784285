// A SentencePiece character map (the precompiled_charsmap of a normalizer) with a handful of entries: size of the
// double array in bytes, its units as Darts-clone lays them out, then the replacements, each ended by NUL.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

class CharsmapBuilder {
 public:
  void add(std::string key, std::string_view replacement) {
    entries_[std::move(key)] = static_cast<std::uint32_t>(strings_.size());
    strings_.append(replacement).push_back('\0');
  }

  std::string build() {
    units_.assign(1 << 14, 0);
    used_.assign(units_.size(), false);
    used_[0] = true;
    place("", 0);
    std::string out;
    const auto put = [&out](std::uint32_t value) {
      for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(value >> shift));
    };
    put(static_cast<std::uint32_t>(units_.size() * 4));
    for (const std::uint32_t unit : units_) put(unit);
    return out + strings_;
  }

 private:
  // Finds the children of the node for `prefix` a base, and places them in turn.
  void place(const std::string& prefix, std::size_t node) {
    std::vector<unsigned> labels;  // 0: the value of a key that ends here
    for (const auto& [key, value] : entries_) {
      if (!key.starts_with(prefix)) continue;
      const unsigned label = key.size() == prefix.size() ? 0u : static_cast<unsigned char>(key[prefix.size()]);
      if (labels.empty() || labels.back() != label) labels.push_back(label);
    }
    std::size_t offset = 1;
    const auto taken = [&](unsigned label) { return used_[node ^ offset ^ label]; };
    while (std::any_of(labels.begin(), labels.end(), taken)) ++offset;
    units_[node] |= static_cast<std::uint32_t>(offset << 10);
    for (const unsigned label : labels) used_[node ^ offset ^ label] = true;
    for (const unsigned label : labels) {
      const std::size_t child = node ^ offset ^ label;
      if (label == 0) {
        units_[node] |= 1u << 8;
        units_[child] = entries_[prefix] | 1u << 31;
      } else {
        units_[child] = label;
        place(prefix + static_cast<char>(label), child);
      }
    }
  }

  std::map<std::string, std::uint32_t> entries_;
  std::string strings_;
  std::vector<std::uint32_t> units_;
  std::vector<bool> used_;
};

// Spaces of other kinds, nothing for zero width, width forms, ligatures, composition, and a match longer than a
// character.
inline std::string small_charsmap() {
  CharsmapBuilder map;
  for (const char* space : {"\t", "\n", "\r", "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\xA8"}) map.add(space, " ");
  map.add("\xE2\x80\x8B", "");
  map.add("\xEF\xBC\xA1", "A");
  map.add("\xEF\xAC\x81", "fi");
  map.add("e\xCC\x81", "\xC3\xA9");
  map.add("A", "a");
  map.add("Ab", "b");
  map.add("``", "\"");
  map.add("\xC2\xB2", "2 ");
  map.add("\xEF\xBF\xBD", "a");
  return map.build();
}

}  // namespace fuzz
