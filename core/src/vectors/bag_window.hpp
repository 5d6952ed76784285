// Words as bags of rows (FastText: a word's own row and those of its n-grams), for the words around a centre.
//
// A word that is within reach of the centre is put together once, when it comes into reach; the steps of all centres
// change that one vector, and what it has changed by is given to its rows when it falls out of reach. So rows that lie
// all over the memory are read once and written once a word, not once a pair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "pair_kernels.hpp"
#include "rows.hpp"
#include "tokenspace/word2vec.hpp"

namespace tokenspace::vectors {

class BagWindow {
 public:
  // as_mean: vectors are the sums of their rows divided by the number of n-grams, as gensim trains skip-gram; else sums
  // (CBOW, which divides by the rows of the window).
  BagWindow(const Word2VecConfig& config, bool as_mean);

  // Of a new chunk of text.
  void begin(const std::vector<std::int32_t>& words, const Rows& own, const Rows& parts);
  // Positions before `first` are out of reach: their rows get their changes.
  void give_back_before(std::size_t first);
  void give_back_all() { give_back_before(next_); }
  // Asks for the rows of a position that will be used soon.
  void prefetch(std::size_t position) const;

  struct Item {
    float* vector;  // (dim); written into by the step
    float rows;     // in the bag
    float lock;     // mean lock factor of its rows
  };
  // Positions are asked for in any order within reach; valid until they are given back.
  Item at(std::size_t position);

 private:
  struct Slot {
    std::size_t position = 0;
    bool used = false;
    float lock = 1.0f;
  };
  std::span<const std::uint32_t> parts_of(std::uint32_t word) const;
  std::size_t slot_of(std::size_t position) const { return position % slots_.size(); }
  float* now(std::size_t slot) { return vectors_.data() + slot * 2 * stride_; }
  float* before(std::size_t slot) { return now(slot) + stride_; }
  float own_lock(std::uint32_t word) const;
  float part_lock(std::uint32_t part) const;
  void give_back(std::size_t slot);

  const Word2VecConfig& config_;
  const PairKernels& kernels_;
  bool as_mean_;
  bool locked_;
  std::size_t dim_, stride_;
  std::vector<Slot> slots_;
  std::vector<float> vectors_;  // of each slot: as it is, and as it was put together
  std::vector<float*> rows_;
  const std::vector<std::int32_t>* words_ = nullptr;
  Rows own_, parts_;
  std::size_t first_ = 0, next_ = 0;  // positions that may be held: [first_, next_)
};

}  // namespace tokenspace::vectors
