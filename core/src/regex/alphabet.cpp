#include "alphabet.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "tokenspace/error.hpp"

namespace tokenspace::regex {

Alphabet::Alphabet(const std::vector<CharSet>& sets) {
  std::vector<char32_t> borders = {0, kMaxCodePoint + 1};
  for (const CharSet& set : sets) {
    for (const CharRange& range : set.ranges()) {
      borders.push_back(range.first);
      borders.push_back(range.last + 1);
    }
  }
  std::sort(borders.begin(), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());

  // Signature of an interval between borders = which sets hold it; equal signatures are one class.
  const std::size_t words = (sets.size() + 7) / 8;
  std::vector<std::string> signature(borders.size() - 1, std::string(words, '\0'));
  for (std::size_t s = 0; s < sets.size(); ++s) {
    std::size_t interval = 0;
    for (const CharRange& range : sets[s].ranges()) {
      interval = static_cast<std::size_t>(
          std::lower_bound(borders.begin() + static_cast<std::ptrdiff_t>(interval), borders.end(), range.first) -
          borders.begin());
      for (; borders[interval] <= range.last; ++interval) signature[interval][s / 8] |= static_cast<char>(1 << s % 8);
    }
  }
  std::map<std::string, std::uint16_t> ids;
  std::vector<std::uint16_t> interval_class(signature.size());
  for (std::size_t i = 0; i < signature.size(); ++i) {
    const auto [found, added] = ids.try_emplace(signature[i], static_cast<std::uint16_t>(ids.size()));
    if (ids.size() > 60000) fail(ErrorKind::limit, "compile regex", "at most 60000 character classes", "more");
    interval_class[i] = found->second;
  }
  classes_ = static_cast<std::uint32_t>(ids.size());
  member_.assign(sets.size() * classes_, 0);
  for (const auto& [bits, id] : ids) {
    for (std::size_t s = 0; s < sets.size(); ++s) {
      member_[s * classes_ + id] = bits[s / 8] >> (s % 8) & 1;
    }
  }

  index_.resize((kMaxCodePoint >> 8) + 1);
  std::map<std::vector<std::uint16_t>, std::uint16_t> known;
  std::map<std::uint16_t, std::uint16_t> uniform;  // class -> page that holds nothing else
  std::vector<std::uint16_t> page(256);
  std::size_t interval = 0;
  for (std::size_t number = 0; number < index_.size(); ++number) {
    while (borders[interval + 1] <= number << 8) ++interval;
    const bool is_uniform = borders[interval + 1] > (number << 8 | 0xFF);
    if (is_uniform) {
      const auto found = uniform.find(interval_class[interval]);
      if (found != uniform.end()) {
        index_[number] = found->second;
        continue;
      }
    }
    for (std::size_t i = 0; i < 256; ++i) {
      const char32_t c = static_cast<char32_t>(number << 8 | i);
      while (borders[interval + 1] <= c) ++interval;
      page[i] = interval_class[interval];
    }
    const auto [found, added] = known.try_emplace(page, static_cast<std::uint16_t>(known.size()));
    if (added) pages_.insert(pages_.end(), page.begin(), page.end());
    index_[number] = found->second;
    if (is_uniform) uniform[page[0]] = found->second;
  }
  std::copy_n(pages_.begin() + (static_cast<std::ptrdiff_t>(index_[0]) << 8), 128, ascii_);
}

}  // namespace tokenspace::regex
