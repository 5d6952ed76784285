// What every trainer shares: counted pieces of a corpus, and the channel between a long computation and its caller.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
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

// Progress out, cancellation in; every field may be read and written from any thread while the trainer runs.
struct Control {
  std::atomic<std::uint64_t> done{0};   // units of the current stage
  std::atomic<std::uint64_t> total{0};  // 0: not known
  std::atomic<const char*> stage{""};   // a string literal: "count", "merge", "seed", "estimate", "prune"
  std::atomic<bool> cancelled{false};

  void begin(const char* name, std::uint64_t units) {
    done = 0;
    total = units;
    stage = name;
  }
  void check() const {
    if (cancelled.load(std::memory_order_relaxed)) throw Cancelled();
  }
};

}  // namespace tokenspace::train
