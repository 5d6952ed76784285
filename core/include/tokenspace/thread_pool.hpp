// Data-parallel loops over a pool of worker threads (own pool, no OpenMP: two OpenMP runtimes in one process abort on
// macOS).
#pragma once

#include <cstddef>
#include <functional>

namespace tokenspace {

// Threads to use for `requested` (0 = all cores this process may use).
unsigned resolve_threads(unsigned requested);

// Calls work(begin, end, worker) over disjoint ranges covering [0, n), `grain` items at a time, from up to `threads`
// threads at once (the caller is one of them); worker < threads. Returns when all are done. The first exception is
// rethrown here after the others stopped taking new ranges. Which thread gets which range is not fixed: results must
// not depend on it.
void parallel_for(std::size_t n, std::size_t grain, unsigned threads,
                  const std::function<void(std::size_t begin, std::size_t end, unsigned worker)>& work);

}  // namespace tokenspace
