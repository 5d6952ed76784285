#include "seen_words.hpp"

#include <cstdio>
#include <cstring>
#include <memory>
#include <queue>

#include "../train/sorted_runs.hpp"
#include "tokenspace/error.hpp"

namespace tokenspace::vectors {

namespace {

// A reader holds a buffer and a file: so many runs become one.
constexpr std::size_t kMostRuns = 48;

struct Item {
  std::string_view word;
  Seen seen;
};

// A run's records have one count: the place stands behind the word.
void write(train::RunWriter& run, std::string& scratch, std::string_view word, const Seen& seen) {
  scratch.assign(word).append(reinterpret_cast<const char*>(&seen.first), sizeof seen.first);
  run.add(scratch, seen.count);
}

class Reader {
 public:
  explicit Reader(const std::string& path) : run_(path) {}
  bool next() {
    if (!run_.next()) return false;
    if (run_.word().size() < sizeof(std::uint64_t)) {
      fail(ErrorKind::format, "vocabulary", "a place behind every word", "a shorter record in a counts file");
    }
    return true;
  }
  std::string_view word() const { return run_.word().substr(0, run_.word().size() - sizeof(std::uint64_t)); }
  Seen seen() const {
    Seen out{run_.count(), 0};
    std::memcpy(&out.first, word().data() + word().size(), sizeof out.first);
    return out;
  }

 private:
  train::RunReader run_;
};

template <class Emit>
void merge_readers(const std::vector<std::string>& paths, Emit emit) {
  std::vector<std::unique_ptr<Reader>> readers;
  const auto later = [&](std::size_t a, std::size_t b) { return readers[a]->word() > readers[b]->word(); };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> queue(later);
  for (const std::string& path : paths) {
    readers.push_back(std::make_unique<Reader>(path));
    if (readers.back()->next()) queue.push(readers.size() - 1);
  }
  std::string word;
  Seen sum{0, 0};
  while (!queue.empty()) {
    const std::size_t next = queue.top();
    queue.pop();
    Reader& reader = *readers[next];
    const Seen seen = reader.seen();
    if (sum.count != 0 && reader.word() == word) {
      sum = {sum.count + seen.count, std::min(sum.first, seen.first)};
    } else {
      if (sum.count != 0) emit(std::string_view(word), sum);
      word.assign(reader.word());
      sum = seen;
    }
    if (reader.next()) queue.push(next);
    look_up();
  }
  if (sum.count != 0) emit(std::string_view(word), sum);
}

}  // namespace

void SeenWords::relieve() {
  std::size_t bytes = 0;
  for (const SeenTable& table : tables_) bytes += table.bytes_soon();
  // Sorting for a run takes as much again.
  if (bytes <= budget_ / 2) return;
  if (folder_.empty()) {
    fail(ErrorKind::limit, "vocabulary",
         "distinct words within a memory budget of " + std::to_string(budget_) + " bytes", "more than it holds",
         "a larger memory_budget or max_vocab_size");
  }
  spill();
}

void SeenWords::spill() {
  std::string scratch;
  for (SeenTable& table : tables_) {
    if (table.size() == 0) continue;
    std::vector<Item> items;
    items.reserve(table.size());
    table.for_each([&](std::string_view word, const Seen& seen) { items.push_back({word, seen}); });
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.word < b.word; });
    const std::string path = folder_ + "/words-" + std::to_string(made_runs_++) + ".run";
    train::RunWriter run(path);
    for (const Item& item : items) {
      look_up();
      write(run, scratch, item.word, item.seen);
    }
    run.finish();
    runs_.push_back(path);
    table.clear();
  }
  if (runs_.size() < kMostRuns) return;
  const std::string path = folder_ + "/words-" + std::to_string(made_runs_++) + ".run";
  train::RunWriter merged(path);
  merge_readers(runs_, [&](std::string_view word, const Seen& seen) { write(merged, scratch, word, seen); });
  merged.finish();
  for (const std::string& run : runs_) std::remove(run.c_str());
  runs_ = {path};
}

std::size_t SeenWords::distinct_bound() const {
  std::size_t words = 0;
  for (const SeenTable& table : tables_) words += table.size();
  return words;
}

void SeenWords::fold() {
  const auto largest = std::max_element(tables_.begin(), tables_.end(),
                                        [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::swap(tables_[0], *largest);
  for (std::size_t i = 1; i < tables_.size(); ++i) {
    tables_[i].for_each([&](std::string_view word, const Seen& other) {
      Seen& seen = tables_[0].find_or_add(SeenTable::probe(word), {0, other.first});
      seen.count += other.count;
      seen.first = std::min(seen.first, other.first);
    });
    tables_[i].clear();
    look_up();
  }
}

void SeenWords::forget_rare() {
  SeenTable kept;
  tables_[0].for_each([&](std::string_view word, const Seen& seen) {
    if (seen.count >= least_kept_) {
      kept.find_or_add(SeenTable::probe(word), seen);
    } else {
      forgotten_ += seen.count;
    }
  });
  std::swap(tables_[0], kept);
  ++least_kept_;
}

template <class Emit>
void SeenWords::merge(Emit emit) {
  if (!runs_.empty()) {
    spill();
    merge_readers(runs_, emit);
    for (const std::string& run : runs_) std::remove(run.c_str());
    runs_.clear();
    return;
  }
  fold();
  tables_[0].for_each(emit);
  tables_[0].clear();
}

CountedWords SeenWords::finish(std::uint64_t least) {
  struct Place {
    std::uint64_t first;
    std::uint64_t index;
  };
  CountedWords out;
  train::WordCounts found;
  std::vector<Place> places;
  merge([&](std::string_view word, const Seen& seen) {
    if (seen.count >= least) {
      places.push_back({seen.first, found.size()});
      found.add(word, seen.count);
    } else {
      ++out.dropped_words;
      out.dropped_occurrences += seen.count;
    }
  });
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.first < b.first; });
  look_up();
  out.words.text.reserve(found.text.size());
  out.words.ends.reserve(found.size());
  out.words.counts.reserve(found.size());
  for (const Place& place : places) out.words.add(found.word(place.index), found.counts[place.index]);
  return out;
}

}  // namespace tokenspace::vectors
