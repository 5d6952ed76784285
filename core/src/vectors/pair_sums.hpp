// Sums for pairs of numbers: an open-addressing table of (key, sum), and files of them in the order of keys.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/hash.hpp"

namespace tokenspace::vectors {

struct PairSum {
  std::uint64_t key;
  std::uint64_t sum;  // 0: a free slot
};

class PairTable {
 public:
  PairTable() { reset(kInitial); }

  std::size_t size() const { return used_; }
  std::size_t bytes() const { return slots_.size() * sizeof(PairSum); }
  // True when `more` pairs could make the table pass `budget` bytes while it grows; sorting it takes nothing more.
  bool full(std::size_t more, std::size_t budget) const {
    return (used_ + more) * 5 > slots_.size() * 3 && 3 * bytes() > budget;
  }

  void prefetch(std::uint64_t key) const { __builtin_prefetch(&slots_[hash_u64(key) & mask_], 1); }
  void add(std::uint64_t key, std::uint64_t amount) {
    if ((used_ + 1) * 5 > slots_.size() * 3) grow();
    std::size_t at = hash_u64(key) & mask_;
    for (; slots_[at].sum != 0; at = (at + 1) & mask_) {
      if (slots_[at].key == key) {
        slots_[at].sum += amount;
        return;
      }
    }
    slots_[at] = {key, amount};
    ++used_;
  }

  // The pairs in the order of their keys; the table is empty afterwards.
  Buffer<PairSum> take_sorted() {
    Buffer<PairSum> out;
    out.swap(slots_);
    out.erase(std::remove_if(out.begin(), out.end(), [](const PairSum& pair) { return pair.sum == 0; }), out.end());
    std::sort(out.begin(), out.end(), [](const PairSum& a, const PairSum& b) { return a.key < b.key; });
    reset(kInitial);
    return out;
  }

 private:
  static constexpr std::size_t kInitial = 1 << 12;

  void reset(std::size_t capacity) {
    slots_.resize(capacity);
    std::memset(static_cast<void*>(slots_.data()), 0, capacity * sizeof(PairSum));
    mask_ = capacity - 1;
    used_ = 0;
  }
  void grow() {
    Buffer<PairSum> old;
    old.swap(slots_);
    reset(old.size() * 2);
    for (const PairSum& pair : old) {
      if (pair.sum == 0) continue;
      std::size_t at = hash_u64(pair.key) & mask_;
      while (slots_[at].sum != 0) at = (at + 1) & mask_;
      slots_[at] = pair;
      ++used_;
    }
  }

  Buffer<PairSum> slots_;
  std::size_t mask_ = 0, used_ = 0;
};

// A file that only this process writes and reads; Error(io) names it and the reason.
class ScratchFile {
 public:
  ScratchFile(std::string path, const char* mode) : path_(std::move(path)), file_(std::fopen(path_.c_str(), mode)) {
    if (file_ == nullptr) fail_io(errno);
  }
  ~ScratchFile() {
    if (file_ != nullptr) std::fclose(file_);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void write(const void* data, std::size_t bytes) {
    if (bytes != 0 && std::fwrite(data, 1, bytes, file_) != bytes) fail_io(errno);
  }
  std::size_t read(void* data, std::size_t bytes) {
    const std::size_t got = std::fread(data, 1, bytes, file_);
    if (got != bytes && std::ferror(file_) != 0) fail_io(errno);
    return got;
  }
  void finish() {
    const int closed = std::fclose(file_);
    file_ = nullptr;
    if (closed != 0) fail_io(errno);
  }

 private:
  [[noreturn]] void fail_io(int error) const {
    fail(ErrorKind::io, "train", "room for temporary files at " + path_, std::strerror(error), "another temp_dir");
  }
  std::string path_;
  std::FILE* file_;
};

// Sorted pairs from memory or a file.
class PairReader {
 public:
  explicit PairReader(const std::string& path) : file_(std::make_unique<ScratchFile>(path, "rb")) {
    pairs_.resize(kPairs);
  }
  explicit PairReader(Buffer<PairSum> pairs) : pairs_(std::move(pairs)), end_(pairs_.size()) {}

  // Null at the end.
  const PairSum* next() {
    if (at_ == end_) {
      if (!file_) return nullptr;
      end_ = file_->read(pairs_.data(), pairs_.size() * sizeof(PairSum)) / sizeof(PairSum);
      at_ = 0;
      if (end_ == 0) return nullptr;
    }
    return &pairs_[at_++];
  }

 private:
  static constexpr std::size_t kPairs = 1 << 14;
  std::unique_ptr<ScratchFile> file_;
  Buffer<PairSum> pairs_;
  std::size_t at_ = 0, end_ = 0;
};

// emit(key, sum) for the pairs of all readers in the order of keys, sums of equal keys added.
template <class Emit>
void merge_pairs(std::vector<PairReader>& readers, Emit emit) {
  struct Head {
    PairSum pair;
    std::size_t reader;
  };
  const auto later = [](const Head& a, const Head& b) { return a.pair.key > b.pair.key; };
  std::priority_queue<Head, std::vector<Head>, decltype(later)> heads(later);
  const auto advance = [&](std::size_t reader) {
    if (const PairSum* pair = readers[reader].next()) heads.push({*pair, reader});
  };
  for (std::size_t i = 0; i < readers.size(); ++i) advance(i);
  while (!heads.empty()) {
    PairSum sum = heads.top().pair;
    const std::size_t first = heads.top().reader;
    heads.pop();
    advance(first);
    while (!heads.empty() && heads.top().pair.key == sum.key) {
      sum.sum += heads.top().pair.sum;
      const std::size_t reader = heads.top().reader;
      heads.pop();
      advance(reader);
    }
    emit(sum.key, sum.sum);
  }
}

}  // namespace tokenspace::vectors
