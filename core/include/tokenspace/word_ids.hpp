// Words of sentences counted and turned into ids: what comes before word vectors are trained.
//
// A block of text holds one sentence a line ('\n' alone ends a line); words are what white space separates, exactly as
// Python's str.split() takes white space (the White_Space property and U+001C to U+001F). A line without a word is no
// sentence unless the caller says so. Sentences may be of any length.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tokenspace/buffer.hpp"
#include "tokenspace/train.hpp"

namespace tokenspace {

// Sentences whose words are known: the words one after another, and how they group.
struct TokenLists {
  Buffer<char> text;
  Buffer<std::uint64_t> word_ends;      // word i is text[word_ends[i-1], word_ends[i])
  Buffer<std::uint64_t> sentence_ends;  // sentence j is words sentence_ends[j-1] to sentence_ends[j]
};

struct CountedWords {
  train::WordCounts words;                                   // in the order in which they first occurred
  std::uint64_t dropped_words = 0, dropped_occurrences = 0;  // that occurred too rarely
};

struct WordCounterOptions {
  unsigned threads = 0;                              // 0: all cores
  std::size_t memory_budget = std::size_t{2} << 30;  // bytes, for the tables of all threads
  std::string folder;                                // for sorted runs; empty: nothing may be written
  // 0: no bound. Else whenever a sentence leaves more distinct words than this, those of fewer occurrences than a
  // threshold are forgotten, which is 1 at first and rises by one each time (gensim's max_vocab_size). One thread.
  std::size_t max_words = 0;
};

class WordCounter {
 public:
  explicit WordCounter(const WordCounterOptions& options);
  ~WordCounter();

  // Valid UTF-8, else Error(format). Linear; look_up() is called. Error(limit) above the memory budget when there is no
  // folder, Error(io) when it is full.
  void add_lines(std::string_view block, bool keep_empty);
  void add_sentences(const TokenLists& sentences);

  std::uint64_t words() const;
  std::uint64_t sentences() const;
  std::uint64_t forgotten() const;  // occurrences lost by `max_words`

  // Words that occur at least `least` times, the others only counted as dropped. The counter has no words afterwards;
  // words(), sentences() and forgotten() stay. n log n in their number.
  CountedWords finish(std::uint64_t least);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct EncodedSentences {
  Buffer<std::int32_t> ids;      // words outside the vocabulary are gone
  Buffer<std::int64_t> offsets;  // sentence j is ids[offsets[j], offsets[j+1]); may be empty
  std::uint64_t words = 0;       // of the text, unknown ones included
};

// Immutable, so that threads may share it.
class WordEncoder {
 public:
  // Word i gets id i; of equal ones the first counts. At most 2^31 - 1 words, Error(limit).
  explicit WordEncoder(const train::WordCounts& words);
  ~WordEncoder();

  std::size_t size() const;
  // Valid UTF-8, else Error(format). Linear; look_up() is called.
  EncodedSentences encode_lines(std::string_view block, bool keep_empty, unsigned threads) const;
  EncodedSentences encode_sentences(const TokenLists& sentences, unsigned threads) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tokenspace
