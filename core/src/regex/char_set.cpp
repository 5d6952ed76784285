#include "char_set.hpp"

#include <algorithm>
#include <cstdint>

namespace tokenspace::regex {

CharSet::CharSet(std::initializer_list<CharRange> ranges) : ranges_(ranges) {
  normalize();
}

void CharSet::normalize() {
  std::sort(ranges_.begin(), ranges_.end(), [](const CharRange& a, const CharRange& b) { return a.first < b.first; });
  std::size_t kept = 0;
  for (const CharRange& range : ranges_) {
    if (kept > 0 && range.first <= ranges_[kept - 1].last + 1) {
      ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, range.last);
    } else {
      ranges_[kept++] = range;
    }
  }
  ranges_.resize(kept);
}

bool CharSet::contains(char32_t c) const {
  auto after = std::upper_bound(ranges_.begin(), ranges_.end(), c,
                                [](char32_t value, const CharRange& range) { return value < range.first; });
  return after != ranges_.begin() && c <= std::prev(after)->last;
}

bool CharSet::intersects(const CharSet& other) const {
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    if (a->last < b->first) {
      ++a;
    } else if (b->last < a->first) {
      ++b;
    } else {
      return true;
    }
  }
  return false;
}

std::int64_t CharSet::single() const {
  return ranges_.size() == 1 && ranges_[0].first == ranges_[0].last ? static_cast<std::int64_t>(ranges_[0].first) : -1;
}

void CharSet::add(char32_t first, char32_t last) {
  // Tables arrive in ascending order; only out-of-order additions pay for a sort.
  if (ranges_.empty() || first > ranges_.back().last + 1) {
    ranges_.push_back({first, last});
  } else if (first >= ranges_.back().first) {
    ranges_.back().last = std::max(ranges_.back().last, last);
  } else {
    ranges_.push_back({first, last});
    normalize();
  }
}

void CharSet::unite(const CharSet& other) {
  ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
  normalize();
}

void CharSet::intersect(const CharSet& other) {
  std::vector<CharRange> out;
  auto a = ranges_.begin();
  auto b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    const char32_t first = std::max(a->first, b->first);
    const char32_t last = std::min(a->last, b->last);
    if (first <= last) out.push_back({first, last});
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  ranges_ = std::move(out);
}

void CharSet::subtract(const CharSet& other) {
  CharSet complement = other;
  complement.negate();
  intersect(complement);
}

void CharSet::negate() {
  std::vector<CharRange> out;
  char32_t next = 0;
  for (const CharRange& range : ranges_) {
    if (range.first > next) out.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= kMaxCodePoint) out.push_back({next, kMaxCodePoint});
  ranges_ = std::move(out);
}

}  // namespace tokenspace::regex
