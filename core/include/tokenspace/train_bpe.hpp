// Training of byte-pair encoding: byte-level, by characters, with WordPiece's "##" prefix, and the second stage of
// SuperBPE. The rule is tokenizers' (0.23.3, BpeTrainer): always the pair with the largest count, of equal ones the one
// with the smallest ids; a merge that spells an existing token takes its id and does not grow the vocabulary.
//
// Sources: Sennrich, Haddow, Birch 2016 (the method); Liu et al. 2025 (SuperBPE). Counts have 64 bits where the
// reference has 32.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tokenspace/tokenizer.hpp"
#include "tokenspace/train.hpp"

namespace tokenspace::train {

// What a merge did, as texts: told while the training goes on.
struct LoggedMerge {
  struct Pair {
    std::string left, right;
    std::uint64_t count;
  };
  std::uint32_t left_id, right_id, result_id;
  std::string left, right, token;
  bool is_new;                  // false: the token was in the vocabulary before
  std::uint64_t count;          // occurrences of the pair when it was merged
  std::uint64_t corpus_tokens;  // tokens the counted text has after the merge
  std::uint64_t vocabulary;     // entries after the merge
  std::vector<Pair> pairs;      // the most frequent before the merge, in the order of preference; of the first merges
};

// Merges on their way from the trainer to whoever watches it; may be asked from any thread. It costs about a
// microsecond a merge, and for the first `steps` merges that `pairs` pairs are looked up.
class MergeLog {
 public:
  explicit MergeLog(std::size_t steps = 0, std::size_t pairs = 10) : steps_(steps), pairs_(pairs) {}
  void add(LoggedMerge merge);
  // The merges since the last call.
  std::vector<LoggedMerge> take();
  // Tokens of the counted text before the first merge, 0 before that is known.
  std::uint64_t start_tokens() const;
  void begin(std::uint64_t tokens);
  // How many pairs merge number `merge` (from 0) shall be told with.
  std::size_t pairs_of(std::size_t merge) const { return merge < steps_ ? pairs_ : 0; }

 private:
  const std::size_t steps_, pairs_;
  mutable std::mutex mutex_;
  std::vector<LoggedMerge> merges_;
  std::uint64_t start_tokens_ = 0;
};

struct BpeOptions {
  std::size_t vocab_size = 30000;  // entries wanted, special tokens and alphabet included
  std::uint64_t min_frequency = 0;
  std::vector<std::string> special_tokens;    // get the first ids, in this order
  std::optional<std::size_t> limit_alphabet;  // keep so many characters, the most frequent (ties: smallest)
  double character_coverage = 1.0;            // or the most frequent that cover this share; words end at the others
  std::vector<char32_t> initial_alphabet;     // kept whether or not they occur
  std::optional<std::string> continuing_subword_prefix, end_of_word_suffix;
  std::optional<std::size_t> max_token_length;  // in characters of the alphabet, compared as the reference does
  std::optional<std::size_t> max_token_words;   // SuperBPE: spaces a token may hold
  bool raw_bytes = false;   // words are bytes: each byte is its character of the byte-level alphabet
  bool byte_order = false;  // the alphabet in byte order instead of code point order, which decides ties
  MergeLog* log = nullptr;  // told each merge
};

struct BpeMerge {
  std::uint32_t left, right, result;
  std::uint64_t count;  // occurrences of the pair when it was merged
};

struct BpeResult {
  std::vector<std::string> vocab;  // by id
  std::vector<BpeMerge> merges;    // in the order learnt
};

BpeResult train_bpe(const WordCounts& words, const BpeOptions& options, Control& control);

// Further merges over text that is already tokens: SuperBPE's second stage, and extending a vocabulary. Each word
// becomes the tokens `tokenizer`'s model makes of it; `words` are pieces its pre-tokenizer gives. The result has the
// model's entries by id (an unused id is an empty string), then the new ones; only the new merges. Of `options`,
// special tokens and alphabet are not looked at.
BpeResult extend_bpe(const WordCounts& words, const Tokenizer& tokenizer, const BpeOptions& options, Control& control);

}  // namespace tokenspace::train
