#include "train/unigram_suffixes.hpp"

#include <algorithm>
#include <bit>

namespace tokenspace::train::unigram {

SuffixSorter::SuffixSorter(const Segments& segments, std::uint32_t depth, const Control& control)
    : segments_(segments), control_(control), depth_(depth) {
  bits_ = static_cast<std::uint32_t>(std::bit_width(segments.alphabet.characters.size()));
  per_key_ = 64 / bits_;
  ends_.resize(segments.lengths.size());
  sampled_.resize(segments.symbols.size() / kSample + 1);
  std::uint32_t end = 0;
  std::uint32_t sample = 0;
  for (std::uint32_t i = 0; i < ends_.size(); ++i) {
    end += segments.lengths[i];
    ends_[i] = end++;
    for (; sample * std::uint64_t{kSample} < end; ++sample) sampled_[sample] = i;
  }
}

std::uint32_t SuffixSorter::segment_of(std::uint32_t position) const {
  std::uint32_t segment = sampled_[position / kSample];
  while (ends_[segment] < position) ++segment;
  return segment;
}

std::uint64_t SuffixSorter::key(std::uint32_t position, std::uint32_t symbols) const {
  const Symbol* p = segments_.symbols.data() + position;
  std::uint64_t value = 0;
  std::uint32_t taken = 0;
  for (; taken < symbols && p[taken] != 0; ++taken) value = value << bits_ | p[taken];
  // Left-aligned with zeros behind: a suffix that ends comes before all that go on.
  const std::uint32_t unused = 64 - taken * bits_;
  return taken == 0 ? 0 : value << unused;
}

void SuffixSorter::sort(std::span<std::uint32_t> positions, SortedSuffixes& out) const {
  const std::size_t n = positions.size();
  out.suffixes.resize(n);
  out.shared.resize(n);
  out.lengths.resize(n);
  for (std::size_t i = 0; i < n; ++i) out.suffixes[i] = {0, positions[i], segment_of(positions[i])};
  out.shared[0] = 0;
  sort_group(out, 0, n, 0);
  for (std::size_t i = 0; i < n; ++i) {
    const Suffix& suffix = out.suffixes[i];
    positions[i] = suffix.position;
    out.lengths[i] = static_cast<std::uint16_t>(std::min(depth_, ends_[suffix.segment] - suffix.position));
  }
}

// Recursion goes one key deeper each time, so at most depth_ / per_key_ levels.
void SuffixSorter::sort_group(SortedSuffixes& out, std::size_t begin, std::size_t end, std::uint32_t depth) const {
  if (end - begin > 4096) control_.check();
  const std::uint32_t symbols = std::min(per_key_, depth_ - depth);
  Suffix* suffixes = out.suffixes.data();
  for (std::size_t i = begin; i < end; ++i) suffixes[i].key = key(suffixes[i].position + depth, symbols);
  std::sort(suffixes + begin, suffixes + end, [](const Suffix& a, const Suffix& b) { return a.key < b.key; });
  const std::uint32_t last_symbol = 64 - symbols * bits_;
  std::uint64_t previous = 0;  // kept here: a deeper sort has overwritten the keys of the group before
  for (std::size_t i = begin; i < end;) {
    const std::uint64_t key = suffixes[i].key;
    if (i != begin) {
      const auto common = static_cast<std::uint32_t>(std::countl_zero(key ^ previous)) / bits_;
      out.shared[i] = static_cast<std::uint16_t>(depth + common);
    }
    previous = key;
    std::size_t next = i + 1;
    while (next < end && suffixes[next].key == key) ++next;
    if (next - i > 1) {
      const bool ended = (key >> last_symbol & ((std::uint64_t{1} << bits_) - 1)) == 0;
      if (!ended && depth + symbols < depth_) {
        sort_group(out, i, next, depth + symbols);
      } else {
        const std::uint32_t taken = (64 - static_cast<std::uint32_t>(std::countr_zero(key)) + bits_ - 1) / bits_;
        const std::uint32_t equal = depth + (key == 0 ? 0 : taken);
        std::fill(out.shared.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  out.shared.begin() + static_cast<std::ptrdiff_t>(next), static_cast<std::uint16_t>(equal));
      }
    }
    i = next;
  }
}

}  // namespace tokenspace::train::unigram
