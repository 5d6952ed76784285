// The channel between a long computation and its caller: pauses, cancellation, and the log of merges.
#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "harness.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/train_bpe.hpp"
#include "tokenspace/train_unigram.hpp"

using namespace tokenspace;
using namespace tokenspace::train;

namespace {

WordCounts random_words(std::size_t n) {
  std::mt19937 random(5);
  WordCounts words;
  for (std::size_t i = 0; i < n; ++i) {
    std::string word;
    for (std::size_t length = 2 + random() % 9; length > 0; --length) {
      word.push_back(static_cast<char>('a' + random() % 12));
    }
    words.add(word, 1 + random() % 50);
  }
  return words;
}

void wait_until(const auto& condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::microseconds(200));
}

}  // namespace

TEST("a paused control puts every thread of the work to sleep, and resume wakes them all") {
  Control control;
  std::atomic<std::uint64_t> steps{0};
  std::atomic<bool> stop{false};
  std::thread caller([&] {
    parallel_for(3, 1, 3, [&](std::size_t, std::size_t, unsigned) {
      while (!stop) {
        control.check();
        ++steps;
      }
    });
  });
  for (int round = 0; round < 20; ++round) {
    control.pause();
    CHECK(control.paused());
    wait_until([&] { return control.sleeping() == 3; });
    const std::uint64_t before = steps;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    CHECK_EQ(steps.load(), before);
    control.resume();
    CHECK(!control.paused());
    wait_until([&] { return control.sleeping() == 0 && steps > before; });
  }
  stop = true;
  caller.join();
}

TEST("cancel ends work that is paused, and work that pauses afterwards") {
  Control control;
  std::atomic<int> cancelled{0};
  control.pause();
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      try {
        control.check();
      } catch (const Cancelled&) {
        ++cancelled;
      }
    });
  }
  wait_until([&] { return control.sleeping() == 3; });
  control.cancel();
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(cancelled.load(), 3);
  control.pause();
  bool thrown = false;
  try {
    control.check();
  } catch (const Cancelled&) {
    thrown = true;
  }
  CHECK(thrown);
}

TEST("trainings with pauses give what they give without") {
  const WordCounts words = random_words(6000);
  BpeOptions bpe;
  bpe.vocab_size = 1500;
  UnigramOptions unigram;
  unigram.vocab_size = 300;
  unigram.threads = 2;
  Control undisturbed;
  const BpeResult expected = train_bpe(words, bpe, undisturbed);
  const UnigramModel expected_model = train_unigram(words, unigram, undisturbed);
  Control control;
  std::atomic<bool> ended{false};
  std::thread disturber([&] {
    while (!ended) {
      control.pause();
      std::this_thread::sleep_for(std::chrono::microseconds(300));
      control.resume();
      std::this_thread::sleep_for(std::chrono::microseconds(700));
    }
  });
  const BpeResult result = train_bpe(words, bpe, control);
  const UnigramModel model = train_unigram(words, unigram, control);
  ended = true;
  disturber.join();
  CHECK(result.vocab == expected.vocab);
  CHECK(model.pieces == expected_model.pieces);
  CHECK(model.scores == expected_model.scores);
}

TEST("the log tells every merge, the rivals of the first, and changes nothing") {
  const WordCounts words = random_words(800);
  BpeOptions options;
  options.vocab_size = 300;
  Control control;
  const BpeResult expected = train_bpe(words, options, control);
  MergeLog log(40, 5);
  options.log = &log;
  const BpeResult result = train_bpe(words, options, control);
  CHECK(result.vocab == expected.vocab);
  const std::vector<LoggedMerge> merges = log.take();
  CHECK_EQ(merges.size(), expected.merges.size());
  CHECK(log.take().empty());
  std::uint64_t symbols = 0;
  for (std::size_t i = 0; i < words.size(); ++i) symbols += words.word(i).size() * words.counts[i];
  CHECK_EQ(log.start_tokens(), symbols);
  std::uint64_t before = log.start_tokens();
  for (std::size_t i = 0; i < merges.size(); ++i) {
    const LoggedMerge& merge = merges[i];
    CHECK_EQ(merge.token, merge.left + merge.right);
    CHECK_EQ(merge.token, expected.vocab[expected.merges[i].result]);
    CHECK_EQ(merge.count, expected.merges[i].count);
    // "aaa" holds the pair twice and loses one token.
    const std::uint64_t lost = before - merge.corpus_tokens;
    CHECK(merge.left == merge.right ? lost <= merge.count : lost == merge.count);
    before = merge.corpus_tokens;
    CHECK_EQ(merge.pairs.size(), i < 40 ? std::size_t{5} : std::size_t{0});
    if (merge.pairs.empty()) continue;
    CHECK_EQ(merge.pairs[0].left, merge.left);
    CHECK_EQ(merge.pairs[0].right, merge.right);
    CHECK_EQ(merge.pairs[0].count, merge.count);
    for (std::size_t p = 1; p < merge.pairs.size(); ++p) CHECK(merge.pairs[p - 1].count >= merge.pairs[p].count);
  }
}
