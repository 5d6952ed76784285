#include "tokenspace/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "tokenspace/watch.hpp"

#if defined(__linux__)
#include <sched.h>
#endif

namespace tokenspace {

namespace {

struct Stopped {};  // thrown in a worker whose result nobody waits for

// Ends a worker's range early when another has failed, or the caller's own watch has thrown.
class StopWatch final : public Watch {
 public:
  explicit StopWatch(const std::atomic<bool>& stop) : stop_(stop) {}
  void look() override {
    if (stop_.load(std::memory_order_relaxed)) throw Stopped{};
  }

 private:
  const std::atomic<bool>& stop_;
};

}  // namespace

unsigned resolve_threads(unsigned requested) {
  if (requested != 0) return requested;
#if defined(__linux__)
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    const int count = CPU_COUNT(&set);
    if (count > 0) return static_cast<unsigned>(count);
  }
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

// Threads are started per call: 20 to 40 us each, against batches of milliseconds. A pool that outlives the call would
// have to survive fork() (the deadlock of huggingface/tokenizers#187), and one call's threads must not wait for
// another's.
void parallel_for(std::size_t n, std::size_t grain, unsigned threads,
                  const std::function<void(std::size_t, std::size_t, unsigned)>& work) {
  if (n == 0) return;
  grain = std::max<std::size_t>(1, grain);
  const std::size_t ranges = (n + grain - 1) / grain;
  threads = static_cast<unsigned>(std::min<std::size_t>(std::max(1u, threads), ranges));
  if (threads == 1) {
    work(0, n, 0);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
  std::exception_ptr error;
  std::mutex error_mutex;
  const auto fail_with = [&](std::exception_ptr received) {
    stop.store(true, std::memory_order_relaxed);
    const std::lock_guard lock(error_mutex);
    if (!error) error = std::move(received);
  };
  const auto run = [&](unsigned worker) {
    StopWatch watch(stop);
    std::optional<WatchScope> scope;
    if (worker != 0) scope.emplace(watch);  // the caller's thread keeps the caller's watch
    try {
      while (!stop.load(std::memory_order_relaxed)) {
        const std::size_t range = next.fetch_add(1, std::memory_order_relaxed);
        if (range >= ranges) return;
        work(range * grain, std::min(n, (range + 1) * grain), worker);
      }
    } catch (const Stopped&) {
      // The error is another worker's. On the caller's thread it can only be that of a loop around this one.
      if (worker == 0) fail_with(std::current_exception());
    } catch (...) {
      fail_with(std::current_exception());
    }
  };
  std::mutex running_mutex;
  std::condition_variable ended;
  unsigned running = threads - 1;
  const auto end_some = [&](unsigned count) {
    const std::lock_guard lock(running_mutex);
    running -= count;
    if (running == 0) ended.notify_one();
  };
  std::vector<std::thread> workers;
  workers.reserve(threads - 1);
  for (unsigned worker = 1; worker < threads; ++worker) {
    try {
      workers.emplace_back([&, worker] {
        run(worker);
        end_some(1);
      });
    } catch (const std::system_error&) {
      end_some(threads - worker);
      break;  // the system has no more threads to give: the ones we have do the work
    }
  }
  run(0);
  try {
    // The others may have long texts left: the caller's watch is asked on while it waits for them.
    std::unique_lock lock(running_mutex);
    const auto none_left = [&] { return running == 0; };
    if (detail::current_watch == nullptr) {
      ended.wait(lock, none_left);  // nobody to ask: a paused training sleeps in all its threads
    } else {
      while (!ended.wait_for(lock, std::chrono::milliseconds(2), none_left)) look_up();
    }
  } catch (...) {
    fail_with(std::current_exception());
  }
  for (std::thread& thread : workers) thread.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace tokenspace
