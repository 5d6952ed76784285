// Words and pairs of neighbouring words counted, from which phrases are found (Mikolov et al. 2013, section 4).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tokenspace/word_ids.hpp"

namespace tokenspace {

struct PhraseCounterOptions {
  std::string delimiter = "_";  // between the words of a pair
  unsigned threads = 0;         // 0: all cores
  // Whenever a sentence leaves more distinct words and pairs than this, those of fewer occurrences than a threshold are
  // forgotten, which is 1 at first and rises by one each time (gensim's max_vocab_size). 0: no bound.
  std::size_t max_words = 0;
};

// A connector word is not counted and does not separate two words: with "of" as one, "bank of america" counts "bank",
// "america" and the pair "bank_of_america". Pairs do not cross sentences.
class PhraseCounter {
 public:
  // `connectors`: only the words count.
  PhraseCounter(const PhraseCounterOptions& options, const train::WordCounts& connectors);
  ~PhraseCounter();

  // One sentence a line, as WordCounter has it. Valid UTF-8, else Error(format). Linear; look_up() is called.
  void add_lines(std::string_view block);
  void add_sentences(const TokenLists& sentences);

  std::uint64_t words() const;  // connector words included
  std::uint64_t sentences() const;
  std::uint64_t least_kept() const;  // the threshold now
  // In the order in which they first occurred, a word before the pair that it ends. The counter is empty afterwards.
  CountedWords finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tokenspace
