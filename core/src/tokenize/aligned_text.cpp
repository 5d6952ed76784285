#include "tokenspace/aligned_text.hpp"

#include <algorithm>
#include <limits>

#include "tokenspace/error.hpp"

namespace tokenspace {
namespace {

constexpr std::size_t kMaxText = std::numeric_limits<std::uint32_t>::max();

Span span_of(std::size_t begin, std::size_t end) {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

std::size_t character_begin(std::string_view text, std::size_t byte) {
  while (byte > 0 && utf8::is_continuation(static_cast<unsigned char>(text[byte]))) --byte;
  return byte;
}

std::size_t character_length(std::string_view text, std::size_t begin) {
  return utf8::sequence_length(static_cast<unsigned char>(text[begin]));
}

std::size_t ascii_run(std::string_view text, std::size_t from) {
  std::size_t i = from;
  while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
  return i;
}

}  // namespace

AlignedText::AlignedText(std::string_view original, std::uint32_t shift)
    : original_(original), normalized_(original), shift_(shift) {
  if (original.size() > kMaxText - shift) {
    fail(ErrorKind::limit, "encode", "a text under 4 GiB", std::to_string(original.size()) + " bytes",
         "splitting the text");
  }
}

Span AlignedText::alignment(std::size_t index) const {
  if (alignments_ != nullptr) {
    const Span span = alignments_[index];
    return {span.begin - base_, span.end - base_};
  }
  const std::size_t begin = character_begin(normalized_, index);
  return span_of(begin, begin + character_length(normalized_, begin));
}

Span AlignedText::to_original(Span normalized) const {
  if (normalized.begin == normalized.end) return {shift_ + normalized.begin, shift_ + normalized.end};
  if (normalized.begin > normalized.end || normalized.end > normalized_.size()) return normalized;
  return {shift_ + alignment(normalized.begin).begin, shift_ + alignment(normalized.end - 1).end};
}

Span AlignedText::original_range() const {
  return span_of(shift_, shift_ + original_.size());
}

bool AlignedText::wholly_transformable() const {
  if (normalized_.empty()) return true;
  if (original_.empty()) return false;
  return alignments_ == nullptr || alignments_[0].size() != 0;
}

bool AlignedText::transformable(Span& range) const {
  range = {};
  if (original_.empty()) return true;
  range.end = static_cast<std::uint32_t>(normalized_.size());
  if (alignments_ == nullptr) return true;
  if (normalized_.empty()) return false;
  while (range.begin < range.end && alignments_[range.begin].size() == 0) ++range.begin;
  return true;
}

void AlignedText::transform_range(Span range, std::span<const unicode::CharChange> changes,
                                  std::size_t initial_removed) {
  TextRewriter out;
  out.begin_in_place(*this);
  out.keep(range.begin);
  out.apply(range.size(), changes, initial_removed);
  out.keep(normalized_.size() - range.end);
  out.end();
  out.finish();
}

void AlignedText::transform(std::span<const unicode::CharChange> changes, std::size_t initial_removed) {
  Span range;
  if (transformable(range)) transform_range(range, changes, initial_removed);
}

void AlignedText::prepend(std::string_view text) {
  if (normalized_.empty()) return;
  const std::size_t length = character_length(normalized_, 0);
  if (text.empty()) {
    // The reference then re-inserts the first character as a new one, which has nothing before it to align to.
    const char* p = normalized_.data();
    const unicode::CharChange again{utf8::decode_unchecked(p), 1};
    transform_range(span_of(0, length), {&again, 1}, 0);
    return;
  }
  TextRewriter out;
  out.begin_in_place(*this);
  out.put(length, std::string(text).append(normalized_, 0, length));
  out.keep(normalized_.size() - length);
  out.end();
  out.finish();
}

void AlignedText::append(std::string_view text) {
  if (text.empty()) return;
  TextRewriter out;
  out.begin_in_place(*this);
  if (normalized_.empty()) {
    out.substitute(0, text);
  } else {
    const std::size_t last = character_begin(normalized_, normalized_.size() - 1);
    out.keep(last);
    out.put(normalized_.size() - last, std::string(normalized_.substr(last)).append(text));
  }
  out.end();
  out.finish();
}

void AlignedText::normalize(unicode::Form form) {
  std::vector<unicode::CharChange> changes;
  if (!wholly_transformable()) {
    unicode::normalize(normalized_, form, changes);
    transform(changes, 0);
    return;
  }
  // ASCII characters are starters that no form changes and that never join what is before them, so the text falls apart
  // in front of each: only an ASCII character followed by others has to be looked at with them.
  TextRewriter out;
  out.begin(*this);
  const std::string_view text = normalized_;
  while (true) {
    const std::size_t at = out.position();
    const std::size_t other = ascii_run(text, at);
    if (other == text.size()) break;
    const std::size_t begin = other > at ? other - 1 : other;
    std::size_t end = other;
    while (end < text.size() && static_cast<unsigned char>(text[end]) >= 0x80) ++end;
    out.keep(begin - at);
    const std::string_view part = text.substr(begin, end - begin);
    if (unicode::is_normalized(part, form)) {
      out.keep(part.size());
    } else {
      changes.clear();
      unicode::normalize(part, form, changes);
      out.apply(part.size(), changes, 0);
    }
  }
  out.keep(text.size() - out.position());
  out.end();
  out.finish();
}

void AlignedText::lowercase() {
  TextRewriter out;
  out.begin(*this);
  const std::string_view text = normalized_;
  std::string mapped;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t other = ascii_run(text, at);
    if (other > at) {
      mapped.assign(text, at, other - at);
      bool changed = false;
      for (char& c : mapped) {
        const bool upper = c >= 'A' && c <= 'Z';
        changed |= upper;
        c = static_cast<char>(upper ? c | 0x20 : c);
      }
      if (changed) {
        out.keep_mapped(mapped);
      } else {
        out.keep(mapped.size());
      }
      at = other;
      continue;
    }
    const char* p = text.data() + at;
    const char32_t c = utf8::decode_unchecked(p);
    const auto length = static_cast<std::size_t>(p - text.data()) - at;
    char32_t lower[3];
    const int count = unicode::to_lowercase(c, lower);
    if (count == 1 && lower[0] == c) {
      out.keep(length);
    } else {
      mapped.clear();
      for (int i = 0; i < count; ++i) utf8::append(mapped, lower[i]);
      out.put(length, mapped);
    }
    at += length;
  }
  out.end();
  out.finish();
}

void AlignedText::strip(bool left, bool right) {
  const char* begin = normalized_.data();
  const char* end = begin + normalized_.size();
  for (const char* p = begin; left && p != end;) {
    if (!unicode::is_white_space(utf8::decode_unchecked(p))) break;
    begin = p;
  }
  while (right && begin != end) {
    const char* const last =
        normalized_.data() + character_begin(normalized_, static_cast<std::size_t>(end - 1 - normalized_.data()));
    const char* p = last;
    if (!unicode::is_white_space(utf8::decode_unchecked(p))) break;
    end = last;
  }
  if (static_cast<std::size_t>(end - begin) == normalized_.size()) return;
  TextRewriter out;
  out.begin(*this);
  const auto leading = static_cast<std::size_t>(begin - normalized_.data());
  const auto kept = static_cast<std::size_t>(end - begin);
  out.drop(leading);
  out.keep(kept);
  out.drop(normalized_.size() - leading - kept);
  out.end();
  out.finish();
}

void AlignedText::replace(std::string_view pattern, std::string_view content) {
  if (pattern.empty()) return;
  std::vector<Span> matches;
  for (std::size_t at = normalized_.find(pattern); at != std::string_view::npos;
       at = normalized_.find(pattern, at + pattern.size())) {
    matches.push_back(span_of(at, at + pattern.size()));
  }
  replace_matches(matches, content);
}

void AlignedText::replace(const Regex& pattern, std::string_view content) {
  if (normalized_.empty()) return;  // the reference does not search an empty text
  std::vector<Span> matches;
  pattern.find_all(normalized_, matches);
  replace_matches(matches, content);
}

void AlignedText::replace_matches(std::span<const Span> matches, std::string_view content) {
  if (matches.empty()) return;
  TextRewriter out;
  out.begin_in_place(*this);
  for (const Span match : matches) {
    out.keep(match.begin - out.position());
    out.substitute(match.size(), content);
  }
  out.keep(normalized_.size() - out.position());
  out.end();
  out.finish();
}

void AlignedText::set_normalized(std::string text, std::vector<Span> alignments) {
  if (text.size() != alignments.size() || text.size() > kMaxText) {
    fail(ErrorKind::invalid_argument, "normalize", "one alignment a byte, under 4 GiB",
         std::to_string(alignments.size()) + " alignments for " + std::to_string(text.size()) + " bytes");
  }
  auto buffer = std::make_shared<Buffer>(Buffer{std::move(text), std::move(alignments)});
  normalized_ = buffer->text;
  alignments_ = buffer->alignments.data();
  base_ = 0;
  buffer_ = std::move(buffer);
}

AlignedText AlignedText::slice(Span normalized) const {
  AlignedText out;
  if (normalized.begin == normalized.end) {
    // An empty range converts to itself in the reference, so it is taken as a place in the original too.
    out.shift_ = shift_ + normalized.begin;
    return out;
  }
  out.normalized_ = normalized_.substr(normalized.begin, normalized.size());
  out.buffer_ = buffer_;
  if (alignments_ == nullptr) {
    out.original_ = original_.substr(normalized.begin, normalized.size());
    out.shift_ = shift_ + normalized.begin;
    return out;
  }
  const Span range{alignment(normalized.begin).begin, alignment(normalized.end - 1).end};
  if (range.begin <= range.end && range.end <= original_.size()) {
    out.original_ = original_.substr(range.begin, range.size());
  }
  out.shift_ = shift_ + range.begin;
  out.alignments_ = alignments_ + normalized.begin;
  out.base_ = base_ + range.begin;
  return out;
}

std::vector<AlignedText> AlignedText::split(std::span<const Match> matches, SplitBehavior behavior) const {
  std::vector<Span> spans;
  split_spans(matches, behavior, spans);
  std::vector<AlignedText> out;
  out.reserve(spans.size());
  for (const Span span : spans) out.push_back(slice(span));
  return out;
}

void AlignedText::split_spans(std::span<const Match> matches, SplitBehavior behavior, std::vector<Span>& out) {
  bool previous = false;
  const std::size_t first = out.size();
  const auto extend = [&](bool join, Span span) {
    if (!join || out.size() == first) {
      out.push_back(span);
    } else if (behavior == SplitBehavior::merged_with_next) {
      out.back().begin = span.begin;
    } else {
      out.back().end = span.end;
    }
  };
  switch (behavior) {
    case SplitBehavior::isolated:
      for (const Match& match : matches) out.push_back(match.span);
      break;
    case SplitBehavior::removed:
      for (const Match& match : matches) {
        if (!match.is_match) out.push_back(match.span);
      }
      break;
    case SplitBehavior::contiguous:
      for (const Match& match : matches) {
        extend(match.is_match == previous, match.span);
        previous = match.is_match;
      }
      break;
    case SplitBehavior::merged_with_previous:
      for (const Match& match : matches) {
        extend(match.is_match && !previous, match.span);
        previous = match.is_match;
      }
      break;
    case SplitBehavior::merged_with_next:
      for (auto match = matches.rbegin(); match != matches.rend(); ++match) {
        extend(match->is_match && !previous, match->span);
        previous = match->is_match;
      }
      std::reverse(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
      break;
  }
}

}  // namespace tokenspace
