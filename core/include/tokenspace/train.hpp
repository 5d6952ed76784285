// What every trainer shares: counted pieces of a corpus, and the channel between a long computation and its caller.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <string_view>

#include "tokenspace/buffer.hpp"

namespace tokenspace::train {

// Unique strings with how often each occurs. Strings are UTF-8, or raw bytes where the trainer says so.
struct WordCounts {
  Buffer<char> text;             // all strings, one after another
  Buffer<std::uint64_t> ends;    // string i is text[ends[i-1], ends[i]) (ends[-1] = 0)
  Buffer<std::uint64_t> counts;  // 64 bits: a frequent word of a large corpus passes 2^32

  std::size_t size() const { return counts.size(); }
  std::string_view word(std::size_t i) const {
    const std::uint64_t begin = i == 0 ? 0 : ends[i - 1];
    return {text.data() + begin, static_cast<std::size_t>(ends[i] - begin)};
  }
  void add(std::string_view word, std::uint64_t count) {
    text.insert(text.end(), word.begin(), word.end());
    ends.push_back(text.size());
    counts.push_back(count);
  }
};

// Thrown out of a trainer after Control::cancel().
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "[train] cancelled"; }
};

// Progress out, cancellation and pauses in; every field may be read and every function called from any thread while the
// trainer runs.
struct Control {
  std::atomic<std::uint64_t> done{0};   // units of the current stage
  std::atomic<std::uint64_t> total{0};  // 0: not known
  std::atomic<const char*> stage{""};   // a string literal: "count", "merge", "seed", "estimate", "prune"

  void begin(const char* name, std::uint64_t units) {
    done = 0;
    total = units;
    stage = name;
  }
  // Asked by every thread of the work, every few microseconds to milliseconds: throws Cancelled after cancel(), sleeps
  // from pause() to resume() or cancel(). Nothing the result depends on may happen meanwhile, so pauses do not change
  // it.
  void check() const {
    if (ordered_.load(std::memory_order_relaxed) != kGoOn) obey();
  }

  void cancel();  // for good, also while paused
  void pause();
  void resume();
  bool cancelled() const { return (ordered_.load(std::memory_order_relaxed) & kCancel) != 0; }
  bool paused() const { return (ordered_.load(std::memory_order_relaxed) & kPause) != 0; }
  // Threads that sleep in check() at this moment.
  unsigned sleeping() const;

 private:
  enum Order : unsigned { kGoOn = 0, kPause = 1, kCancel = 2 };
  void obey() const;

  std::atomic<unsigned> ordered_{kGoOn};  // written under the mutex; read without it by check()
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable unsigned sleeping_ = 0;
};

}  // namespace tokenspace::train
