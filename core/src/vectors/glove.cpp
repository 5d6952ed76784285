#include "tokenspace/glove.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <vector>

#include "glove_kernels.hpp"
#include "pair_sums.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/hash.hpp"
#include "tokenspace/thread_pool.hpp"

namespace tokenspace {

namespace {

constexpr std::uint32_t kGroups = 16;
constexpr std::size_t kCells = kGroups * kGroups;
constexpr std::uint64_t kFiles = 256;  // that records are dealt to when they may not fit into memory

// A count, as drained.
struct Count {
  std::uint32_t row, column;
  float count;
};

struct Record {
  std::uint32_t row, column;
  float log_count, weight;
};

// Part of the records, random among all of them: what is in memory at once. Ordered by cell, those of a cell at random.
struct Part {
  Buffer<Record> records;
  std::array<std::uint64_t, kCells + 1> starts{};
  std::vector<std::string> counts_paths;  // where its counts wait, or
  std::string records_path;               // its ordered records
};

}  // namespace

struct GloveRecords::Impl {
  std::uint64_t random_of(std::uint32_t row, std::uint32_t column) const {
    return mix(hash_u64(static_cast<std::uint64_t>(row) << 32 | column) ^ options.seed * kHashSeed0, kHashSeed1);
  }
  std::uint32_t group(std::uint32_t word, std::uint64_t salt) const {
    return static_cast<std::uint32_t>(hash_u64(word ^ salt ^ options.seed << 32) >> 60);
  }
  std::size_t cell(std::uint32_t row, std::uint32_t column) const {
    return group(row, 0) * kGroups + group(column, 1ull << 63);
  }

  void arrange(Part& part, Buffer<Count>& counts, const train::Control& control) const {
    part.starts.fill(0);
    for (const Count& count : counts) ++part.starts[cell(count.row, count.column) + 1];
    for (std::size_t i = 0; i < kCells; ++i) part.starts[i + 1] += part.starts[i];
    part.records.resize(counts.size());
    std::array<std::uint64_t, kCells + 1> next = part.starts;
    for (const Count& count : counts) {
      const float share = count.count / options.x_max;
      part.records[next[cell(count.row, count.column)]++] = {count.row, count.column, std::log(count.count),
                                                             share > 1 ? 1.0f : std::pow(share, options.alpha)};
    }
    Buffer<Count>().swap(counts);
    parallel_for(kCells, 1, threads, [&](std::size_t first, std::size_t last, unsigned) {
      for (std::size_t i = first; i < last; ++i) {
        control.check();
        shuffle(part.records.data() + part.starts[i], part.starts[i + 1] - part.starts[i]);
      }
    });
  }

  // By a random number of each record's own, so that the order does not depend on that in which they came.
  void shuffle(Record* records, std::size_t n) const {
    struct Item {
      std::uint64_t random;
      Record record;
    };
    std::vector<Item> items(n);
    for (std::size_t i = 0; i < n; ++i) items[i] = {random_of(records[i].row, records[i].column), records[i]};
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.random < b.random; });
    for (std::size_t i = 0; i < n; ++i) records[i] = items[i].record;
  }

  void load(Part& part, const train::Control& control) const {
    if (!part.records_path.empty()) {
      part.records.resize(part.starts[kCells]);
      vectors::ScratchFile file(part.records_path, "rb");
      const std::size_t bytes = part.records.size() * sizeof(Record);
      if (file.read(part.records.data(), bytes) != bytes) {
        fail(ErrorKind::format, "GloVe", "the records written before", "a shorter file " + part.records_path);
      }
    } else if (!part.counts_paths.empty()) {
      Buffer<Count> counts;
      Buffer<Count> some(1 << 16);
      for (const std::string& path : part.counts_paths) {
        vectors::ScratchFile file(path, "rb");
        while (const std::size_t got = file.read(some.data(), some.size() * sizeof(Count))) {
          counts.insert(counts.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(got / sizeof(Count)));
        }
      }
      arrange(part, counts, control);
      const std::string path = part.counts_paths[0] + ".ordered";
      vectors::ScratchFile file(path, "wb");
      file.write(part.records.data(), part.records.size() * sizeof(Record));
      file.finish();
      for (const std::string& read : part.counts_paths) std::remove(read.c_str());
      part.records_path = path;
    }
  }

  static void unload(Part& part) {
    if (!part.records_path.empty()) Buffer<Record>().swap(part.records);
  }

  GloveOptions options;
  unsigned threads = 1;
  std::uint32_t vocab_size = 0;
  std::uint64_t records = 0;
  std::vector<Part> parts;
  std::mutex calls;  // of several threads come one after another: parts are read and given up in turn
};

GloveRecords::GloveRecords(Cooccurrences& counts, const GloveOptions& options, train::Control& control)
    : impl_(std::make_unique<Impl>()) {
  Impl& impl = *impl_;
  if (!(options.x_max > 0)) fail(ErrorKind::invalid_argument, "GloVe", "x_max above 0", std::to_string(options.x_max));
  impl.options = options;
  impl.threads = resolve_threads(options.threads);
  impl.vocab_size = counts.vocab_size();
  const std::uint64_t budget = std::max<std::uint64_t>(1, options.memory_budget);
  // While records are ordered they are there as counts as well, and those of some cells a third time.
  const auto parts_for = [&](std::uint64_t records) {
    return std::clamp<std::uint64_t>((records * 2 * sizeof(Record) + budget - 1) / budget, 1, kFiles);
  };
  if (options.folder.empty() || parts_for(counts.bound()) == 1) {
    Buffer<Count> all;
    all.reserve(counts.bound());  // pages that stay empty are never touched
    counts.drain(control, [&](std::uint32_t row, std::uint32_t column, double count) {
      all.push_back({row, column, static_cast<float>(count)});
    });
    impl.records = all.size();
    impl.parts.resize(1);
    impl.arrange(impl.parts[0], all, control);
    return;
  }
  // How many parts there must be is known afterwards, and must not depend on anything but the records.
  std::vector<std::string> paths;
  std::vector<std::unique_ptr<vectors::ScratchFile>> files;
  for (std::uint64_t i = 0; i < kFiles; ++i) {
    paths.push_back(options.folder + "/counts-" + std::to_string(i));
    files.push_back(std::make_unique<vectors::ScratchFile>(paths.back(), "wb"));
  }
  counts.drain(control, [&](std::uint32_t row, std::uint32_t column, double count) {
    const Count record{row, column, static_cast<float>(count)};
    files[mix(impl.random_of(row, column), kHashSeed0) % kFiles]->write(&record, sizeof record);
    ++impl.records;
  });
  for (const auto& file : files) file->finish();
  impl.parts.resize(parts_for(impl.records));
  for (std::uint64_t i = 0; i < kFiles; ++i) {
    impl.parts[i * impl.parts.size() / kFiles].counts_paths.push_back(paths[i]);
  }
}

GloveRecords::~GloveRecords() = default;

std::uint64_t GloveRecords::size() const {
  return impl_->records;
}

double GloveRecords::train_epoch(const GloveMatrices& m, float eta, float clip, std::uint64_t epoch,
                                 train::Control& control) {
  Impl& impl = *impl_;
  const std::lock_guard one_at_a_time(impl.calls);
  if (m.vocab_size != impl.vocab_size) {
    fail(ErrorKind::invalid_argument, "GloVe", "matrices of " + std::to_string(impl.vocab_size) + " rows",
         std::to_string(m.vocab_size));
  }
  const auto dot = vectors::glove_kernels().dot;
  const auto step = vectors::glove_kernels().step;
  const std::size_t dim = m.dim;
  const auto train_cell = [&](const Part& part, std::size_t cell) {
    double cost = 0;
    std::uint64_t since = 0;
    const Record* const begin = part.records.data() + part.starts[cell];
    const Record* const end = part.records.data() + part.starts[cell + 1];
    for (const Record* record = begin; record < end; ++record) {
      constexpr std::ptrdiff_t kAhead = 4;
      if (end - record > kAhead) {
        for (std::size_t i = 0; i < dim; i += 16) {
          __builtin_prefetch(m.words + record[kAhead].row * dim + i, 1);
          __builtin_prefetch(m.word_squares + record[kAhead].row * dim + i, 1);
          __builtin_prefetch(m.contexts + record[kAhead].column * dim + i, 1);
          __builtin_prefetch(m.context_squares + record[kAhead].column * dim + i, 1);
        }
      }
      const std::size_t row = record->row, column = record->column;
      float* const word = m.words + row * dim;
      float* const context = m.contexts + column * dim;
      const float error = dot(word, context, dim) + m.word_biases[row] + m.context_biases[column] - record->log_count;
      const float weighted = record->weight * error;
      if (!std::isfinite(error) || !std::isfinite(weighted)) continue;
      cost += 0.5 * static_cast<double>(weighted) * static_cast<double>(error);
      step({word, m.word_squares + row * dim}, {context, m.context_squares + column * dim}, weighted, eta, clip, dim);
      // Biases take the gradient as it is, without eta, as the authors' program does.
      m.word_biases[row] -= weighted / std::sqrt(m.word_bias_squares[row]);
      m.context_biases[column] -= weighted / std::sqrt(m.context_bias_squares[column]);
      m.word_bias_squares[row] += weighted * weighted;
      m.context_bias_squares[column] += weighted * weighted;
      if (++since == 4096) {
        control.done += since;
        since = 0;
        control.check();
      }
    }
    control.done += since;
    return cost;
  };
  double cost = 0;
  for (std::size_t p = 0; p < impl.parts.size(); ++p) {
    Part& part = impl.parts[(p + epoch) % impl.parts.size()];
    impl.load(part, control);
    std::array<double, kCells> costs{};
    for (std::uint32_t shift = 0; shift < kGroups; ++shift) {
      const auto turn = static_cast<std::uint32_t>((shift * 5 + epoch) % kGroups);
      parallel_for(kGroups, 1, impl.threads, [&](std::size_t first, std::size_t last, unsigned) {
        for (std::size_t group = first; group < last; ++group) {
          const std::size_t cell = group * kGroups + (group + turn) % kGroups;
          costs[cell] = train_cell(part, cell);
        }
      });
    }
    for (const double one : costs) cost += one;
    impl.unload(part);
  }
  return cost;
}

}  // namespace tokenspace
