// Ctrl-C and RunSwitch during native work: Python is asked about every 60 ms, also within one long text.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "module.hpp"
#include "tokenspace/watch.hpp"

// With the GIL: lets signal handlers run, and waits or ends where a RunSwitch around this call says so. Throws what
// they raise (KeyboardInterrupt, CancelledError).
void ask_python();

// Work in its life is asked to let Python have a look: every so many looks the clock is read, and when it is time the
// GIL taken. What is raised there passes through the work, which ends by it.
class SignalWatch final : public tokenspace::Watch {
 public:
  void look() override {
    if (++looks_ % kLooks != 0) return;
    const auto now = Clock::now();
    const bool started = looks_ == kLooks;  // short work never gets here: it does not even ask for the time
    if (!started && now - last_ < std::chrono::milliseconds(60)) return;
    last_ = now;
    if (started) return;
    nb::gil_scoped_acquire gil;
    ask_python();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr unsigned kLooks = 64;
  unsigned looks_ = 0;
  Clock::time_point last_;
  tokenspace::WatchScope scope_{*this};
};

// For native work: the GIL is released, signals and switches are watched for.
struct Unlocked {
  nb::gil_scoped_release release;
  SignalWatch watch;
};

// Calls work(first, last) with the GIL released for successive slices of `texts`; slices grow or shrink towards 60 ms.
// Raises what `ask_python` raises between two slices.
template <class Work>
void in_slices(std::span<const std::string_view> texts, Work work) {
  using Clock = std::chrono::steady_clock;
  constexpr double kTarget = 0.06;
  double bytes_per_slice = 1 << 20;
  std::size_t first = 0;
  while (first < texts.size()) {
    std::size_t last = first;
    double bytes = 0;
    // A text costs at least as much as 64 bytes do, so that a million empty ones are sliced as well.
    while (last < texts.size() && (last == first || bytes < bytes_per_slice)) {
      bytes += static_cast<double>(texts[last].size()) + 64;
      ++last;
    }
    const auto begin = Clock::now();
    {
      const Unlocked unlocked;
      work(first, last);
    }
    ask_python();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const double factor = seconds > 1e-4 ? kTarget / seconds : 8.0;
    bytes_per_slice = bytes * (factor < 0.25 ? 0.25 : factor > 8.0 ? 8.0 : factor);
    first = last;
  }
}
