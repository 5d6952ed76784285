#include "tokenspace/train_unigram.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "harness.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"
#include "train/unigram_estimate.hpp"
#include "train/unigram_lattice.hpp"
#include "train/unigram_rules.hpp"
#include "train/unigram_seeds.hpp"
#include "train/unigram_segments.hpp"

using namespace tokenspace;
using namespace tokenspace::train;

namespace {

WordCounts words_of(const std::map<std::string, std::uint64_t>& items) {
  WordCounts words;
  for (const auto& [word, count] : items) words.add(word, count);
  return words;
}

std::map<std::string, std::uint64_t> random_words(unsigned seed, int number, int letters) {
  std::mt19937 rng(seed);
  std::map<std::string, std::uint64_t> out;
  for (int i = 0; i < number; ++i) {
    std::string word;
    for (unsigned n = rng() % 12 + 1; n-- > 0;) word += static_cast<char>('a' + rng() % static_cast<unsigned>(letters));
    out[word] += rng() % 50 + 1;
  }
  return out;
}

// Every substring of two or more characters with its weight, found by counting: what the suffix walk must find.
std::map<std::u32string, std::uint64_t> counted_seeds(const std::map<std::u32string, std::uint64_t>& words,
                                                      std::size_t limit) {
  std::map<std::u32string, std::uint64_t> weight;
  std::map<std::u32string, std::set<std::u32string>> left, right;
  for (const auto& [word, count] : words) {
    for (std::size_t i = 0; i < word.size(); ++i) {
      for (std::size_t n = 2; n <= limit && i + n <= word.size(); ++n) {
        const std::u32string piece = word.substr(i, n);
        weight[piece] += count;
        left[piece].insert(i == 0 ? U"" : word.substr(i - 1, 1));
        right[piece].insert(word.substr(i + n, 1));
      }
    }
  }
  const auto varied = [](const std::set<std::u32string>& s) { return s.size() > 1 || s.count(U"") != 0; };
  std::map<std::u32string, std::uint64_t> out;
  for (const auto& [piece, count] : weight) {
    if (count > 1 && varied(right[piece]) && (varied(left[piece]) || piece.size() == limit)) out[piece] = count;
  }
  return out;
}

UnigramOptions small_options(std::size_t vocab_size) {
  UnigramOptions options;
  options.vocab_size = vocab_size;
  options.threads = 2;
  return options;
}

}  // namespace

TEST("train_unigram: seeds are the substrings that plain counting finds") {
  for (unsigned seed = 0; seed < 80; ++seed) {
    // Few characters give long equal runs in one sorting key; among thousands of others, a suffix takes several keys.
    const auto base = static_cast<char32_t>(seed % 2 == 0 ? 'a' : 0x4E00);
    std::map<std::u32string, std::uint64_t> items;
    for (const auto& [word, count] : random_words(seed, 120, static_cast<int>(seed % 4) + 1)) {
      std::u32string shifted;
      for (const char c : word) shifted.push_back(base + static_cast<char32_t>(c - 'a'));
      items[shifted] = count;
    }
    if (seed % 4 == 1) {
      for (char32_t c = 0x5000; c < 0x7000; ++c) items[std::u32string(1, c)] = 1;
    }
    WordCounts words;
    for (const auto& [word, count] : items) {
      std::string text;
      for (const char32_t c : word) utf8::append(text, c);
      words.add(text, count);
    }
    UnigramOptions options = small_options(1);
    options.max_piece_length = seed % 3 == 0 ? 3 : 16;
    const unigram::Rules rules(options.rules);
    Control control;
    const unigram::Segments segments = unigram::make_segments(words, options, rules, control);
    const unigram::Seeds seeds = unigram::find_seeds(segments, options, rules, control);
    std::map<std::u32string, std::uint64_t> found;
    for (const unigram::Seed& s : seeds.seeds) {
      std::u32string text;
      for (std::uint32_t i = 0; i < s.length; ++i) {
        text += segments.alphabet.characters[segments.symbols[seeds.suffixes[s.first] + i] - 1];
      }
      found[text] = s.weight;
    }
    CHECK(found == counted_seeds(items, options.max_piece_length));
  }
}

TEST("train_unigram: renaming keeps the edges of every position, shortest first") {
  const WordCounts words = words_of(random_words(7, 3000, 3));
  UnigramOptions options = small_options(3);
  const unigram::Rules rules(options.rules);
  Control control;
  unigram::Segments segments = unigram::make_segments(words, options, rules, control);
  const unigram::Seeds seeds = unigram::find_seeds(segments, options, rules, control);
  unigram::Lattice lattice = unigram::build_lattice(std::move(segments), seeds, {0, 0, 1, 2}, 3, 2, control);
  CHECK(lattice.chunks.size() >= 1);
  const auto count_edges = [&] {
    std::uint64_t edges = 0;
    std::uint64_t positions = 0;
    for (const unigram::Chunk& chunk : lattice.chunks) {
      std::uint32_t previous = 0;
      for (std::uint64_t i = chunk.first_edge; i < chunk.last_edge; ++i) {
        const std::uint32_t length = unigram::edge_length(lattice.edges[i]);
        CHECK(length == 1 || length > previous);
        positions += length == 1;
        previous = length;
        ++edges;
      }
      CHECK_EQ(unigram::edge_length(lattice.edges[chunk.last_edge]), 1u);
    }
    std::uint64_t expected = 0;
    for (const std::uint32_t length : lattice.lengths) expected += length;
    CHECK_EQ(positions, expected);
    return edges;
  };
  const std::uint64_t before = count_edges();
  std::vector<std::uint32_t> new_ids(3 + seeds.seeds.size(), unigram::kRemoved);
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < new_ids.size(); ++i) {
    if (i < 3 || i % 2 == 0) new_ids[i] = next++;
  }
  lattice.rename(new_ids, 2, control);
  CHECK(count_edges() < before);
}

TEST("train_unigram: expected counts add up to the characters") {
  const auto items = random_words(9, 500, 4);
  const WordCounts words = words_of(items);
  UnigramOptions options = small_options(4);
  const unigram::Rules rules(options.rules);
  Control control;
  unigram::Segments segments = unigram::make_segments(words, options, rules, control);
  const std::uint64_t characters = segments.characters;
  const unigram::Seeds seeds = unigram::find_seeds(segments, options, rules, control);
  const unigram::Lattice lattice = unigram::build_lattice(std::move(segments), seeds, {0, 0, 1, 2, 3}, 4, 1, control);
  const std::vector<double> scores(4 + seeds.seeds.size(), -5.0);
  const unigram::Expectation expectation = unigram::expect(lattice, scores, 2, control);
  double covered = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    covered += expectation.count(i) * (i < 4 ? 1.0 : static_cast<double>(seeds.seeds[i - 4].length));
  }
  CHECK(std::abs(covered - static_cast<double>(characters)) < 1e-3);
}

TEST("train_unigram: one result for all thread counts") {
  const WordCounts words = words_of(random_words(11, 5000, 6));
  UnigramOptions options = small_options(150);
  Control control;
  options.threads = 1;
  const UnigramModel one = train_unigram(words, options, control);
  CHECK_EQ(one.pieces.size(), 150u);
  for (const unsigned threads : {2u, 5u}) {
    options.threads = threads;
    const UnigramModel other = train_unigram(words, options, control);
    CHECK(other.pieces == one.pieces);
    CHECK(other.scores == one.scores);
    CHECK(other.log_likelihood == one.log_likelihood);
  }
}

TEST("train_unigram: a cancelled training throws Cancelled") {
  const WordCounts words = words_of(random_words(12, 5000, 6));
  Control control;
  control.cancel();
  bool cancelled = false;
  try {
    train_unigram(words, small_options(100), control);
  } catch (const Cancelled&) {
    cancelled = true;
  }
  CHECK(cancelled);
}

TEST("train_unigram: bad options, empty corpora and ill-formed words are refused") {
  Control control;
  const WordCounts words = words_of({{"low", 3}, {"lower", 2}});
  CHECK_THROWS(train_unigram({}, small_options(10), control));
  CHECK_THROWS(train_unigram(words, small_options(0), control));
  CHECK_THROWS(train_unigram(words, small_options(4), control));
  CHECK_THROWS(train_unigram(words, small_options(10'000), control));
  CHECK_THROWS(train_unigram(words_of({{"a\xC3", 3}}), small_options(2), control));
  UnigramOptions options = small_options(6);
  options.max_piece_length = 256;
  CHECK_THROWS(train_unigram(words, options, control));
}

TEST("train_unigram: words longer than a segment are cut, and fill it to the end") {
  std::string text;
  std::mt19937 rng(5);
  for (std::size_t i = 0; i < 3 * unigram::kMaxSegment + 17; ++i) text += static_cast<char>('a' + rng() % 3);
  const WordCounts words = words_of({{text, 1}});
  UnigramOptions options = small_options(50);
  const unigram::Rules rules(options.rules);
  Control control;
  const unigram::Segments segments = unigram::make_segments(words, options, rules, control);
  CHECK_EQ(segments.lengths.size(), 4u);
  CHECK_EQ(*std::max_element(segments.lengths.begin(), segments.lengths.end()), unigram::kMaxSegment);
  CHECK_EQ(segments.characters, text.size());
  CHECK_EQ(train_unigram(words, options, control).pieces.size(), 50u);
}
