#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "../train/key_table.hpp"
#include "line_tally.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/watch.hpp"
#include "tokenspace/word_ids.hpp"
#include "white_space.hpp"

namespace tokenspace {

namespace {

using IdTable = train::KeyTable<std::int32_t>;

// Words on their way through the table, a batch at a time, with the line feeds between them.
template <class Found, class LineFeed>
class Lookup {
 public:
  Lookup(const IdTable& table, Found found, LineFeed line_feed)
      : table_(table), found_(std::move(found)), line_feed_(std::move(line_feed)) {}
  void word(std::string_view word, std::size_t readable) {
    if (size_ == kSize) flush();
    probes_[size_] = IdTable::probe(word, readable);
    table_.prefetch(probes_[size_]);
    is_word_[size_++] = true;
  }
  void line_feed() {
    if (size_ == kSize) flush();
    is_word_[size_++] = false;
  }
  void flush() {
    for (std::size_t i = 0; i < size_; ++i) {
      if (is_word_[i]) {
        found_(table_.find(probes_[i]));
      } else {
        line_feed_();
      }
    }
    size_ = 0;
    look_up();
  }

 private:
  static constexpr std::size_t kSize = 32;
  const IdTable& table_;
  Found found_;
  LineFeed line_feed_;
  train::Probe probes_[kSize];
  bool is_word_[kSize];
  std::size_t size_ = 0;
};

struct Part {
  Buffer<std::int32_t> ids;
  Buffer<std::uint64_t> ends;  // of sentences that begin and end in this part, in ids of it
  vectors::LineTally lines;
  std::uint64_t words = 0;
};

}  // namespace

struct WordEncoder::Impl {
  IdTable table;
  std::size_t size = 0;
};

WordEncoder::WordEncoder(const train::WordCounts& words) : impl_(std::make_unique<Impl>()) {
  if (words.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    fail(ErrorKind::limit, "vocabulary", "at most 2147483647 words", std::to_string(words.size()),
         "a larger min_count");
  }
  impl_->size = words.size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    impl_->table.find_or_add(IdTable::probe(words.word(i)), static_cast<std::int32_t>(i));
  }
}
WordEncoder::~WordEncoder() = default;

std::size_t WordEncoder::size() const {
  return impl_->size;
}

EncodedSentences WordEncoder::encode_lines(std::string_view block, bool keep_empty, unsigned threads) const {
  vectors::check_text(block, "encode");
  const std::size_t grains = (block.size() + vectors::kGrain - 1) / vectors::kGrain;
  std::vector<Part> parts(grains);
  parallel_for(grains, 1, resolve_threads(threads), [&](std::size_t first, std::size_t last, unsigned) {
    Part& part = parts[first];
    part.lines = vectors::LineTally(keep_empty);
    Lookup lookup(
        impl_->table,
        [&](const std::int32_t* id) {
          part.lines.word();
          ++part.words;
          if (id != nullptr) part.ids.push_back(*id);
        },
        [&] {
          if (part.lines.line_feed(part.ids.size())) part.ends.push_back(part.ids.size());
        });
    const std::size_t begin = vectors::cut_behind_space(block, first * vectors::kGrain);
    const std::size_t end = vectors::cut_behind_space(block, std::min(block.size(), last * vectors::kGrain));
    if (begin >= end) return;
    vectors::split_words(
        block.substr(begin, end - begin),
        [&](std::string_view word) {
          lookup.word(word, block.size() - static_cast<std::size_t>(word.data() - block.data()));
        },
        [&] { lookup.line_feed(); });
    lookup.flush();
  });
  EncodedSentences out;
  std::size_t ids = 0, sentences = 1;
  for (const Part& part : parts) {
    ids += part.ids.size();
    sentences += part.ends.size() + 1;
  }
  out.ids.reserve(ids);
  out.offsets.reserve(sentences + 1);
  out.offsets.push_back(0);
  vectors::LineJoiner joiner(keep_empty);
  for (Part& part : parts) {
    const auto base = static_cast<std::int64_t>(out.ids.size());
    if (joiner.add(part.lines)) out.offsets.push_back(base + static_cast<std::int64_t>(part.lines.head_end()));
    for (const std::uint64_t end : part.ends) out.offsets.push_back(base + static_cast<std::int64_t>(end));
    out.ids.insert(out.ids.end(), part.ids.begin(), part.ids.end());
    out.words += part.words;
    Buffer<std::int32_t>().swap(part.ids);
  }
  if (joiner.finish(block)) out.offsets.push_back(static_cast<std::int64_t>(out.ids.size()));
  return out;
}

EncodedSentences WordEncoder::encode_sentences(const TokenLists& sentences, unsigned threads) const {
  const std::string_view text{sentences.text.data(), sentences.text.size()};
  const std::size_t count = sentences.sentence_ends.size();
  struct Range {
    Buffer<std::int32_t> ids;
    Buffer<std::uint64_t> ends;
  };
  constexpr std::size_t kSentences = 256;
  std::vector<Range> ranges(count / kSentences + 1);
  parallel_for(count, kSentences, resolve_threads(threads), [&](std::size_t first, std::size_t last, unsigned) {
    Range& range = ranges[first / kSentences];
    Lookup lookup(
        impl_->table,
        [&](const std::int32_t* id) {
          if (id != nullptr) range.ids.push_back(*id);
        },
        [&] { range.ends.push_back(range.ids.size()); });
    std::uint64_t word = first == 0 ? 0 : sentences.sentence_ends[first - 1];
    std::uint64_t begin = word == 0 ? 0 : sentences.word_ends[word - 1];
    for (std::size_t i = first; i < last; ++i) {
      for (; word < sentences.sentence_ends[i]; ++word) {
        const std::uint64_t end = sentences.word_ends[word];
        lookup.word(text.substr(begin, end - begin), text.size() - begin);
        begin = end;
      }
      lookup.line_feed();
    }
    lookup.flush();
  });
  EncodedSentences out;
  out.words = sentences.word_ends.size();
  out.offsets.reserve(count + 1);
  out.offsets.push_back(0);
  for (Range& range : ranges) {
    const auto base = static_cast<std::int64_t>(out.ids.size());
    for (const std::uint64_t end : range.ends) out.offsets.push_back(base + static_cast<std::int64_t>(end));
    out.ids.insert(out.ids.end(), range.ids.begin(), range.ids.end());
    Buffer<std::int32_t>().swap(range.ids);
  }
  return out;
}

}  // namespace tokenspace
