// Words and labels of a fastText model, and how a line of text becomes rows of its input matrix (fastText 0.9.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/fasttext_ngrams.hpp"

namespace tokenspace::fasttext {

struct DictionaryOptions {
  NgramLengths lengths{0, 0};
  std::uint32_t bucket = 0;
  int word_ngrams = 1;              // runs of up to so many words are rows too
  std::string label = "__label__";  // a token that begins so is a label
};

// Lines as token ids; what a line's rows are is known to the dictionary that made them.
struct Lines {
  Buffer<std::uint32_t> tokens;  // below words(): that word; from words() on: unknown word of this block
  Buffer<std::uint64_t> token_ends;
  Buffer<std::uint32_t> labels;
  Buffer<std::uint64_t> label_ends;
  Buffer<std::uint32_t> read;  // tokens of the line in the text: labels and words outside the vocabulary too
  Buffer<std::uint32_t> unknown_hashes;
  Buffer<std::uint32_t> unknown_rows;
  Buffer<std::uint64_t> unknown_ends;
  std::uint64_t edition = 0;  // of the dictionary that made them

  std::size_t size() const { return token_ends.size(); }
  std::size_t bytes() const {
    return 4 * (tokens.size() + labels.size() + read.size() + unknown_hashes.size() + unknown_rows.size()) +
           8 * (token_ends.size() + label_ends.size() + unknown_ends.size());
  }
};

class Dictionary {
 public:
  explicit Dictionary(DictionaryOptions options);

  // Words first, then labels, each once: the order is the order of the rows. `pruned` tells the rows that are left of
  // the buckets, {bucket: row - words}; without `is_pruned` all are.
  void add(std::string_view word, std::uint64_t count, bool is_label);
  void prune(std::unordered_map<std::uint32_t, std::uint32_t> pruned);
  // Counts the tokens of a block of text.
  void count(std::string_view text);
  // Drops what is rarer, sorts words and labels by falling count (ties: first seen first), and fixes the vocabulary.
  void finish(std::uint64_t min_count, std::uint64_t min_count_label);
  // Fixes the vocabulary as it is.
  void finish();

  std::size_t words() const { return words_; }
  std::size_t labels() const { return ends_.size() - words_; }
  // Of the input matrix: words, then the buckets that are left.
  std::size_t rows() const { return words_ + (is_pruned_ ? pruned_.size() : options_.bucket); }
  std::uint64_t tokens() const { return tokens_; }
  void set_tokens(std::uint64_t tokens) { tokens_ = tokens; }
  bool is_pruned() const { return is_pruned_; }
  const DictionaryOptions& options() const { return options_; }
  std::string_view entry(std::size_t i) const {
    const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1];
    return {text_.data() + begin, static_cast<std::size_t>(ends_[i] - begin)};
  }
  std::uint64_t entry_count(std::size_t i) const { return counts_[i]; }
  // The entry (words, then labels), or -1.
  std::int64_t find(std::string_view word) const;

  // Appends the rows of a word: its own when it is known, and those of its n-grams.
  void append_rows(std::string_view word, std::vector<std::uint32_t>& rows) const;
  // One line for each line end of `text`, and one for what follows the last. A word "</s>" ends a line too.
  void read_lines(std::string_view text, Lines& out) const;
  // Throws Error(invalid_argument) for lines of another dictionary, or of this one before its vocabulary was fixed
  // anew: `expand` trusts their ids.
  void check(const Lines& lines) const;
  // Another number for every vocabulary that was ever fixed; 0 while this one is not.
  std::uint64_t edition() const { return edition_; }
  // The rows of line i, word by word, then those of its word n-grams.
  void expand(const Lines& lines, std::size_t i, std::vector<std::uint32_t>& rows) const;

 private:
  std::size_t slot(std::string_view word) const;
  void rebuild_slots(std::size_t size);
  bool is_label(std::string_view word) const { return word.substr(0, options_.label.size()) == options_.label; }
  void push_bucket(std::uint32_t bucket, std::vector<std::uint32_t>& rows) const;
  void append_ngram_rows(std::string_view word, std::vector<std::uint32_t>& rows) const;

  DictionaryOptions options_;
  Buffer<char> text_;
  Buffer<std::uint64_t> ends_;
  Buffer<std::uint64_t> counts_;
  std::vector<bool> labelled_;
  std::vector<std::uint32_t> slots_;  // 1 + entry, 0: free
  std::size_t words_ = 0;
  std::uint64_t tokens_ = 0;
  std::uint64_t edition_ = 0;
  bool is_pruned_ = false;
  std::unordered_map<std::uint32_t, std::uint32_t> pruned_;
  // Of each known word, once the vocabulary is fixed.
  Buffer<std::uint32_t> hashes_;
  std::vector<std::uint32_t> subword_rows_;
  Buffer<std::uint64_t> subword_ends_;
};

}  // namespace tokenspace::fasttext
