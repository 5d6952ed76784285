// The words of a sentence are written one after another with the delimiter between them, so that a pair is a part of
// that text, the connector words within it included.
#include <mutex>
#include <vector>

#include "line_tally.hpp"
#include "seen_words.hpp"
#include "tokenspace/phrases.hpp"
#include "tokenspace/thread_pool.hpp"
#include "white_space.hpp"

namespace tokenspace {

namespace {

constexpr std::size_t kSentences = 128;  // a worker takes at once

TokenLists split_lines(std::string_view block) {
  TokenLists out;
  const auto end_line = [&] {
    const std::uint64_t before = out.sentence_ends.empty() ? 0 : out.sentence_ends.back();
    if (out.word_ends.size() != before) out.sentence_ends.push_back(out.word_ends.size());
  };
  vectors::split_words(
      block,
      [&](std::string_view word) {
        out.text.insert(out.text.end(), word.begin(), word.end());
        out.word_ends.push_back(out.text.size());
      },
      end_line);
  end_line();
  return out;
}

}  // namespace

struct PhraseCounter::Impl {
  using Connectors = train::KeyTable<std::uint8_t>;

  Impl(const PhraseCounterOptions& given, const train::WordCounts& words)
      : options(given), threads(resolve_threads(given.threads)), seen(threads, static_cast<std::size_t>(-1), {}) {
    for (std::size_t i = 0; i < words.size(); ++i) connectors.find_or_add(Connectors::probe(words.word(i)), 1);
  }

  bool connects(std::string_view word) const {
    return connectors.size() != 0 && connectors.find(Connectors::probe(word)) != nullptr;
  }

  // Words [first, last) of `lists`, a sentence; `joined` has room and holds what `batch` still looks at.
  void add_sentence(const TokenLists& lists, std::uint64_t first, std::uint64_t last, std::string& joined,
                    vectors::SeenBatch& batch) const {
    const std::string_view text{lists.text.data(), lists.text.size()};
    constexpr auto kNone = static_cast<std::size_t>(-1);
    std::size_t start = kNone;  // of the last word that was no connector
    for (std::uint64_t i = first; i < last; ++i) {
      const std::uint64_t begin = i == 0 ? 0 : lists.word_ends[i - 1];
      const std::string_view word = text.substr(begin, lists.word_ends[i] - begin);
      if (i != first) joined.append(options.delimiter);
      const std::size_t at = joined.size();
      joined.append(word);
      if (connects(word)) continue;
      const std::uint64_t order = 2 * (place + i);
      const std::string_view all(joined);
      batch.add(all.substr(at), all.size() - at, order);
      if (start != kNone) batch.add(all.substr(start), all.size() - start, order + 1);
      start = at;
    }
  }

  void add_range(const TokenLists& lists, std::size_t first, std::size_t last, unsigned worker, bool prune) {
    vectors::SeenBatch batch(seen.table(worker));
    std::string joined;
    for (std::size_t i = first; i < last; ++i) {
      const std::uint64_t begin = i == 0 ? 0 : lists.sentence_ends[i - 1];
      const std::uint64_t end = lists.sentence_ends[i];
      if (begin != end) {
        // Reserved, so that the batch's words stay where they are until the sentence is done.
        joined.clear();
        joined.reserve(lists.word_ends[end - 1] - (begin == 0 ? 0 : lists.word_ends[begin - 1]) +
                       (end - begin) * options.delimiter.size());
        add_sentence(lists, begin, end, joined, batch);
        batch.flush();
      }
      if (prune && seen.table(0).size() > options.max_words) seen.forget_rare();
    }
  }

  void add(const TokenLists& lists) {
    const std::size_t count = lists.sentence_ends.size();
    // As long as there cannot be too many, nothing is forgotten and all threads may count.
    const bool prune = options.max_words != 0 && seen.distinct_bound() + 2 * lists.word_ends.size() > options.max_words;
    if (prune) {
      seen.fold();
      add_range(lists, 0, count, 0, true);
    } else {
      parallel_for(count, kSentences, threads, [&](std::size_t first, std::size_t last, unsigned worker) {
        add_range(lists, first, last, worker, false);
      });
    }
    place += lists.word_ends.size();
    sentences += count;
  }

  PhraseCounterOptions options;
  unsigned threads;
  Connectors connectors;
  vectors::SeenWords seen;
  std::mutex calls;         // of several threads come one after another
  std::uint64_t place = 0;  // words of earlier calls
  std::uint64_t sentences = 0;
};

PhraseCounter::PhraseCounter(const PhraseCounterOptions& options, const train::WordCounts& connectors)
    : impl_(std::make_unique<Impl>(options, connectors)) {}
PhraseCounter::~PhraseCounter() = default;

std::uint64_t PhraseCounter::words() const {
  return impl_->place;
}
std::uint64_t PhraseCounter::sentences() const {
  return impl_->sentences;
}
std::uint64_t PhraseCounter::least_kept() const {
  return impl_->seen.least_kept();
}

void PhraseCounter::add_lines(std::string_view block) {
  const std::lock_guard one_at_a_time(impl_->calls);
  vectors::check_text(block, "phrases");
  impl_->add(split_lines(block));
}

void PhraseCounter::add_sentences(const TokenLists& sentences) {
  const std::lock_guard one_at_a_time(impl_->calls);
  impl_->add(sentences);
}

CountedWords PhraseCounter::finish() {
  const std::lock_guard one_at_a_time(impl_->calls);
  return impl_->seen.finish(0);
}

}  // namespace tokenspace
