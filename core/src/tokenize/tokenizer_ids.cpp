// The fast way through a Tokenizer: ids and offsets of many texts as flat arrays.
#include <algorithm>
#include <cstring>

#include "code_point_cursor.hpp"
#include "engine.hpp"
#include "tokenizer_engines.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/tokenizer.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {

// Where one text's results go.
struct Row {
  detail::Scratch& scratch;
  Buffer<std::uint32_t>* ids;  // null: only count
  Buffer<Span>* spans;         // null: no offsets
  OffsetUnit unit = OffsetUnit::bytes;
  std::uint64_t count = 0;
};

namespace {

constexpr std::size_t kSplitTask = std::size_t{1} << 16;  // bytes of text a worker takes at a time

// Reserves the arrays for all rows once their tokens per byte are known from the first: growing by doubling would
// touch, and have the system clear, three times the memory.
class RoomForRows {
 public:
  RoomForRows(std::size_t total, BatchIds& into, bool offsets) : into_(into), offsets_(offsets), total_(total) {}

  void before(std::string_view text) {
    if (into_.text_bytes >= kLook && into_.ids.capacity() < into_.ids.size() + text.size()) {
      const double share = static_cast<double>(into_.ids.size()) / static_cast<double>(into_.text_bytes);
      const auto expected = static_cast<std::size_t>(share * 1.04 * static_cast<double>(total_)) + text.size() + 64;
      const std::size_t room = std::max(expected, into_.ids.size() + text.size());
      if (room > into_.ids.capacity()) into_.ids.reserve(room);
      if (offsets_ && room > into_.offsets.capacity()) into_.offsets.reserve(room);
    }
    into_.text_bytes += text.size();
  }

 private:
  static constexpr std::size_t kLook = std::size_t{1} << 17;  // bytes of text that tell enough
  BatchIds& into_;
  bool offsets_;
  std::size_t total_;
};

std::size_t bytes_of(std::span<const std::string_view> texts) {
  std::size_t bytes = 0;
  for (const std::string_view text : texts) bytes += text.size();
  return bytes;
}

}  // namespace

bool Tokenizer::fast_path(const EncodeOptions& options) const {
  const bool truncates = options.use_own_truncation ? parts_.truncation.has_value() : options.truncation.has_value();
  const bool random = options.sampling.dropout > 0.0 || options.sampling.alpha > 0.0 || engines_->own_dropout > 0.0;
  if (!engines_->fast || truncates || random) return false;
  return !parts_.post_processor || engines_->affixes.has_value();
}

// Ordinary text and added tokens of a text the fast engine accepted.
void Tokenizer::split_added(std::string_view text, SpecialPolicy policy, std::vector<AddedTokens::Segment>& out) const {
  if (!parts_.added.has_normalized() || !engines_->fast->normal_form()) {
    parts_.added.split_raw(text, policy, out);
    return;
  }
  std::vector<AddedTokens::Segment> raw, inner;
  parts_.added.split_raw(text, policy, raw);
  for (const AddedTokens::Segment& segment : raw) {
    if (segment.added) {
      out.push_back(segment);
      continue;
    }
    inner.clear();
    parts_.added.split_normalized(text.substr(segment.span.begin, segment.span.size()), policy, inner);
    for (AddedTokens::Segment part : inner) {
      part.span.begin += segment.span.begin;
      part.span.end += segment.span.begin;
      if (part.span.size() > 0) out.push_back(part);
    }
  }
}

void Tokenizer::encode_row(std::string_view text, const EncodeOptions& options, Row& row) const {
  if (text.size() >= 0xFFFFFFFFu) {
    fail(ErrorKind::limit, "encode", "a text below 4 GiB", std::to_string(text.size()) + " bytes",
         "splitting it into parts");
  }
  const bool trims = row.spans != nullptr && parts_.post_processor && parts_.post_processor->trim().trim;
  const auto general = [&] {
    const Encoding encoding = encode_unpadded({text, {}, false}, nullptr, options);
    row.count += encoding.size();
    if (row.ids != nullptr) row.ids->insert(row.ids->end(), encoding.ids.begin(), encoding.ids.end());
    if (row.spans == nullptr) return;
    const std::vector<Span>& spans = row.unit == OffsetUnit::code_points ? encoding.char_offsets : encoding.offsets;
    row.spans->insert(row.spans->end(), spans.begin(), spans.end());
  };
  if (!fast_path(options) || !engines_->fast->accepts(text) || (trims && !engines_->fast->trims_offsets()))
    return general();
  const auto push = [&](std::uint32_t id, Span span) {
    ++row.count;
    if (row.ids != nullptr) row.ids->push_back(id);
    if (row.spans != nullptr) row.spans->push_back(span);
  };
  const std::size_t first_span = row.spans != nullptr ? row.spans->size() : 0;
  const detail::Engine& engine = *engines_->fast;
  // Segments of an engine that counts code points are told where they start in them.
  const bool engine_counts = row.unit == OffsetUnit::code_points && engine.counts_code_points();
  detail::SpanCursor cursor(text);
  const auto ordinary = [&](Span segment) {
    if (segment.size() == 0) return;
    const auto position = segment.begin == 0 ? detail::Position::text_start : detail::Position::after_added;
    const std::string_view part = text.substr(segment.begin, segment.size());
    if (row.ids == nullptr) {
      row.count += engine.count(part, position, row.scratch);
    } else if (row.spans == nullptr) {
      engine.encode(part, position, row.scratch, *row.ids);
    } else {
      const OffsetUnit unit = engine_counts ? OffsetUnit::code_points : OffsetUnit::bytes;
      engine.encode_spans(part, position, engine_counts ? cursor.begin(segment.begin) : segment.begin, unit,
                          row.scratch, *row.ids, *row.spans);
    }
  };
  auto& segments = row.scratch.segments;
  segments.clear();
  if (!parts_.added.empty()) {
    split_added(text, options.special, segments);
    // The text of an added token may be trimmed too.
    const bool any_added = std::any_of(segments.begin(), segments.end(), [](const auto& s) { return s.added; });
    if (trims && any_added) return general();
  } else {
    segments.push_back({{0, static_cast<std::uint32_t>(text.size())}});
  }
  for (const AddedTokens::Segment& segment : segments) {
    if (!segment.added && !engine.accepts_segment(text.substr(segment.span.begin, segment.span.size())))
      return general();
  }
  const bool affixed = options.add_special_tokens && parts_.post_processor;
  if (affixed) {
    for (const std::uint32_t id : engines_->affixes->prefix) push(id, {});
  }
  for (const AddedTokens::Segment segment : segments) {
    if (segment.added) {
      // Nothing is left of a token whose white space the one before it took (lstrip and rstrip).
      if (segment.span.size() == 0) continue;
      const Span bytes = segment.span;
      push(segment.id, engine_counts ? Span{cursor.begin(bytes.begin), cursor.end(bytes.end)} : bytes);
    } else {
      ordinary(segment.span);
    }
  }
  if (affixed) {
    for (const std::uint32_t id : engines_->affixes->suffix) push(id, {});
  }
  // Trimmed in bytes already, which is the same here: the texts a fast engine takes hold their spaces as one byte each.
  if (row.spans != nullptr && row.unit == OffsetUnit::code_points && !engine_counts) {
    to_code_points(text, std::span(row.spans->data() + first_span, row.spans->size() - first_span));
  }
}

void Tokenizer::encode_ids(std::string_view text, const EncodeOptions& options, Buffer<std::uint32_t>& out) const {
  auto scratch = engines_->pool.borrow(text.size());
  Row row{*scratch, &out, nullptr};
  encode_row(text, options, row);
}

std::uint64_t Tokenizer::count(std::string_view text, const EncodeOptions& options) const {
  auto scratch = engines_->pool.borrow(text.size());
  Row row{*scratch, nullptr, nullptr};
  encode_row(text, options, row);
  return row.count;
}

std::vector<std::uint64_t> Tokenizer::count_batch(std::span<const std::string_view> texts, const EncodeOptions& options,
                                                  unsigned threads) const {
  std::vector<std::uint64_t> counts(texts.size());
  const std::size_t ahead = bytes_of(texts) / resolve_threads(threads);
  parallel_for(texts.size(), 16, resolve_threads(threads), [&](std::size_t begin, std::size_t end, unsigned) {
    auto scratch = engines_->pool.borrow(ahead);
    EncodeOptions own = options;
    for (std::size_t i = begin; i < end; ++i) {
      own.seed = options.seed + i;
      Row row{*scratch, nullptr, nullptr};
      encode_row(texts[i], own, row);
      counts[i] = row.count;
    }
  });
  return counts;
}

BatchIds Tokenizer::encode_batch_ids(std::span<const std::string_view> texts, const EncodeOptions& options,
                                     OffsetUnit unit, unsigned threads) const {
  BatchIds out;
  encode_batch_ids(texts, options, unit, threads, out);
  return out;
}

void Tokenizer::encode_batch_ids(std::span<const std::string_view> texts, const EncodeOptions& options, OffsetUnit unit,
                                 unsigned threads, BatchIds& out) const {
  // Consecutive texts form tasks of about kSplitTask bytes, so that a worker's overhead does not depend on the texts'
  // sizes.
  std::vector<std::size_t> tasks{0};
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    bytes += texts[i].size() + 1;
    if (bytes >= kSplitTask) {
      tasks.push_back(i + 1);
      bytes = 0;
    }
  }
  if (tasks.back() != texts.size()) tasks.push_back(texts.size());
  const std::size_t n_tasks = tasks.size() - 1;
  threads = static_cast<unsigned>(std::min<std::size_t>(resolve_threads(threads), std::max<std::size_t>(1, n_tasks)));

  const std::size_t ahead = std::max<std::size_t>(bytes_of(texts), out.expected_bytes) / threads;
  const std::size_t first_row = out.row_ends.size();
  out.row_ends.resize(first_row + texts.size());
  std::vector<BatchIds> parts(threads == 1 ? 0 : n_tasks);
  const auto encode_rows = [&](std::size_t begin, std::size_t end, detail::Scratch& scratch, BatchIds& into) {
    EncodeOptions own = options;
    const std::size_t these = bytes_of(texts.subspan(begin, end - begin));
    RoomForRows room(std::max(into.text_bytes + these, into.expected_bytes), into, unit != OffsetUnit::none);
    for (std::size_t i = begin; i < end; ++i) {
      own.seed = options.seed + first_row + i;
      room.before(texts[i]);
      Row row{scratch, &into.ids, unit == OffsetUnit::none ? nullptr : &into.offsets, unit};
      encode_row(texts[i], own, row);
      out.row_ends[first_row + i] = into.ids.size();
    }
  };
  if (threads == 1) {
    auto scratch = engines_->pool.borrow(ahead);
    encode_rows(0, texts.size(), *scratch, out);
    return;
  }
  parallel_for(n_tasks, 1, threads, [&](std::size_t begin, std::size_t end, unsigned) {
    auto scratch = engines_->pool.borrow(ahead);
    for (std::size_t task = begin; task < end; ++task) encode_rows(tasks[task], tasks[task + 1], *scratch, parts[task]);
  });
  std::uint64_t total = out.ids.size();
  std::vector<std::uint64_t> starts(n_tasks);
  for (std::size_t task = 0; task < n_tasks; ++task) {
    starts[task] = total;
    total += parts[task].ids.size();
  }
  out.text_bytes += bytes_of(texts);
  if (total > out.ids.capacity() && out.expected_bytes > out.text_bytes) {
    const double share = static_cast<double>(total) / static_cast<double>(out.text_bytes);
    const auto expected = static_cast<std::size_t>(share * 1.04 * static_cast<double>(out.expected_bytes));
    out.ids.reserve(expected);
    if (unit != OffsetUnit::none) out.offsets.reserve(expected);
  }
  out.ids.resize(total);
  if (unit != OffsetUnit::none) out.offsets.resize(total);
  parallel_for(n_tasks, 4, threads, [&](std::size_t begin, std::size_t end, unsigned) {
    for (std::size_t task = begin; task < end; ++task) {
      const BatchIds& part = parts[task];
      std::copy(part.ids.begin(), part.ids.end(), out.ids.begin() + static_cast<std::ptrdiff_t>(starts[task]));
      std::copy(part.offsets.begin(), part.offsets.end(),
                out.offsets.begin() + static_cast<std::ptrdiff_t>(starts[task]));
      for (std::size_t i = tasks[task]; i < tasks[task + 1]; ++i) out.row_ends[first_row + i] += starts[task];
    }
  });
}

}  // namespace tokenspace
