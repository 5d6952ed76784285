// Each worker counts into a table of its own; with every word goes the place where it occurred first, so that the
// result is in first-seen order whatever the number of threads.
#include <algorithm>
#include <mutex>
#include <vector>

#include "line_tally.hpp"
#include "seen_words.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/word_ids.hpp"
#include "white_space.hpp"

namespace tokenspace {

using vectors::SeenBatch;

struct WordCounter::Impl {
  explicit Impl(const WordCounterOptions& options)
      : max_words(options.max_words),
        threads(max_words != 0 ? 1 : resolve_threads(options.threads)),
        seen(threads, options.memory_budget, options.folder) {}

  // gensim's pruning, after every sentence.
  void prune_if_large() {
    if (seen.table(0).size() > max_words) seen.forget_rare();
  }

  std::size_t max_words;
  unsigned threads;
  vectors::SeenWords seen;
  std::uint64_t place = 0;  // bytes of text of earlier calls
  std::uint64_t words = 0, sentences = 0;
  std::mutex calls;  // of several threads come one after another
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
  return impl_->seen.forgotten();
}

void WordCounter::add_lines(std::string_view block, bool keep_empty) {
  const std::lock_guard one_at_a_time(impl_->calls);
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
    SeenBatch batch(impl.seen.table(worker));
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
          if (impl.max_words != 0) {
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
  if (impl.max_words != 0) impl.prune_if_large();
  impl.place += block.size() + 1;
  impl.seen.relieve();
}

void WordCounter::add_sentences(const TokenLists& sentences) {
  const std::lock_guard one_at_a_time(impl_->calls);
  Impl& impl = *impl_;
  const std::string_view text{sentences.text.data(), sentences.text.size()};
  const std::size_t count = sentences.word_ends.size();
  const auto add = [&](std::size_t first, std::size_t last, unsigned worker) {
    SeenBatch batch(impl.seen.table(worker));
    std::uint64_t begin = first == 0 ? 0 : sentences.word_ends[first - 1];
    for (std::size_t i = first; i < last; ++i) {
      const std::uint64_t end = sentences.word_ends[i];
      // The number of the word counts too, so that an empty word has a place of its own.
      batch.add(text.substr(begin, end - begin), text.size() - begin, impl.place + begin + i);
      begin = end;
    }
    batch.flush();
  };
  if (impl.max_words == 0) {
    parallel_for(count, 1 << 14, impl.threads,
                 [&](std::size_t first, std::size_t last, unsigned worker) { add(first, last, worker); });
  } else {
    std::uint64_t first = 0;
    for (const std::uint64_t last : sentences.sentence_ends) {
      add(first, last, 0);
      impl.prune_if_large();
      first = last;
    }
  }
  impl.place += text.size() + count;
  impl.words += count;
  impl.sentences += sentences.sentence_ends.size();
  impl.seen.relieve();
}

CountedWords WordCounter::finish(std::uint64_t least) {
  const std::lock_guard one_at_a_time(impl_->calls);
  return impl_->seen.finish(least);
}

}  // namespace tokenspace
