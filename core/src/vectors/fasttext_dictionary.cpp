#include "tokenspace/fasttext_dictionary.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>

#include "tokenspace/error.hpp"
#include "tokenspace/hash.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::fasttext {

namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

// Calls word(token) for each token and line() at each line feed.
template <class Word, class Line>
void for_each_token(std::string_view text, Word word, Line line) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (is_space(text[i])) {
      if (text[i] == '\n') line();
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && !is_space(text[i])) ++i;
    word(text.substr(begin, i - begin));
  }
}

}  // namespace

Dictionary::Dictionary(DictionaryOptions options) : options_(std::move(options)), slots_(1 << 10, 0) {
  if (options_.label.empty()) {
    fail(ErrorKind::invalid_argument, "fasttext", "a prefix that tells labels from words", "an empty one",
         "label=\"__label__\"");
  }
}

std::size_t Dictionary::slot(std::string_view word) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash_bytes(word) & mask;
  while (slots_[at] != 0 && entry(slots_[at] - 1) != word) at = (at + 1) & mask;
  return at;
}

void Dictionary::rebuild_slots(std::size_t size) {
  slots_.assign(size, 0);
  for (std::size_t i = 0; i < ends_.size(); ++i) slots_[slot(entry(i))] = static_cast<std::uint32_t>(i + 1);
}

void Dictionary::add(std::string_view word, std::uint64_t count, bool is_label) {
  edition_ = 0;
  if (ends_.size() * 2 >= slots_.size()) rebuild_slots(slots_.size() * 2);
  const std::size_t at = slot(word);
  if (slots_[at] != 0) {
    counts_[slots_[at] - 1] += count;
    return;
  }
  if (ends_.size() >= INT32_MAX) {
    fail(ErrorKind::limit, "fasttext", "at most 2147483647 different words", "more", "a tokenizer that cuts words");
  }
  text_.insert(text_.end(), word.begin(), word.end());
  ends_.push_back(text_.size());
  counts_.push_back(count);
  labelled_.push_back(is_label);
  slots_[at] = static_cast<std::uint32_t>(ends_.size());
}

void Dictionary::count(std::string_view text) {
  const auto take = [&](std::string_view word) {
    if ((++tokens_ & 0xFFFF) == 0) look_up();
    add(word, 1, is_label(word));
  };
  for_each_token(text, take, [&] { take(kEndOfLine); });
}

void Dictionary::finish(std::uint64_t min_count, std::uint64_t min_count_label) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < ends_.size(); ++i) {
    if (counts_[i] >= (labelled_[i] ? min_count_label : min_count)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return labelled_[a] != labelled_[b] ? labelled_[b] : counts_[a] > counts_[b];
  });
  Buffer<char> text;
  Buffer<std::uint64_t> ends;
  Buffer<std::uint64_t> counts;
  std::vector<bool> labelled;
  for (const std::uint32_t i : order) {
    const std::string_view word = entry(i);
    text.insert(text.end(), word.begin(), word.end());
    ends.push_back(text.size());
    counts.push_back(counts_[i]);
    labelled.push_back(labelled_[i]);
  }
  text_ = std::move(text);
  ends_ = std::move(ends);
  counts_ = std::move(counts);
  labelled_ = std::move(labelled);
  std::size_t size = 1 << 10;
  while (size < ends_.size() * 2) size *= 2;
  rebuild_slots(size);
  finish();
}

void Dictionary::finish() {
  words_ = static_cast<std::size_t>(std::count(labelled_.begin(), labelled_.end(), false));
  hashes_.resize(words_);
  subword_rows_.clear();
  subword_ends_.clear();
  for (std::size_t i = 0; i < words_; ++i) {
    hashes_[i] = hash(entry(i));
    if (!options_.lengths.any() || options_.bucket == 0) continue;
    if ((i & 0x3FF) == 0) look_up();
    append_ngram_rows(entry(i), subword_rows_);
    subword_ends_.push_back(subword_rows_.size());
  }
  static std::atomic<std::uint64_t> editions{0};
  edition_ = ++editions;
}

void Dictionary::prune(std::unordered_map<std::uint32_t, std::uint32_t> pruned) {
  pruned_ = std::move(pruned);
  is_pruned_ = true;
}

std::int64_t Dictionary::find(std::string_view word) const {
  return static_cast<std::int64_t>(slots_[slot(word)]) - 1;
}

void Dictionary::push_bucket(std::uint32_t bucket, std::vector<std::uint32_t>& rows) const {
  if (is_pruned_) {
    const auto found = pruned_.find(bucket);
    if (found == pruned_.end()) return;
    bucket = found->second;
  }
  rows.push_back(static_cast<std::uint32_t>(words_) + bucket);
}

void Dictionary::append_ngram_rows(std::string_view word, std::vector<std::uint32_t>& rows) const {
  if (word == kEndOfLine || options_.bucket == 0 || !options_.lengths.any()) return;
  std::string marked;
  marked.reserve(word.size() + 2);
  marked.append(1, '<').append(word).push_back('>');
  for_each_ngram(marked, options_.lengths, [&](std::uint32_t h) { push_bucket(h % options_.bucket, rows); });
}

void Dictionary::append_rows(std::string_view word, std::vector<std::uint32_t>& rows) const {
  const std::int64_t id = find(word);
  if (id >= 0 && static_cast<std::size_t>(id) < words_) rows.push_back(static_cast<std::uint32_t>(id));
  append_ngram_rows(word, rows);
}

void Dictionary::check(const Lines& lines) const {
  if (edition_ != 0 && lines.edition == edition_) return;
  fail(ErrorKind::invalid_argument, "fasttext", "lines that this dictionary read, its vocabulary being fixed", "others",
       "read_lines again");
}

void Dictionary::read_lines(std::string_view text, Lines& out) const {
  out.edition = edition_;
  std::uint32_t read = 0;
  std::vector<std::uint32_t> rows;
  std::size_t looked = 0;
  const auto end_line = [&] {
    out.token_ends.push_back(out.tokens.size());
    out.label_ends.push_back(out.labels.size());
    out.read.push_back(read);
    read = 0;
  };
  const auto take = [&](std::string_view word) {
    ++read;
    if ((++looked & 0xFFFF) == 0) look_up();
    const std::int64_t id = find(word);
    if (id >= 0) {
      const auto known = static_cast<std::uint32_t>(id);
      if (known < words_) {
        out.tokens.push_back(known);
      } else {
        out.labels.push_back(known - static_cast<std::uint32_t>(words_));
      }
    } else if (!is_label(word)) {
      // Its n-grams are known, and it takes part in word n-grams.
      rows.clear();
      append_ngram_rows(word, rows);
      out.tokens.push_back(static_cast<std::uint32_t>(words_ + out.unknown_hashes.size()));
      out.unknown_hashes.push_back(hash(word));
      out.unknown_rows.insert(out.unknown_rows.end(), rows.begin(), rows.end());
      out.unknown_ends.push_back(out.unknown_rows.size());
    }
    if (word == kEndOfLine) end_line();
  };
  for_each_token(text, take, [&] { take(kEndOfLine); });
  if (read != 0) end_line();
}

void Dictionary::expand(const Lines& lines, std::size_t i, std::vector<std::uint32_t>& rows) const {
  const std::uint64_t begin = i == 0 ? 0 : lines.token_ends[i - 1];
  const std::uint64_t end = lines.token_ends[i];
  rows.clear();
  for (std::uint64_t t = begin; t < end; ++t) {
    const std::uint32_t token = lines.tokens[t];
    if (token < words_) {
      rows.push_back(token);
      if (subword_ends_.empty()) continue;
      const std::uint64_t first = token == 0 ? 0 : subword_ends_[token - 1];
      rows.insert(rows.end(), subword_rows_.begin() + static_cast<std::ptrdiff_t>(first),
                  subword_rows_.begin() + static_cast<std::ptrdiff_t>(subword_ends_[token]));
    } else {
      const std::size_t unknown = token - words_;
      const std::uint64_t first = unknown == 0 ? 0 : lines.unknown_ends[unknown - 1];
      rows.insert(rows.end(), lines.unknown_rows.begin() + static_cast<std::ptrdiff_t>(first),
                  lines.unknown_rows.begin() + static_cast<std::ptrdiff_t>(lines.unknown_ends[unknown]));
    }
  }
  if (options_.word_ngrams < 2 || options_.bucket == 0) return;
  const auto hash_of = [&](std::uint64_t t) {
    const std::uint32_t token = lines.tokens[t];
    return token < words_ ? hashes_[token] : lines.unknown_hashes[token - words_];
  };
  const auto longest = static_cast<std::uint64_t>(options_.word_ngrams);
  for (std::uint64_t t = begin; t < end; ++t) {
    std::uint64_t run = begin_run(hash_of(t));
    for (std::uint64_t next = t + 1; next < end && next < t + longest; ++next) {
      run = extend_run(run, hash_of(next));
      push_bucket(static_cast<std::uint32_t>(run % options_.bucket), rows);
    }
  }
}

}  // namespace tokenspace::fasttext
