#include "sorted_runs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <queue>

#include "tokenspace/error.hpp"
#include "tokenspace/hash.hpp"
#include "tokenspace/train_count.hpp"

namespace tokenspace::train {

namespace {

constexpr std::size_t kBufferBytes = 1 << 18;
constexpr std::uint64_t kEnd = ~0ull;
constexpr std::size_t kCheckEvery = 1 << 16;  // records between two looks at the cancel flag

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

std::uint64_t record_sum(std::string_view word, std::uint64_t count) {
  return hash_bytes(word) + hash_u64(count);
}

// First eight bytes as a big-endian number: most comparisons of a sort end there.
std::uint64_t prefix_of(std::string_view text) {
  std::uint64_t value = 0;
  std::memcpy(&value, text.data(), std::min<std::size_t>(8, text.size()));
  return __builtin_bswap64(value);
}

[[noreturn]] void fail_io(const std::string& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  fail(ErrorKind::io, "train", "room for counts in " + path, std::strerror(error),
       full ? "another temp_dir or a larger memory_budget" : "another temp_dir");
}

}  // namespace

RunWriter::RunWriter(std::string path) : path_(std::move(path)), file_(std::fopen(path_.c_str(), "wb")) {
  if (file_ == nullptr) fail_io(path_, errno);
}

RunWriter::~RunWriter() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::remove(path_.c_str());
}

void RunWriter::flush() {
  if (std::fwrite(pending_.data(), 1, pending_.size(), file_) != pending_.size()) fail_io(path_, errno);
  written_ += pending_.size();
  pending_.clear();
}

void RunWriter::add(std::string_view word, std::uint64_t count) {
  put_varint(pending_, word.size());
  pending_.append(word);
  put_varint(pending_, count);
  sum_ += record_sum(word, count);
  ++records_;
  if (pending_.size() >= kBufferBytes) flush();
}

std::uint64_t RunWriter::finish() {
  put_varint(pending_, kEnd);
  put_varint(pending_, records_);
  put_varint(pending_, sum_);
  flush();
  if (std::fflush(file_) != 0) fail_io(path_, errno);
  std::fclose(file_);
  file_ = nullptr;
  return written_;
}

RunReader::RunReader(std::string path)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "rb"), std::fclose), buffer_(kBufferBytes) {
  if (!file_) fail(ErrorKind::io, "train", "the counts file " + path_, std::strerror(errno));
}

// At least `needed` bytes from at_, or all there are.
void RunReader::fill(std::size_t needed) {
  if (end_ - at_ >= needed || eof_) return;
  std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
  end_ -= at_;
  at_ = 0;
  while (end_ < needed) {
    const std::size_t got = std::fread(buffer_.data() + end_, 1, buffer_.size() - end_, file_.get());
    if (got == 0) {
      eof_ = true;
      return;
    }
    end_ += got;
  }
}

std::uint64_t RunReader::varint() {
  fill(10);
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && at_ < end_; shift += 7) {
    const auto byte = static_cast<unsigned char>(buffer_[at_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  fail(ErrorKind::format, "train", "a whole counts file", path_ + ", which is cut off or damaged");
}

bool RunReader::next() {
  const std::uint64_t length = varint();
  if (length == kEnd) {
    const bool same = varint() == records_ && varint() == sum_;
    if (!same) fail(ErrorKind::format, "train", "the checksum of " + path_, "another; the file was changed");
    return false;
  }
  // The word grows with what is really there, not with what a damaged length claims.
  word_.clear();
  while (word_.size() < length) {
    fill(1);
    const std::size_t take = std::min<std::size_t>(length - word_.size(), end_ - at_);
    if (take == 0) fail(ErrorKind::format, "train", "a whole counts file", path_ + ", which is cut off or damaged");
    word_.append(buffer_.data() + at_, take);
    at_ += take;
  }
  count_ = varint();
  ++records_;
  sum_ += record_sum(word_, count_);
  return true;
}

std::uint64_t write_run(const CountTable& table, const std::string& path, const Control& control) {
  struct Item {
    std::uint64_t prefix;
    std::string_view word;
    std::uint64_t count;
  };
  std::vector<Item> items;
  items.reserve(table.size());
  table.for_each([&](std::string_view word, std::uint64_t count) { items.push_back({prefix_of(word), word, count}); });
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.prefix != b.prefix ? a.prefix < b.prefix : a.word < b.word; });
  RunWriter run(path);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    run.add(items[i].word, items[i].count);
  }
  return run.finish();
}

void save_words(const WordCounts& words, const std::string& path) {
  RunWriter run(path);
  for (std::size_t i = 0; i < words.size(); ++i) run.add(words.word(i), words.counts[i]);
  run.finish();
}

WordCounts load_words(const std::string& path) {
  WordCounts words;
  for (RunReader run(path); run.next();) words.add(run.word(), run.count());
  return words;
}

void merge_runs(const std::vector<std::string>& paths, const Control& control,
                const std::function<void(std::string_view, std::uint64_t)>& emit) {
  std::vector<std::unique_ptr<RunReader>> readers;
  const auto later = [&](std::size_t a, std::size_t b) { return readers[a]->word() > readers[b]->word(); };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> queue(later);
  for (const std::string& path : paths) {
    readers.push_back(std::make_unique<RunReader>(path));
    if (readers.back()->next()) queue.push(readers.size() - 1);
  }
  std::string word;
  std::uint64_t count = 0;
  std::size_t records = 0;
  while (!queue.empty()) {
    const std::size_t first = queue.top();
    queue.pop();
    RunReader& reader = *readers[first];
    if (count != 0 && reader.word() == word) {
      count += reader.count();
    } else {
      if (count != 0) emit(word, count);
      word.assign(reader.word());
      count = reader.count();
    }
    if (reader.next()) queue.push(first);
    if (++records % kCheckEvery == 0) control.check();
  }
  if (count != 0) emit(word, count);
}

}  // namespace tokenspace::train
