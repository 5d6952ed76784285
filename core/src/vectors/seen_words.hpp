// Words with how often and where first they occurred, within a memory budget: a table per worker, written out as sorted
// runs when they outgrow it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../train/key_table.hpp"
#include "tokenspace/watch.hpp"
#include "tokenspace/word_ids.hpp"

namespace tokenspace::vectors {

struct Seen {
  std::uint64_t count;
  std::uint64_t first;  // the smallest place
};
using SeenTable = train::KeyTable<Seen>;

// Words on their way into a table, a batch at a time so that cache misses overlap.
class SeenBatch {
 public:
  explicit SeenBatch(SeenTable& table) : table_(table) {}
  // `readable`: bytes that may be read from word.data() on. The word must stay where it is until flush().
  void add(std::string_view word, std::size_t readable, std::uint64_t place) {
    if (size_ == kSize) flush();
    probes_[size_] = SeenTable::probe(word, readable);
    places_[size_++] = place;
  }
  void flush() {
    look_up();
    table_.make_room(size_);
    for (std::size_t i = 0; i < size_; ++i) table_.prefetch(probes_[i]);
    for (std::size_t i = 0; i < size_; ++i) {
      Seen& seen = table_.find_or_add(probes_[i], {0, places_[i]});
      ++seen.count;
      seen.first = std::min(seen.first, places_[i]);
    }
    size_ = 0;
  }

 private:
  static constexpr std::size_t kSize = 32;
  SeenTable& table_;
  train::Probe probes_[kSize];
  std::uint64_t places_[kSize];
  std::size_t size_ = 0;
};

class SeenWords {
 public:
  SeenWords(unsigned workers, std::size_t budget, std::string folder)
      : tables_(workers), budget_(budget), folder_(std::move(folder)) {}

  SeenTable& table(unsigned worker) { return tables_[worker]; }
  std::uint64_t forgotten() const { return forgotten_; }
  std::uint64_t least_kept() const { return least_kept_; }
  std::size_t distinct_bound() const;  // in memory

  // Between two blocks: spills the tables when they are above the budget, Error(limit) when there is no folder for it.
  void relieve();
  // All in the first table; nothing may have been spilled.
  void fold();
  // Forgets words of fewer occurrences than a threshold that rises by one each time. Only those of the first
  // table.
  void forget_rare();
  // Empties this. Words in the order of their first places.
  CountedWords finish(std::uint64_t least);

 private:
  void spill();
  template <class Emit>
  void merge(Emit emit);

  std::vector<SeenTable> tables_;
  std::size_t budget_;
  std::string folder_;
  std::vector<std::string> runs_;
  std::uint64_t made_runs_ = 0, least_kept_ = 1, forgotten_ = 0;
};

}  // namespace tokenspace::vectors
