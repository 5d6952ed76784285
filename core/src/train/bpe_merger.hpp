// The merge loop of BPE training.
#pragma once

#include "bpe_pairs.hpp"
#include "bpe_word_lists.hpp"
#include "bpe_words.hpp"

namespace tokenspace::train {

// Symbol: std::uint16_t when every id fits, else std::uint32_t.
template <class Symbol>
class BpeMerger {
 public:
  BpeMerger(BpeWords<Symbol>& words, TokenTable& tokens, const BpeOptions& options, Control& control);
  // Merges until the vocabulary has options.vocab_size entries or no pair is frequent enough.
  std::vector<BpeMerge> run();

 private:
  void count_pairs();
  void apply(std::uint32_t left, std::uint32_t right, std::uint32_t result, const Candidate& merged);
  void merge_word(std::uint32_t word, Symbol left, Symbol right, std::uint32_t result);
  void lose(std::uint32_t side, std::uint32_t neighbour, std::int64_t count);
  void gain(std::uint32_t side, std::uint32_t neighbour, std::uint32_t word, std::int64_t count);
  bool allowed(const std::string& token) const;
  std::uint64_t count_tokens() const;
  std::vector<LoggedMerge::Pair> most_frequent(std::size_t wanted);

  // What one merge changes about the pairs of one neighbour, on one side of the merged symbols.
  struct Neighbour {
    std::int64_t lost = 0, gained = 0;
    std::uint32_t list = 0;  // number of its word list in this merge, from 1; 0: no pair gained yet
    bool touched = false;
  };
  struct NewList {
    std::uint64_t key;
    std::uint32_t last_word, words, bytes;
  };

  BpeWords<Symbol>& words_;
  TokenTable& tokens_;
  const BpeOptions& options_;
  Control& control_;
  PairCounts pairs_;
  CandidateQueue queue_;
  WordLists lists_;
  std::uint32_t serial_ = 0;
  std::uint32_t result_ = 0;
  std::uint64_t corpus_tokens_ = 0;       // of the counted text as it is cut now
  std::vector<Neighbour> neighbours_[2];  // 0: before the merged symbols, 1: behind; by id
  std::vector<std::uint32_t> touched_[2];
  std::vector<NewList> new_lists_;
  std::vector<WordListWriter> writers_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> found_;  // (list, word) in order of words
};

}  // namespace tokenspace::train
