#include "train/unigram_segments.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "tokenspace/error.hpp"
#include "tokenspace/hash.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::train::unigram {
namespace {

constexpr std::size_t kCodePoints = 0x110000;
constexpr std::uint64_t kMaxCounted = std::uint64_t{1} << 54;  // weight times length must fit 64 bits
constexpr std::size_t kCheckEvery = 1 << 16;                   // words between two looks at the cancel flag

// Occurrences of every code point, and validation on the way.
std::vector<std::uint64_t> count_characters(const WordCounts& words, const Control& control) {
  std::vector<std::uint64_t> counts(kCodePoints);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    const std::string_view word = words.word(i);
    if (!utf8::is_valid(word)) {
      fail(ErrorKind::format, "train_unigram", "words in UTF-8", "ill-formed bytes in word " + std::to_string(i),
           "decoding the corpus with errors='replace'");
    }
    const std::uint64_t count = words.counts[i];
    for (const char* p = word.data(); p != word.data() + word.size();) {
      counts[utf8::decode_unchecked(p)] += count;
      if (__builtin_add_overflow(total, count, &total) || total >= kMaxCounted) {
        fail(ErrorKind::limit, "train_unigram", "fewer than 2^54 counted characters", "more",
             "dividing all counts by a constant");
      }
    }
  }
  counts[0] = 0;  // no format can store a piece with U+0000
  return counts;
}

// Characters to cover: the required ones, then the most frequent until they make up the share asked for.
std::vector<char32_t> choose_characters(const std::vector<std::uint64_t>& counts, const UnigramOptions& options) {
  std::vector<bool> required(kCodePoints);
  for (const char32_t c : options.required_characters) {
    if (c != 0 && c < kCodePoints && !(c >= 0xD800 && c < 0xE000)) required[c] = true;
  }
  std::vector<char32_t> candidates;
  std::uint64_t total = 0;
  for (std::size_t c = 0; c < kCodePoints; ++c) {
    total += counts[c];
    if (counts[c] != 0 || required[c]) candidates.push_back(static_cast<char32_t>(c));
  }
  if (total == 0) {
    fail(ErrorKind::invalid_argument, "train_unigram", "a corpus with at least one character", "an empty one",
         "checking the path, the filters and min_frequency");
  }
  std::sort(candidates.begin(), candidates.end(), [&](char32_t a, char32_t b) {
    if (required[a] != required[b]) return static_cast<bool>(required[a]);
    return counts[a] != counts[b] ? counts[a] > counts[b] : a < b;
  });
  std::uint64_t covered = 0;
  std::size_t kept = 0;
  for (; kept < candidates.size(); ++kept) {
    const double share = static_cast<double>(covered) / static_cast<double>(total);
    if (!required[candidates[kept]] && share >= options.character_coverage) break;
    covered += counts[candidates[kept]];
  }
  candidates.resize(kept);
  std::sort(candidates.begin(), candidates.end());
  return candidates;
}

// Distinct stretches: an open-addressing table of indices into the views, which point into the words.
class Distinct {
 public:
  Distinct() : slots_(1 << 16, kFree) {}

  void add(std::string_view text, std::uint32_t length, std::uint64_t count) {
    const std::uint64_t hash = hash_bytes(text);
    for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const std::uint32_t index = slots_[at];
      if (index == kFree) {
        slots_[at] = static_cast<std::uint32_t>(texts_.size());
        texts_.push_back(text);
        lengths.push_back(length);
        counts.push_back(count);
        if (texts_.size() * 2 > slots_.size()) grow();
        return;
      }
      if (texts_[index] == text) {
        counts[index] += count;
        return;
      }
    }
  }

  const std::vector<std::string_view>& texts() const { return texts_; }
  Buffer<std::uint32_t> lengths;
  Buffer<std::uint64_t> counts;

 private:
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;
  void grow() {
    slots_.assign(slots_.size() * 2, kFree);
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      std::size_t at = hash_bytes(texts_[i]) & (slots_.size() - 1);
      while (slots_[at] != kFree) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = static_cast<std::uint32_t>(i);
    }
  }
  std::vector<std::uint32_t> slots_;
  std::vector<std::string_view> texts_;
};

}  // namespace

Segments make_segments(const WordCounts& words, const UnigramOptions& options, const Rules& rules,
                       const Control& control) {
  Segments out;
  Alphabet& alphabet = out.alphabet;
  const std::vector<std::uint64_t> occurrences = count_characters(words, control);
  alphabet.characters = choose_characters(occurrences, options);
  std::vector<Symbol> symbol_of(kCodePoints);
  alphabet.classes.resize(alphabet.characters.size() + 1);
  for (std::size_t i = 0; i < alphabet.characters.size(); ++i) {
    const char32_t c = alphabet.characters[i];
    symbol_of[c] = static_cast<Symbol>(i + 1);
    alphabet.counts.push_back(occurrences[c]);
    alphabet.classes[i + 1] = rules.classify(c);
  }

  Distinct distinct;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    if (words.counts[i] == 0) continue;
    const std::string_view word = words.word(i);
    const char* begin = word.data();
    std::uint32_t length = 0;
    Symbol previous = 0;
    for (const char* p = begin; p != word.data() + word.size();) {
      const char* here = p;
      const Symbol symbol = symbol_of[utf8::decode_unchecked(p)];
      const bool cut = symbol == 0 || length == kMaxSegment ||
                       (previous != 0 && rules.cuts(alphabet.classes[previous], alphabet.classes[symbol]));
      if (cut) {
        if (length != 0) distinct.add({begin, static_cast<std::size_t>(here - begin)}, length, words.counts[i]);
        begin = symbol == 0 ? p : here;
        length = 0;
      }
      length += symbol != 0;
      previous = symbol;
    }
    if (length != 0) {
      distinct.add({begin, static_cast<std::size_t>(word.data() + word.size() - begin)}, length, words.counts[i]);
    }
  }

  std::size_t total = distinct.texts().size();
  for (std::size_t i = 0; i < distinct.lengths.size(); ++i) {
    total += distinct.lengths[i];
    out.characters += distinct.lengths[i] * distinct.counts[i];
  }
  if (total >= 0xFFFFFFFF) {
    fail(ErrorKind::limit, "train_unigram", "fewer than 2^32 characters in distinct words", std::to_string(total),
         "a sample of the corpus, or a pre-tokenizer that cuts more");
  }
  out.lengths = std::move(distinct.lengths);
  out.counts = std::move(distinct.counts);
  out.symbols.resize(total);
  Symbol* write = out.symbols.data();
  for (const std::string_view text : distinct.texts()) {
    for (const char* p = text.data(); p != text.data() + text.size();) *write++ = symbol_of[utf8::decode_unchecked(p)];
    *write++ = 0;
  }
  return out;
}

}  // namespace tokenspace::train::unigram
