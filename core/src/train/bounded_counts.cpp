#include "bounded_counts.hpp"

#include <cstdio>

#include "tokenspace/error.hpp"

namespace tokenspace::train {

namespace {

// A reader holds a buffer and a file: this many are merged at once.
constexpr std::size_t kMostRuns = 48;

}  // namespace

// While a table is sorted for writing, its entries stand a second time as 32 bytes each, against 38 and more in the
// table: half the budget is for the tables.
BoundedCounts::BoundedCounts(unsigned workers, std::size_t budget, std::string folder, std::string name)
    : tables_(workers), share_(budget / 2 / workers), folder_(std::move(folder)), name_(std::move(name)) {}

std::string BoundedCounts::new_path() {
  return folder_ + "/" + name_ + "-" + std::to_string(next_run_++) + ".run";
}

void BoundedCounts::spill(unsigned worker, const Control& control) {
  if (tables_[worker].size() == 0) return;
  if (folder_.empty()) {
    fail(ErrorKind::limit, "train", "distinct words within the memory budget", "more than it holds",
         "a larger memory_budget or a temp_dir to spill to");
  }
  std::string path;
  {
    const std::lock_guard lock(mutex_);
    path = new_path();
  }
  const std::uint64_t bytes = write_run(tables_[worker], path, control);
  tables_[worker].clear();
  const std::lock_guard lock(mutex_);
  runs_.push_back(std::move(path));
  spilled_bytes_ += bytes;
}

void BoundedCounts::relieve(unsigned worker, const Control& control) {
  if (tables_[worker].bytes_soon() > share_ && tables_[worker].size() > 0) spill(worker, control);
}

void BoundedCounts::compact(const Control& control) {
  if (runs_.size() < kMostRuns) return;
  const std::string path = new_path();
  RunWriter merged(path);
  merge_runs(runs_, control, [&](std::string_view word, std::uint64_t count) { merged.add(word, count); });
  spilled_bytes_ += merged.finish();
  for (const std::string& run : runs_) std::remove(run.c_str());
  runs_ = {path};
}

std::size_t BoundedCounts::distinct_bound() const {
  std::size_t n = 0;
  for (const CountTable& table : tables_) n += table.size();
  return n;
}

void BoundedCounts::drain(const Control& control, const std::function<void(std::string_view, std::uint64_t)>& emit) {
  if (runs_.empty()) {
    // The largest table takes the others in; it may pass its share, never the budget, for they are emptied in turn.
    std::size_t largest = 0;
    for (std::size_t i = 1; i < tables_.size(); ++i) {
      if (tables_[i].size() > tables_[largest].size()) largest = i;
    }
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (i == largest) continue;
      tables_[i].for_each([&](std::string_view word, std::uint64_t count) { tables_[largest].add(word, count); });
      tables_[i].clear();
      control.check();
    }
    tables_[largest].for_each(emit);
    tables_[largest].clear();
    return;
  }
  for (unsigned worker = 0; worker < tables_.size(); ++worker) spill(worker, control);
  compact(control);
  merge_runs(runs_, control, emit);
  for (const std::string& run : runs_) std::remove(run.c_str());
  runs_.clear();
}

}  // namespace tokenspace::train
