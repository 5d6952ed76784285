// Sub-word hashing of fastText 0.9.2: which rows the character n-grams of a word and the word n-grams of a line have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tokenspace::fasttext {

// FNV-1a of 32 bits over signed bytes: fastText's, which every published model relies on.
inline std::uint32_t hash(std::string_view bytes, std::uint32_t state = 2166136261u) {
  for (const char byte : bytes) {
    state ^= static_cast<std::uint32_t>(static_cast<std::int32_t>(static_cast<signed char>(byte)));
    state *= 16777619u;
  }
  return state;
}

// What ends each line: a word of the vocabulary like others, but without n-grams.
inline constexpr std::string_view kEndOfLine = "</s>";

// Lengths in code points; none when max_n < 1 or min_n > max_n.
struct NgramLengths {
  int min_n = 3;
  int max_n = 6;
  bool any() const { return max_n >= 1 && min_n <= max_n; }
};

// Calls take(hash) for every n-gram of "<word>", by where it begins, the shorter first. Bytes need not be valid UTF-8:
// a character is a byte with the continuation bytes that follow it.
template <class Take>
void for_each_ngram(std::string_view marked, NgramLengths lengths, Take take) {
  const auto continues = [&](std::size_t i) { return (static_cast<unsigned char>(marked[i]) & 0xC0) == 0x80; };
  for (std::size_t start = 0; start < marked.size(); ++start) {
    if (continues(start)) continue;
    std::uint32_t state = 2166136261u;
    std::size_t end = start;
    for (int length = 1; end < marked.size() && length <= lengths.max_n; ++length) {
      const std::size_t character = end++;
      while (end < marked.size() && continues(end)) ++end;
      state = hash(marked.substr(character, end - character), state);
      if (length >= lengths.min_n && !(length == 1 && (start == 0 || end == marked.size()))) take(state);
    }
  }
}

// Appends the bucket of each n-gram of `word` (not yet between < and >); nothing when bucket is 0. `marked` is scratch.
inline void append_buckets(std::string_view word, NgramLengths lengths, std::uint32_t bucket, std::string& marked,
                           std::vector<std::uint32_t>& out) {
  if (bucket == 0 || !lengths.any() || word == kEndOfLine) return;
  marked.assign(1, '<').append(word).push_back('>');
  for_each_ngram(marked, lengths, [&](std::uint32_t h) { out.push_back(h % bucket); });
}

// One more word in a run of words: the row of the run is the result modulo the bucket. Begin with extend_run's `run`
// as the first word's hash, sign-extended.
inline std::uint64_t begin_run(std::uint32_t word) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(word)));
}
inline std::uint64_t extend_run(std::uint64_t run, std::uint32_t word) {
  return run * 116049371u + begin_run(word);
}

}  // namespace tokenspace::fasttext
