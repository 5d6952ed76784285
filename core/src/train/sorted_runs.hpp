// Counts on disk: sorted runs of (string, count), written when memory is full and merged at the end.
//
// A run: records of varint length, bytes, varint count, in byte order of the strings, ended by a length of 2^64-1, the
// number of records and a checksum. Runs are private to one training and are never read by another machine.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "count_table.hpp"
#include "tokenspace/train.hpp"

namespace tokenspace::train {

// Writes strings that come in byte order. The file is removed again unless finish() was reached; Error(io) names it and
// the reason, a full disk among them.
class RunWriter {
 public:
  explicit RunWriter(std::string path);
  ~RunWriter();
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  void add(std::string_view word, std::uint64_t count);
  std::uint64_t finish();  // bytes written

 private:
  void flush();

  std::string path_;
  std::FILE* file_;
  std::string pending_;
  std::uint64_t records_ = 0, sum_ = 0, written_ = 0;
};

class RunReader {
 public:
  explicit RunReader(std::string path);
  bool next();  // false at the end; Error(format) when the file is damaged
  std::string_view word() const { return word_; }
  std::uint64_t count() const { return count_; }

 private:
  void fill(std::size_t needed);
  std::uint64_t varint();

  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, end_ = 0;
  bool eof_ = false;
  std::uint64_t records_ = 0, sum_ = 0;
  std::string word_;
  std::uint64_t count_ = 0;
};

// The table's entries as one run; returns its bytes.
std::uint64_t write_run(const CountTable& table, const std::string& path, const Control& control);

// emit(word, count) for the strings of all runs in byte order, counts of equal strings added.
void merge_runs(const std::vector<std::string>& paths, const Control& control,
                const std::function<void(std::string_view, std::uint64_t)>& emit);

}  // namespace tokenspace::train
