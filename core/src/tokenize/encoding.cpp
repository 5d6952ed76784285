#include "tokenspace/encoding.hpp"

#include <algorithm>

#include "tokenspace/error.hpp"

namespace tokenspace {
namespace {

constexpr std::size_t kMaxTokens = std::size_t{1} << 31;

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

template <class T>
std::vector<T> part(const std::vector<T>& all, Span range) {
  return {all.begin() + range.begin, all.begin() + range.end};
}

Encoding window(const Encoding& all, Span range) {
  Encoding out;
  out.ids = part(all.ids, range);
  out.type_ids = part(all.type_ids, range);
  out.offsets = part(all.offsets, range);
  out.words = part(all.words, range);
  out.special_tokens_mask = part(all.special_tokens_mask, range);
  out.attention_mask = part(all.attention_mask, range);
  out.char_offsets = part(all.char_offsets, range);
  const auto first = std::lower_bound(all.token_texts.begin(), all.token_texts.end(), range.begin,
                                      [](const auto& text, std::uint32_t at) { return text.first < at; });
  for (auto it = first; it != all.token_texts.end() && it->first < range.end; ++it) {
    out.token_texts.emplace_back(it->first - range.begin, it->second);
  }
  return out;
}

void append_offsets(std::vector<Span>& to, const std::vector<Span>& from, bool growing) {
  const std::uint32_t start = growing && !to.empty() ? to.back().end : 0;
  to.reserve(to.size() + from.size());
  for (const Span& span : from) to.push_back({span.begin + start, span.end + start});
}

template <class T>
void pad_values(std::vector<T>& values, std::size_t count, const T& value, Direction direction) {
  values.insert(direction == Direction::left ? values.begin() : values.end(), count, value);
}

}  // namespace

void Encoding::set_sequence_id(std::uint32_t sequence) {
  const Span all{0, static_cast<std::uint32_t>(size())};
  for (auto& [id, range] : sequence_ranges) {
    if (id == sequence) {
      range = all;
      return;
    }
  }
  sequence_ranges.emplace_back(sequence, all);
}

std::vector<std::int32_t> Encoding::sequence_ids() const {
  std::vector<std::int32_t> out(size(), -1);
  // As many sequences as there are ranges, numbered from 0; one without a range covers everything.
  const std::size_t count = std::max<std::size_t>(1, sequence_ranges.size());
  for (std::uint32_t sequence = 0; sequence < count; ++sequence) {
    Span range{0, static_cast<std::uint32_t>(size())};
    for (const auto& [id, known] : sequence_ranges) {
      if (id == sequence) range = known;
    }
    std::fill(out.begin() + range.begin, out.begin() + range.end, static_cast<std::int32_t>(sequence));
  }
  return out;
}

void Encoding::truncate(std::size_t max_length, std::size_t stride, Direction direction) {
  const std::size_t length = size();
  if (max_length >= length) return;
  if (max_length == 0) {
    Encoding whole = std::move(*this);
    *this = Encoding();
    overflowing.push_back(std::move(whole));
    return;
  }
  if (stride >= max_length) {
    fail(ErrorKind::invalid_argument, "truncate",
         "a stride below the " + std::to_string(max_length) + " tokens that special tokens leave of max_length",
         "stride " + std::to_string(stride), "a smaller stride or a larger max_length");
  }
  const std::size_t advance = max_length - stride;
  std::vector<Span> windows;
  const auto add = [&windows](std::size_t begin, std::size_t end) {
    windows.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  };
  if (direction == Direction::right) {
    for (std::size_t begin = 0;; begin += advance) {
      const std::size_t end = std::min(begin + max_length, length);
      add(begin, end);
      if (end == length) break;
    }
  } else {
    for (std::size_t end = length;; end -= advance) {
      add(end > max_length ? end - max_length : 0, end);
      if (end <= max_length) break;
    }
  }
  Encoding kept = window(*this, windows[0]);
  kept.overflowing.reserve(windows.size() - 1);
  for (std::size_t i = 1; i < windows.size(); ++i) kept.overflowing.push_back(window(*this, windows[i]));
  *this = std::move(kept);
}

void Encoding::pad(std::size_t target, std::uint32_t pad_id, std::uint32_t pad_type_id, std::string_view pad_token,
                   Direction direction) {
  if (target > kMaxTokens) {
    fail(ErrorKind::limit, "pad", "a length of at most 2147483648 tokens", std::to_string(target));
  }
  for (Encoding& other : overflowing) other.pad(target, pad_id, pad_type_id, pad_token, direction);
  if (size() >= target) return;
  const std::size_t before = size();
  const std::size_t count = target - before;
  const auto shift = static_cast<std::uint32_t>(direction == Direction::left ? count : 0);
  pad_values(ids, count, pad_id, direction);
  pad_values(type_ids, count, pad_type_id, direction);
  pad_values(offsets, count, Span{}, direction);
  pad_values(char_offsets, count, Span{}, direction);
  pad_values(words, count, kNoWord, direction);
  pad_values(special_tokens_mask, count, std::uint8_t{1}, direction);
  pad_values(attention_mask, count, std::uint8_t{0}, direction);
  std::vector<std::pair<std::uint32_t, std::string>> texts;
  texts.reserve(token_texts.size() + count);
  for (std::size_t i = 0; i < count && shift != 0; ++i) texts.emplace_back(static_cast<std::uint32_t>(i), pad_token);
  for (auto& [index, text] : token_texts) texts.emplace_back(index + shift, std::move(text));
  for (std::size_t i = before; i < target && shift == 0; ++i) {
    texts.emplace_back(static_cast<std::uint32_t>(i), pad_token);
  }
  token_texts = std::move(texts);
  for (auto& [id, range] : sequence_ranges) range = {range.begin + shift, range.end + shift};
}

// Every window of ours meets the other and every window of the other; then we meet every window of the other. Merged
// windows keep windows of their own, as in the reference.
void Encoding::merge_with(Encoding other, bool growing_offsets) {
  std::vector<Encoding> windows;
  if (!overflowing.empty() || !other.overflowing.empty()) {
    for (const Encoding& mine : overflowing) {
      windows.push_back(mine);
      windows.back().merge_with(other, growing_offsets);
      for (const Encoding& theirs : other.overflowing) {
        windows.push_back(mine);
        windows.back().merge_with(theirs, growing_offsets);
      }
    }
    for (const Encoding& theirs : other.overflowing) {
      windows.push_back(*this);
      windows.back().merge_with(theirs, growing_offsets);
    }
  }
  const auto length = static_cast<std::uint32_t>(size());
  for (const auto& [id, range] : other.sequence_ranges) {
    const Span moved{range.begin + length, range.end + length};
    const auto same = [id = id](const auto& entry) { return entry.first == id; };
    const auto known = std::find_if(sequence_ranges.begin(), sequence_ranges.end(), same);
    if (known != sequence_ranges.end()) {
      known->second = moved;
    } else {
      sequence_ranges.emplace_back(id, moved);
    }
  }
  append(ids, other.ids);
  append(type_ids, other.type_ids);
  append(words, other.words);
  append(special_tokens_mask, other.special_tokens_mask);
  append(attention_mask, other.attention_mask);
  append_offsets(offsets, other.offsets, growing_offsets);
  append_offsets(char_offsets, other.char_offsets, growing_offsets);
  for (auto& [index, text] : other.token_texts) token_texts.emplace_back(index + length, std::move(text));
  overflowing = std::move(windows);
}

void truncate_encodings(Encoding& first, Encoding* second, const Truncation& truncation) {
  const auto cut = [&truncation](Encoding& encoding, std::size_t length) {
    encoding.truncate(length, truncation.stride, truncation.direction);
  };
  const std::size_t max_length = truncation.max_length;
  if (max_length == 0) {
    cut(first, 0);
    if (second != nullptr) cut(*second, 0);
    return;
  }
  const std::size_t total = first.size() + (second != nullptr ? second->size() : 0);
  if (total <= max_length) return;
  if (truncation.strategy == TruncationStrategy::longest_first) {
    if (second == nullptr) {
      cut(first, max_length);
      return;
    }
    // Only the longer side is cut if that is enough; else both end at half, the second with the odd token.
    const bool swapped = first.size() > second->size();
    std::size_t shorter = std::min(first.size(), second->size());
    std::size_t longer = shorter > max_length ? shorter : std::max(shorter, max_length - shorter);
    if (shorter + longer > max_length) {
      shorter = max_length / 2;
      longer = shorter + max_length % 2;
    }
    if (swapped) std::swap(shorter, longer);
    cut(first, shorter);
    cut(*second, longer);
    return;
  }
  const bool only_first = truncation.strategy == TruncationStrategy::only_first;
  if (!only_first && second == nullptr) {
    fail(ErrorKind::invalid_argument, "truncate", "a pair of texts with the strategy only_second", "a single text",
         "strategy longest_first or only_first");
  }
  Encoding& target = only_first ? first : *second;
  const std::size_t excess = total - max_length;
  if (target.size() <= excess) {
    fail(ErrorKind::invalid_argument, "truncate",
         "a sequence longer than the " + std::to_string(excess) + " tokens to remove with the strategy " +
             (only_first ? "only_first" : "only_second"),
         std::to_string(target.size()) + " tokens", "a larger max_length or strategy longest_first");
  }
  cut(target, target.size() - excess);
}

void pad_encodings(std::vector<Encoding>& batch, const Padding& padding) {
  if (batch.empty()) return;
  std::size_t target = padding.fixed_length.value_or(0);
  if (!padding.fixed_length) {
    for (const Encoding& encoding : batch) target = std::max(target, encoding.size());
  }
  if (target > kMaxTokens) {
    fail(ErrorKind::limit, "pad", "a length of at most 2147483648 tokens", std::to_string(target));
  }
  const std::size_t multiple = padding.multiple_of.value_or(0);
  if (multiple > 0 && target % multiple > 0) {
    const std::size_t missing = multiple - target % multiple;
    if (missing > kMaxTokens) {
      fail(ErrorKind::limit, "pad", "a multiple of at most 2147483648 tokens", std::to_string(multiple));
    }
    target += missing;
  }
  for (Encoding& encoding : batch) {
    encoding.pad(target, padding.pad_id, padding.pad_type_id, padding.pad_token, padding.direction);
  }
}

}  // namespace tokenspace
