#include "tokenspace/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sched.h>
#endif

namespace tokenspace {

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
  const auto run = [&](unsigned worker) {
    try {
      while (!stop.load(std::memory_order_relaxed)) {
        const std::size_t range = next.fetch_add(1, std::memory_order_relaxed);
        if (range >= ranges) return;
        work(range * grain, std::min(n, (range + 1) * grain), worker);
      }
    } catch (...) {
      stop.store(true, std::memory_order_relaxed);
      const std::lock_guard lock(error_mutex);
      if (!error) error = std::current_exception();
    }
  };
  std::vector<std::thread> workers;
  workers.reserve(threads - 1);
  for (unsigned worker = 1; worker < threads; ++worker) {
    try {
      workers.emplace_back(run, worker);
    } catch (const std::system_error&) {
      break;  // the system has no more threads to give: the ones we have do the work
    }
  }
  run(0);
  for (std::thread& thread : workers) thread.join();
  if (error) std::rethrow_exception(error);
}

}  // namespace tokenspace
