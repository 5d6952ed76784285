// Counts within a memory budget: a table per worker, written out as a sorted run when it would outgrow its share.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "count_table.hpp"
#include "sorted_runs.hpp"

namespace tokenspace::train {

class BoundedCounts {
 public:
  // `folder` exists and is the caller's to remove; `name` begins the names of the files made in it. An empty folder:
  // nothing may be written, Error(limit) when the budget does not do.
  BoundedCounts(unsigned workers, std::size_t budget, std::string folder, std::string name);

  CountTable& table(unsigned worker) { return tables_[worker]; }
  // To be called by a worker now and then (every few hundred kilobytes of text): spills its table when that is full.
  void relieve(unsigned worker, const Control& control);
  // By one thread while no worker runs: many runs become one.
  void compact(const Control& control);

  // emit(word, count) once for each string; empties this. In byte order when anything was spilled, else in none.
  void drain(const Control& control, const std::function<void(std::string_view, std::uint64_t)>& emit);

  std::size_t distinct_bound() const;  // of the tables in memory
  std::uint64_t spilled_bytes() const { return spilled_bytes_; }
  std::uint64_t spilled_runs() const { return next_run_; }

 private:
  std::string new_path();
  void spill(unsigned worker, const Control& control);

  std::vector<CountTable> tables_;
  std::size_t share_;
  std::string folder_, name_;
  std::mutex mutex_;
  std::vector<std::string> runs_;
  std::uint64_t next_run_ = 0;
  std::uint64_t spilled_bytes_ = 0;
};

}  // namespace tokenspace::train
