// Each worker counts into a table of its own; with every word goes the place where it occurred first, so that the
// result is in first-seen order whatever the number of threads.
#include <algorithm>
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

struct Seen {
  std::uint64_t count;
  std::uint64_t first;  // bytes of text before the first occurrence
};
using SeenTable = train::KeyTable<Seen>;

// Words on their way into a table, a batch at a time.
class Batch {
 public:
  explicit Batch(SeenTable& table) : table_(table) {}
  void add(std::string_view word, std::size_t readable, std::uint64_t place) {
    if (size_ == kSize) flush();
    probes_[size_] = SeenTable::probe(word, readable);
    places_[size_++] = place;
  }
  void flush() {
    look_up();
    table_.make_room(size_);
    for (std::size_t i = 0; i < size_; ++i) table_.prefetch(probes_[i]);
    for (std::size_t i = 0; i < size_; ++i) {
      Seen& seen = table_.find_or_add(probes_[i], {0, places_[i]});
      ++seen.count;
      // A worker's parts of a block come in order, but a table takes in others at the end.
      seen.first = std::min(seen.first, places_[i]);
    }
    size_ = 0;
  }

 private:
  static constexpr std::size_t kSize = 32;
  SeenTable& table_;
  train::Probe probes_[kSize];
  std::uint64_t places_[kSize];
  std::size_t size_ = 0;
};

}  // namespace

struct WordCounter::Impl {
  explicit Impl(const WordCounterOptions& given)
      : options(given), threads(given.max_words != 0 ? 1 : resolve_threads(given.threads)), tables(threads) {}

  void check_memory() const {
    std::size_t bytes = 0;
    for (const SeenTable& table : tables) bytes += table.bytes();
    if (bytes > options.memory_budget) {
      fail(ErrorKind::limit, "vocabulary",
           "distinct words within the memory budget of " + std::to_string(options.memory_budget) + " bytes",
           "more than it holds", "a larger memory_budget or max_vocab_size");
    }
  }

  // gensim's pruning, after every sentence.
  void prune_if_large() {
    if (tables[0].size() <= options.max_words) return;
    SeenTable kept;
    tables[0].for_each([&](std::string_view word, const Seen& seen) {
      if (seen.count >= least_kept) {
        kept.find_or_add(SeenTable::probe(word), seen);
      } else {
        forgotten += seen.count;
      }
    });
    std::swap(tables[0], kept);
    ++least_kept;
  }

  WordCounterOptions options;
  unsigned threads;
  std::vector<SeenTable> tables;
  std::uint64_t place = 0;  // bytes of text of earlier calls
  std::uint64_t words = 0, sentences = 0;
  std::uint64_t least_kept = 1, forgotten = 0;
};

WordCounter::WordCounter(const WordCounterOptions& options) : impl_(std::make_unique<Impl>(options)) {}
WordCounter::~WordCounter() = default;

std::uint64_t WordCounter::words() const {
  return impl_->words;
}
std::uint64_t WordCounter::sentences() const {
  return impl_->sentences;
}
std::uint64_t WordCounter::forgotten() const {
  return impl_->forgotten;
}

void WordCounter::add_lines(std::string_view block, bool keep_empty) {
  struct Part {
    vectors::LineTally lines;
    std::uint64_t sentences = 0, words = 0;
  };
  Impl& impl = *impl_;
  vectors::check_text(block, "vocabulary");
  const std::size_t grains = (block.size() + vectors::kGrain - 1) / vectors::kGrain;
  std::vector<Part> parts(grains);
  parallel_for(grains, 1, impl.threads, [&](std::size_t first, std::size_t last, unsigned worker) {
    Part& part = parts[first];
    part.lines = vectors::LineTally(keep_empty);
    Batch batch(impl.tables[worker]);
    const std::size_t begin = vectors::cut_behind_space(block, first * vectors::kGrain);
    const std::size_t end = vectors::cut_behind_space(block, std::min(block.size(), last * vectors::kGrain));
    if (begin >= end) return;
    vectors::split_words(
        block.substr(begin, end - begin),
        [&](std::string_view word) {
          const auto at = static_cast<std::size_t>(word.data() - block.data());
          batch.add(word, block.size() - at, impl.place + at);
          part.lines.word();
          ++part.words;
        },
        [&] {
          const bool sentence = part.lines.line_feed(0);
          part.sentences += sentence;
          if (impl.options.max_words != 0) {
            batch.flush();
            impl.prune_if_large();
          }
        });
    batch.flush();
  });
  vectors::LineJoiner joiner(keep_empty);
  for (const Part& part : parts) {
    impl.sentences += part.sentences + joiner.add(part.lines);
    impl.words += part.words;
  }
  impl.sentences += joiner.finish(block);
  if (impl.options.max_words != 0) impl.prune_if_large();
  impl.place += block.size() + 1;
  impl.check_memory();
}

void WordCounter::add_sentences(const TokenLists& sentences) {
  Impl& impl = *impl_;
  const std::string_view text{sentences.text.data(), sentences.text.size()};
  const std::size_t count = sentences.word_ends.size();
  const auto add = [&](std::size_t first, std::size_t last, SeenTable& table) {
    Batch batch(table);
    std::uint64_t begin = first == 0 ? 0 : sentences.word_ends[first - 1];
    for (std::size_t i = first; i < last; ++i) {
      const std::uint64_t end = sentences.word_ends[i];
      // The number of the word counts too, so that an empty word has a place of its own.
      batch.add(text.substr(begin, end - begin), text.size() - begin, impl.place + begin + i);
      begin = end;
    }
    batch.flush();
  };
  if (impl.options.max_words == 0) {
    parallel_for(count, 1 << 14, impl.threads,
                 [&](std::size_t first, std::size_t last, unsigned worker) { add(first, last, impl.tables[worker]); });
  } else {
    std::uint64_t first = 0;
    for (const std::uint64_t last : sentences.sentence_ends) {
      add(first, last, impl.tables[0]);
      impl.prune_if_large();
      first = last;
    }
  }
  impl.place += text.size() + count;
  impl.words += count;
  impl.sentences += sentences.sentence_ends.size();
  impl.check_memory();
}

WordCounter::Result WordCounter::finish(std::uint64_t least) {
  Impl& impl = *impl_;
  SeenTable& all = *std::max_element(impl.tables.begin(), impl.tables.end(),
                                     [](const auto& a, const auto& b) { return a.size() < b.size(); });
  for (SeenTable& table : impl.tables) {
    if (&table == &all) continue;
    table.for_each([&](std::string_view word, const Seen& other) {
      Seen& seen = all.find_or_add(SeenTable::probe(word), {0, other.first});
      seen.count += other.count;
      seen.first = std::min(seen.first, other.first);
    });
    table.clear();
    look_up();
  }
  Result result;
  struct Item {
    std::uint64_t first, count;
    std::string_view word;
  };
  std::vector<Item> items;
  // Short words stand in their slots, which for_each shows where they are: the views stay valid.
  all.for_each([&](std::string_view word, const Seen& seen) {
    if (seen.count >= least) {
      items.push_back({seen.first, seen.count, word});
    } else {
      ++result.dropped_words;
      result.dropped_occurrences += seen.count;
    }
  });
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.first < b.first; });
  look_up();
  for (const Item& item : items) result.words.add(item.word, item.count);
  all.clear();
  return result;
}

}  // namespace tokenspace
