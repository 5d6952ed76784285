#include "tokenspace/text_rewriter.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "tokenspace/error.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace {

namespace {

// A file may ask for a Replace by long texts, many times over. The largest factor of Unicode's own normal forms is 11
// (U+FDFA).
constexpr std::size_t kFreeGrowth = std::size_t{32} << 20;
constexpr std::size_t kLargestGrowth = 256;

}  // namespace

void TextRewriter::begin(AlignedText& text) {
  begin_in_place(text);
  recorded_ = !text.wholly_transformable();
}

void TextRewriter::begin_in_place(AlignedText& text) {
  text_ = &text;
  source_ = text.normalized_;
  at_ = pending_ = 0;
  gap_ = kNone;
  text_begin_ = buffer_ ? buffer_->text.size() : 0;
  table_begin_ = buffer_ ? buffer_->alignments.size() : 0;
  table_ = text.alignments_ != nullptr;
  changed_ = recorded_ = false;
  dropped_first_ = 0;
  changes_.clear();
}

void TextRewriter::add(std::size_t count, Span alignment) {
  buffer_->alignments.insert(buffer_->alignments.end(), count, alignment);
}

void TextRewriter::add_identity(std::size_t from, std::size_t to) {
  std::vector<Span>& table = buffer_->alignments;
  const std::size_t start = table.size();
  table.resize(start + (to - from));
  Span* out = table.data() + start;
  for (std::size_t i = from; i < to;) {
    const auto lead = static_cast<unsigned char>(source_[i]);
    const std::size_t length = utf8::sequence_length(lead);
    const Span span{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i + length)};
    for (std::size_t k = 0; k < length; ++k) *out++ = span;
    i += length;
  }
}

void TextRewriter::add_source(std::size_t from, std::size_t to) {
  if (text_->alignments_ == nullptr) {
    add_identity(from, to);
    return;
  }
  std::vector<Span>& table = buffer_->alignments;
  const Span* const source = text_->alignments_;
  const std::uint32_t base = text_->base_;
  if (base == 0) {
    table.insert(table.end(), source + from, source + to);
    return;
  }
  const std::size_t start = table.size();
  table.resize(start + (to - from));
  std::transform(source + from, source + to, table.data() + start,
                 [base](Span span) { return Span{span.begin - base, span.end - base}; });
}

// Gives the characters written so far their entries: until now each stood at its original's place.
void TextRewriter::write_table_so_far() {
  const std::size_t written = gap_ == kNone ? pending_ : gap_;
  table_ = true;
  add_identity(0, written);
}

void TextRewriter::need_table() {
  if (!table_) write_table_so_far();
}

void TextRewriter::flush() {
  if (!changed_) {
    changed_ = true;
    if (!buffer_) buffer_ = std::make_shared<AlignedText::Buffer>();
    const std::size_t wanted = text_begin_ + source_.size() + source_.size() / 8 + 16;
    if (done_.empty()) buffer_->text.reserve(wanted);
  }
  if (pending_ == at_) return;
  if (gap_ != kNone) need_table();
  buffer_->text.append(source_, pending_, at_ - pending_);
  if (table_) add_source(pending_, at_);
  pending_ = at_;
}

void TextRewriter::advance(std::size_t bytes) {
  look_up();
  at_ += bytes;
  pending_ = at_;
  const std::size_t written = buffer_->text.size() - text_begin_;
  if (written > kFreeGrowth && (written - kFreeGrowth) / kLargestGrowth > text_->original().size()) {
    fail(ErrorKind::limit, "normalize",
         "a normalized text of at most 32 MiB + 256 * " + std::to_string(text_->original().size()) + " bytes", "more",
         "a normalizer that does not multiply the text");
  }
  if (written > std::numeric_limits<std::uint32_t>::max()) {
    fail(ErrorKind::limit, "normalize", "a normalized text under 4 GiB", "more", "shorter texts");
  }
}

void TextRewriter::record(std::string_view text) {
  const char* p = text.data();
  while (p != text.data() + text.size()) changes_.push_back({utf8::decode_unchecked(p), 0});
}

void TextRewriter::keep(std::size_t bytes) {
  look_up();
  if (recorded_) record(source_.substr(at_, bytes));
  at_ += bytes;
}

void TextRewriter::keep_mapped(std::string_view mapped) {
  if (recorded_) {
    record(mapped);
    at_ += mapped.size();
    return;
  }
  flush();
  if (gap_ != kNone) need_table();
  buffer_->text.append(mapped);
  if (table_) add_source(at_, at_ + mapped.size());
  advance(mapped.size());
}

void TextRewriter::put(std::size_t bytes, char32_t with) {
  std::string text;
  utf8::append(text, with);
  put(bytes, text);
}

void TextRewriter::put(std::size_t bytes, std::string_view with) {
  if (with.empty()) {
    drop(bytes);
    return;
  }
  if (recorded_) {
    const std::size_t first = changes_.size();
    record(with);
    for (std::size_t i = first + 1; i < changes_.size(); ++i) changes_[i].change = 1;
    at_ += bytes;
    return;
  }
  flush();
  const bool in_place = with.size() == bytes && utf8::sequence_length(static_cast<unsigned char>(with[0])) == bytes;
  if (!in_place || gap_ != kNone) need_table();
  buffer_->text.append(with);
  if (table_) add(with.size(), text_->alignment(at_));
  advance(bytes);
}

void TextRewriter::drop(std::size_t bytes) {
  if (bytes == 0) return;
  if (recorded_) {
    const std::size_t count = utf8::count_code_points(source_.substr(at_, bytes));
    if (changes_.empty()) {
      dropped_first_ += count;
    } else {
      changes_.back().change -= static_cast<std::int32_t>(count);
    }
    at_ += bytes;
    return;
  }
  flush();
  if (gap_ == kNone) gap_ = at_;
  advance(bytes);
}

void TextRewriter::apply(std::size_t bytes, std::span<const unicode::CharChange> changes, std::size_t initial_removed) {
  flush();
  need_table();
  const std::size_t end = at_ + bytes;
  std::size_t next = at_;  // the next character of the replaced range
  const auto take = [&](std::size_t count) {
    const std::size_t start = next;
    for (; count > 0 && next < end; --count) next += utf8::sequence_length(static_cast<unsigned char>(source_[next]));
    return next - start;
  };
  const auto aligned = [&](std::size_t index) {
    if (source_.empty()) return Span{};
    return text_->alignment(std::min(index, source_.size() - 1));
  };
  std::size_t offset = at_ + take(initial_removed);
  for (const unicode::CharChange& change : changes) {
    const Span span = change.change > 0 ? (offset == 0 ? Span{} : aligned(offset - 1)) : aligned(offset);
    if (change.change <= 0) offset += take(1);
    if (change.change < 0) offset += take(static_cast<std::size_t>(-static_cast<std::int64_t>(change.change)));
    const std::size_t before = buffer_->text.size();
    utf8::append(buffer_->text, change.c);
    add(buffer_->text.size() - before, span);
  }
  advance(bytes);
}

void TextRewriter::substitute(std::size_t bytes, std::string_view with) {
  flush();
  const auto one_character = [&](std::string_view text) {
    return !text.empty() && utf8::sequence_length(static_cast<unsigned char>(text[0])) == text.size();
  };
  const bool in_place =
      with.size() == bytes && one_character(with) && one_character(source_.substr(at_, bytes)) && gap_ == kNone;
  if (!in_place) need_table();
  const std::size_t end = at_ + bytes;
  buffer_->text.append(with);
  if (table_ && !with.empty()) add(with.size(), end == 0 ? Span{} : text_->alignment(end - 1));
  advance(bytes);
}

void TextRewriter::take(std::size_t bytes, const AlignedText& part, std::size_t shift) {
  flush();
  need_table();
  buffer_->text.append(part.normalized_);
  const auto moved = static_cast<std::uint32_t>(shift);
  for (std::size_t i = 0; i < part.normalized_.size(); ++i) {
    const Span span = part.alignment(i);
    add(1, {span.begin + moved, span.end + moved});
  }
  advance(bytes);
}

void TextRewriter::end() {
  if (recorded_) {
    text_->transform(changes_, dropped_first_);
    return;
  }
  if (!changed_) return;
  flush();
  done_.push_back({text_, text_begin_, buffer_->text.size(), table_ ? table_begin_ : kNone});
}

void TextRewriter::finish() {
  for (const Done& done : done_) {
    AlignedText& text = *done.text;
    text.normalized_ = std::string_view(buffer_->text).substr(done.begin, done.end - done.begin);
    text.alignments_ = done.table == kNone ? nullptr : buffer_->alignments.data() + done.table;
    text.base_ = 0;
    text.buffer_ = buffer_;
  }
  done_.clear();
  buffer_.reset();
}

}  // namespace tokenspace
