// Chunks of text on several threads: all into the shared matrices, or into private copies added in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "rows.hpp"
#include "text_windows.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/word2vec.hpp"

namespace tokenspace::vectors {

// The matrices of a model, all with rows of the same length.
struct TrainedMatrix {
  float* data;
  std::size_t dim;
};

class ChunkRunner {
 public:
  ChunkRunner(std::vector<TrainedMatrix> matrices, unsigned threads, bool deterministic)
      : matrices_(std::move(matrices)), threads_(resolve_threads(threads)), deterministic_(deterministic) {}

  unsigned workers() const { return deterministic_ ? std::min(threads_, kGroup) : threads_; }

  // Tokens of a chunk. Chunks of one group do not see each other's changes: they are short.
  std::size_t chunk_tokens() const { return deterministic_ ? 512 : 4096; }

  // Calls work(chunk number, worker, rows) for each of `chunks` chunks; rows[m] is matrix m as that chunk sees it.
  // Calls with the same worker never overlap.
  void run(std::size_t chunks,
           const std::function<void(std::size_t chunk, unsigned worker, std::span<const Rows> rows)>& work) {
    if (deterministic_) {
      run_in_groups(chunks, work);
      return;
    }
    const std::vector<Rows> rows = shared();
    parallel_for(chunks, 1, threads_, [&](std::size_t begin, std::size_t end, unsigned worker) {
      for (std::size_t chunk = begin; chunk < end; ++chunk) work(chunk, worker, rows);
    });
  }

  // The matrices themselves.
  std::vector<Rows> shared() const {
    std::vector<Rows> rows;
    for (const TrainedMatrix& matrix : matrices_) rows.emplace_back(matrix.data, matrix.dim, nullptr);
    return rows;
  }

 private:
  static constexpr unsigned kGroup = 8;  // chunks that start from the same matrices

  void run_in_groups(std::size_t chunks,
                     const std::function<void(std::size_t, unsigned, std::span<const Rows>)>& work) {
    if (copies_.empty()) {
      for (unsigned i = 0; i < kGroup; ++i) {
        for (const TrainedMatrix& matrix : matrices_) {
          copies_.push_back(std::make_unique<RowCopies>(matrix.data, matrix.dim));
        }
      }
    }
    const std::size_t width = matrices_.size();
    for (std::size_t first = 0; first < chunks; first += kGroup) {
      const std::size_t group = std::min<std::size_t>(kGroup, chunks - first);
      parallel_for(group, 1, workers(), [&](std::size_t begin, std::size_t end, unsigned worker) {
        std::vector<Rows> rows(width);
        for (std::size_t i = begin; i < end; ++i) {
          for (std::size_t m = 0; m < width; ++m) {
            RowCopies* const copies = copies_[i * width + m].get();
            copies->clear();
            rows[m] = Rows(matrices_[m].data, matrices_[m].dim, copies);
          }
          work(first + i, worker, rows);
        }
      });
      const std::uint32_t parts = workers();
      parallel_for(parts, 1, workers(), [&](std::size_t begin, std::size_t end, unsigned) {
        for (std::size_t part = begin; part < end; ++part) {
          for (std::size_t i = 0; i < group * width; ++i) {
            copies_[i]->add_changes(matrices_[i % width].data, static_cast<std::uint32_t>(part), parts);
          }
        }
      });
    }
  }

  std::vector<TrainedMatrix> matrices_;
  unsigned threads_;
  bool deterministic_;
  std::vector<std::unique_ptr<RowCopies>> copies_;  // of chunk i of a group and matrix m: [i * matrices + m]
};

}  // namespace tokenspace::vectors
