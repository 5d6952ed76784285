// Pairs of frequent words are counted in an array of which every worker has one, the others in hash tables that are
// written out as sorted runs when they are full. With `symmetric` only one order of a pair is counted: both have the
// same count.
#include <atomic>
#include <mutex>

#include "pair_sums.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/glove.hpp"
#include "tokenspace/thread_pool.hpp"

namespace tokenspace {

using vectors::PairReader;
using vectors::PairSum;
using vectors::PairTable;

namespace {

constexpr double kUnit = 1.0 / (1ull << 30);
constexpr std::size_t kMostRuns = 64;
constexpr std::size_t kSentencesAtOnce = 256;
constexpr std::size_t kWordsAtOnce = 1 << 14;  // of a long sentence
constexpr std::uint32_t kTabled = 1 << 12;     // distances whose amounts are worked out once

// The array of frequent pairs: words a and b share a cell when (a+1)(b+1) <= limit, ids being ranks by frequency.
struct DenseShape {
  std::uint64_t limit = 0;
  std::vector<std::uint64_t> starts;  // cell of (a, first(a)); one more than there are rows

  static DenseShape within(std::uint64_t cells, std::uint32_t words, bool symmetric) {
    DenseShape shape;
    for (shape.limit = cells; shape.limit > 0; shape.limit /= 2) {
      shape.starts.assign(1, 0);
      for (std::uint64_t a = 0; a < words; ++a) {
        const std::uint64_t end = std::min<std::uint64_t>(words, shape.limit / (a + 1));
        const std::uint64_t first = symmetric ? a : 0;
        if (end <= first) break;
        shape.starts.push_back(shape.starts.back() + end - first);
        if (shape.starts.back() > cells) break;
      }
      if (shape.starts.back() <= cells) return shape;
    }
    shape.starts.assign(1, 0);
    return shape;
  }
  bool holds(std::uint64_t a, std::uint64_t b) const { return (a + 1) * (b + 1) <= limit; }
  std::uint64_t cells() const { return starts.back(); }
};

}  // namespace

struct Cooccurrences::Impl {
  explicit Impl(const CooccurrenceOptions& given) : options(given), threads(resolve_threads(given.threads)) {
    if (options.window == 0) fail(ErrorKind::invalid_argument, "GloVe", "a window of at least 1", "0");
    share = options.memory_budget / threads;
    shape = DenseShape::within(share / 2 / sizeof(std::uint64_t), options.vocab_size, options.symmetric);
    dense.resize(threads);
    tables.resize(threads);
    amounts.push_back(0);
    for (std::uint32_t d = 1; d <= std::min(options.window, kTabled); ++d) amounts.push_back(amount_at(d));
  }

  // What a pair at this distance counts, in units.
  std::uint64_t amount_at(std::size_t distance) const {
    return options.weighted ? static_cast<std::uint64_t>(1.0 / static_cast<double>(distance) / kUnit + 0.5)
                            : 1ull << 30;
  }

  // Pairs of the words [from, to) of a sentence with those on their left.
  void count(std::span<const std::int32_t> words, std::size_t from, std::size_t to, unsigned worker) {
    std::vector<std::uint64_t>& cells = dense[worker];
    if (cells.empty()) cells.assign(shape.cells(), 0);
    PairTable& table = tables[worker];
    std::uint64_t keys[kBatch], sums[kBatch];
    std::size_t waiting = 0;
    const auto flush = [&] {
      if (table.full(kBatch, share / 2)) spill(table);
      for (std::size_t i = 0; i < waiting; ++i) table.add(keys[i], sums[i]);
      waiting = 0;
    };
    for (std::size_t j = from; j < to; ++j) {
      const auto right = static_cast<std::uint64_t>(words[j]);
      const std::size_t first = j > options.window ? j - options.window : 0;
      for (std::size_t k = j; k-- > first;) {
        auto a = static_cast<std::uint64_t>(words[k]);
        std::uint64_t b = right;
        std::uint64_t amount = j - k < amounts.size() ? amounts[j - k] : amount_at(j - k);
        if (options.symmetric) {
          if (a > b) std::swap(a, b);
          if (a == b) amount *= 2;  // either is the context of the other
        }
        if (shape.holds(a, b)) {
          cells[shape.starts[a] + b - (options.symmetric ? a : 0)] += amount;
          continue;
        }
        keys[waiting] = a << 32 | b;
        sums[waiting] = amount;
        table.prefetch(keys[waiting]);
        if (++waiting == kBatch) flush();
      }
    }
    flush();
  }

  void spill(PairTable& table) {
    if (options.folder.empty()) {
      fail(ErrorKind::limit, "GloVe", "co-occurrences within the memory budget", "more than it holds",
           "a larger memory_budget, a smaller window or a larger min_count");
    }
    const Buffer<PairSum> pairs = table.take_sorted();
    if (pairs.empty()) return;
    const std::string path = new_path();
    write(pairs, path);
    const std::lock_guard lock(mutex);
    runs.push_back(path);
    spilled += pairs.size();
  }

  std::string new_path() {
    const std::lock_guard lock(mutex);
    return options.folder + "/pairs-" + std::to_string(made_runs++) + ".run";
  }

  static void write(const Buffer<PairSum>& pairs, const std::string& path) {
    vectors::ScratchFile file(path, "wb");
    file.write(pairs.data(), pairs.size() * sizeof(PairSum));
    file.finish();
  }

  void compact() {
    if (runs.size() < kMostRuns) return;
    const std::string path = new_path();
    {
      std::vector<PairReader> readers;
      for (const std::string& run : runs) readers.emplace_back(run);
      vectors::ScratchFile file(path, "wb");
      vectors::merge_pairs(readers, [&](std::uint64_t key, std::uint64_t sum) {
        const PairSum pair{key, sum};
        file.write(&pair, sizeof pair);
      });
      file.finish();
    }
    for (const std::string& run : runs) std::remove(run.c_str());
    runs = {path};
  }

  static constexpr std::size_t kBatch = 32;
  CooccurrenceOptions options;
  unsigned threads;
  std::size_t share;
  DenseShape shape;
  std::vector<std::uint64_t> amounts;  // of the shorter distances
  std::vector<std::vector<std::uint64_t>> dense;
  std::vector<PairTable> tables;
  std::mutex mutex;  // of what workers share
  std::mutex calls;  // of several threads come one after another
  std::vector<std::string> runs;
  std::uint64_t made_runs = 0, spilled = 0;
};

Cooccurrences::Cooccurrences(const CooccurrenceOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Cooccurrences::~Cooccurrences() = default;

std::uint32_t Cooccurrences::vocab_size() const {
  return impl_->options.vocab_size;
}
std::uint64_t Cooccurrences::spilled_bytes() const {
  return impl_->spilled * sizeof(PairSum);
}
std::uint64_t Cooccurrences::bound() const {
  std::uint64_t pairs = impl_->spilled + impl_->shape.cells();
  for (const PairTable& table : impl_->tables) pairs += table.size();
  return impl_->options.symmetric ? 2 * pairs : pairs;
}

void Cooccurrences::add(std::span<const std::int32_t> ids, std::span<const std::int64_t> offsets,
                        train::Control& control) {
  Impl& impl = *impl_;
  const std::lock_guard one_at_a_time(impl.calls);
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const std::int64_t before = i == 0 ? 0 : offsets[i - 1];
    if (offsets[i] < before || static_cast<std::size_t>(offsets[i]) > ids.size()) {
      fail(ErrorKind::invalid_argument, "GloVe", "offsets that rise within the ids", std::to_string(offsets[i]));
    }
  }
  for (const std::int32_t id : ids) {
    if (id < 0 || static_cast<std::uint32_t>(id) >= impl.options.vocab_size) {
      fail(ErrorKind::invalid_argument, "GloVe", "ids of the vocabulary", std::to_string(id));
    }
  }
  if (offsets.size() < 2) return;
  parallel_for(offsets.size() - 1, kSentencesAtOnce, impl.threads,
               [&](std::size_t first, std::size_t last, unsigned worker) {
                 for (std::size_t i = first; i < last; ++i) {
                   const auto begin = static_cast<std::size_t>(offsets[i]);
                   const auto sentence = ids.subspan(begin, static_cast<std::size_t>(offsets[i + 1]) - begin);
                   for (std::size_t from = 0; from < sentence.size(); from += kWordsAtOnce) {
                     control.check();
                     const std::size_t to = std::min(sentence.size(), from + kWordsAtOnce);
                     impl.count(sentence, from, to, worker);
                     control.done += to - from;
                   }
                 }
               });
  impl.compact();
}

void Cooccurrences::drain(const train::Control& control, const Emit& emit) {
  Impl& impl = *impl_;
  const std::lock_guard one_at_a_time(impl.calls);
  const bool symmetric = impl.options.symmetric;
  std::uint64_t emitted = 0;
  const auto both = [&](std::uint64_t a, std::uint64_t b, std::uint64_t sum) {
    if ((++emitted & 0xFFFF) == 0) control.check();
    const double count = static_cast<double>(sum) * kUnit;
    emit(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), count);
    if (symmetric && a != b) emit(static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(a), count);
  };
  for (std::uint64_t a = 0; a + 1 < impl.shape.starts.size(); ++a) {
    for (std::uint64_t cell = impl.shape.starts[a]; cell < impl.shape.starts[a + 1]; ++cell) {
      std::uint64_t sum = 0;
      for (const auto& cells : impl.dense) sum += cells.empty() ? 0 : cells[cell];
      if (sum != 0) both(a, cell - impl.shape.starts[a] + (symmetric ? a : 0), sum);
    }
  }
  for (auto& cells : impl.dense) std::vector<std::uint64_t>().swap(cells);
  std::vector<PairReader> readers;
  for (PairTable& table : impl.tables) readers.emplace_back(table.take_sorted());
  for (const std::string& run : impl.runs) readers.emplace_back(run);
  vectors::merge_pairs(readers, [&](std::uint64_t key, std::uint64_t sum) { both(key >> 32, key & 0xFFFFFFFFu, sum); });
  for (const std::string& run : impl.runs) std::remove(run.c_str());
  impl.runs.clear();
  impl.spilled = 0;
}

}  // namespace tokenspace
