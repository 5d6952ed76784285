// Trains a Unigram language model of pieces (Kudo 2018, arXiv 1804.10959): many seeds, expectation maximization,
// pruning.
//
// What: of all substrings that recur inside the words, those that explain the words best, with a log-probability each.
// Rules of the references are kept where they define the method (SentencePiece 0.2.3, unigram_model_trainer.cc; HF
// tokenizers 0.23.3, unigram/trainer.rs): seeds scored by frequency times length, digamma in the M-step, pieces
// expected less than half a time dropped, loss of a piece estimated by its second best segmentation, the last tenth cut
// by score. Where they are unstable or lose something, this differs on purpose:
// - sums are integers, so the result is the same bits for every thread count, run and order of the words;
// - seeds are weighted by how often a word occurs, and only substrings that no neighbouring character extends are
// seeds;
// - pruning counts token_cost for every token a piece saves: fewer tokens at a hardly lower likelihood;
// - covered characters are never dropped, and the vocabulary size asked for is reached whenever enough seeds exist.
//
// Cost: n log n for n distinct characters (characters of distinct words after cutting), then about 25 passes over an
// edge list that shrinks by a quarter each third pass. Memory: about 16 bytes a distinct character while seeds are
// sorted, then 4 bytes an edge (5 to 8 edges a character) and 8 bytes a seed and thread.
// Limits: max_piece_length <= 255, seed_size <= 16'000'000, distinct characters < 2^32, counted characters < 2^54.
// Stretches longer than 65'536 characters are cut there. U+0000 is never part of a piece.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tokenspace/train.hpp"

namespace tokenspace::train {

// Which strings may be pieces: the rules of SentencePiece's trainer_interface.cc. The white space mark is U+2581.
struct PieceRules {
  bool split_by_whitespace = true;      // the mark only opens a piece (closes it with whitespace_as_suffix)
  bool split_by_unicode_script = true;  // one script a piece; Hiragana, Katakana and Han count as one
  bool split_by_number = true;          // with the script rule: digits are a script of their own
  bool split_digits = false;            // a digit is a piece by itself
  bool whitespace_as_suffix = false;
  bool allow_whitespace_only = false;  // runs of the mark may be pieces
};

struct UnigramOptions {
  std::size_t vocab_size = 8000;  // pieces wanted, without special tokens
  std::size_t seed_size = 1'000'000;
  double shrinking_factor = 0.75;  // what a pruning keeps; in [0.1, 0.99]
  double token_cost = 1.0;         // nats a token more is worth when pieces are pruned; 0: the references' loss
  unsigned sub_iterations = 2;     // estimations before each pruning; in [1, 100]
  std::size_t max_piece_length = 16;
  double character_coverage = 1.0;     // most frequent characters are covered up to this share of the text
  std::u32string required_characters;  // covered whatever their frequency
  PieceRules rules;
  unsigned threads = 0;  // 0: all cores
};

// Enough to go on after a pruning as if nothing had happened; the words and options must be the same.
struct UnigramState {
  unsigned round = 0;
  std::vector<std::string> pieces;
  std::vector<double> scores;
};

struct UnigramModel {
  std::vector<std::string> pieces;  // by falling score, then by bytes
  std::vector<double> scores;       // natural logarithms
  double log_likelihood = 0.0;      // of the training counts at the last estimation; uncovered characters left out
  unsigned rounds = 0;              // prunings
};

// Called after every pruning, from the calling thread.
using UnigramCheckpoint = std::function<void(const UnigramState&)>;

// Stages in `control`: "seed", "estimate", "prune". `words` must be UTF-8. Throws Error (invalid_argument for options,
// an empty corpus and a vocabulary size the corpus cannot give; format for ill-formed UTF-8; limit) and Cancelled.
UnigramModel train_unigram(const WordCounts& words, const UnigramOptions& options, Control& control,
                           const UnigramState* resume = nullptr, const UnigramCheckpoint& checkpoint = {});

// The words cut wherever no piece can reach across: what a BPE trainer must see to learn only pieces that obey the
// rules.
WordCounts split_words(const WordCounts& words, const PieceRules& rules, const Control& control);

}  // namespace tokenspace::train
