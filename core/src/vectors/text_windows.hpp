// From blocks of word ids to windows: chunks of work, sub-sampling, shrinking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "random.hpp"
#include "tokenspace/word2vec.hpp"

namespace tokenspace::vectors {

// Tokens [begin, end) of a block, the first of them in sentence `sentence`.
struct Chunk {
  std::size_t begin;
  std::size_t end;
  std::size_t sentence;
};

// Whole sentences up to `target` tokens a chunk; a sentence longer than that is a few chunks of its own of equal size.
// Throws Error (invalid_argument) for offsets that do not ascend from 0 to the number of ids.
std::vector<Chunk> plan_chunks(const TextBlock& text, std::size_t target);

// A centre and its window: words[begin, end) without words[centre], all of one sentence of the block.
struct Window {
  std::uint32_t centre;
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t sentence;
};

struct WindowOptions {
  std::size_t vocabulary = 0;                 // ids are below
  std::span<const std::uint32_t> sample_int;  // of each word: a draw of 32 bits above it drops the word; empty: none
  std::uint32_t window = 5;
  bool shrink = true;  // the reach of each window is drawn from 1..window, else it is `window`
};

// The words of a chunk that survive sub-sampling, and the windows around them. Words are dropped before windows are
// cut, as in word2vec. Where a chunk is a part of a sentence, neighbours across its border serve as context: nothing is
// lost.
class ChunkWindows {
 public:
  // Throws Error (invalid_argument) for an id outside the vocabulary.
  void read(const TextBlock& text, const Chunk& chunk, const WindowOptions& options, Random& random);

  const std::vector<std::int32_t>& words() const { return words_; }
  const std::vector<Window>& windows() const { return windows_; }

 private:
  std::vector<std::int32_t> words_;
  std::vector<Window> windows_;
};

}  // namespace tokenspace::vectors
