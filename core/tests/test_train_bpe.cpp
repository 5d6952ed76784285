// BPE training: the reference's rules on corpora small enough to follow by hand, and against a naive trainer on random
// ones.
#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "harness.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/train_bpe.hpp"

using namespace tokenspace;
using namespace tokenspace::train;

namespace {

WordCounts words_of(const std::vector<std::pair<std::string, std::uint64_t>>& items) {
  WordCounts words;
  for (const auto& [word, count] : items) words.add(word, count);
  return words;
}

std::vector<std::string> merges_of(const BpeResult& result) {
  std::vector<std::string> out;
  for (const BpeMerge& merge : result.merges) out.push_back(result.vocab[merge.left] + "+" + result.vocab[merge.right]);
  return out;
}

// The rule in its plainest form, one count of all pairs a merge.
std::vector<std::string> naive_merges(const std::vector<std::pair<std::string, std::uint64_t>>& items,
                                      std::size_t vocab_size) {
  std::vector<std::string> vocab;
  for (const auto& [word, count] : items) {
    for (const char c : word) {
      if (std::find(vocab.begin(), vocab.end(), std::string(1, c)) == vocab.end()) vocab.emplace_back(1, c);
    }
  }
  std::sort(vocab.begin(), vocab.end());
  const auto id_of = [&](const std::string& text) {
    return static_cast<std::uint32_t>(std::find(vocab.begin(), vocab.end(), text) - vocab.begin());
  };
  std::vector<std::vector<std::uint32_t>> words;
  for (const auto& [word, count] : items) {
    words.emplace_back();
    for (const char c : word) words.back().push_back(id_of(std::string(1, c)));
  }
  std::vector<std::string> merges;
  while (vocab.size() < vocab_size) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> counts;
    for (std::size_t w = 0; w < words.size(); ++w) {
      for (std::size_t i = 0; i + 1 < words[w].size(); ++i) counts[{words[w][i], words[w][i + 1]}] += items[w].second;
    }
    std::pair<std::uint32_t, std::uint32_t> best;
    std::uint64_t most = 0;
    for (const auto& [pair, count] : counts) {
      if (count > most) {
        most = count;
        best = pair;
      }
    }
    if (most == 0) break;
    const std::string token = vocab[best.first] + vocab[best.second];
    merges.push_back(vocab[best.first] + "+" + vocab[best.second]);
    if (id_of(token) == vocab.size()) vocab.push_back(token);
    const std::uint32_t id = id_of(token);
    for (auto& word : words) {
      std::vector<std::uint32_t> merged;
      for (std::size_t i = 0; i < word.size(); ++i) {
        if (i + 1 < word.size() && word[i] == best.first && word[i + 1] == best.second) {
          merged.push_back(id);
          ++i;
        } else {
          merged.push_back(word[i]);
        }
      }
      word = merged;
    }
  }
  return merges;
}

}  // namespace

TEST("train bpe: the most frequent pair first, of equal ones the smallest ids") {
  Control control;
  BpeOptions options;
  options.vocab_size = 9;
  // Ids by code point: e l n o s t w. "lo" and "ow" stand five times each.
  const auto words = words_of({{"low", 3}, {"lowest", 2}, {"new", 1}});
  const BpeResult result = train_bpe(words, options, control);
  const std::vector<std::string> merges = merges_of(result);
  CHECK_EQ(merges, (std::vector<std::string>{"l+o", "lo+w"}));
  CHECK_EQ(result.vocab.size(), 9u);
  CHECK_EQ(result.merges[0].count, 5u);
}

TEST("train bpe: random words give the merges of a trainer that counts anew each time") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::pair<std::string, std::uint64_t>> items;
    const std::size_t n = 1 + random() % 12;
    for (std::size_t i = 0; i < n; ++i) {
      std::string word;
      const std::size_t length = 1 + random() % 9;
      for (std::size_t c = 0; c < length; ++c) word.push_back(static_cast<char>('a' + random() % 3));
      if (std::none_of(items.begin(), items.end(), [&](const auto& item) { return item.first == word; })) {
        items.emplace_back(word, 1 + random() % 5);
      }
    }
    Control control;
    BpeOptions options;
    options.vocab_size = 4 + random() % 12;
    const BpeResult result = train_bpe(words_of(items), options, control);
    // Tokens spelled in two ways count twice in the reference until both merges are done; plain counting differs there.
    std::vector<std::string> tokens;
    for (const BpeMerge& merge : result.merges) tokens.push_back(result.vocab[merge.result]);
    std::sort(tokens.begin(), tokens.end());
    if (std::adjacent_find(tokens.begin(), tokens.end()) != tokens.end()) continue;
    CHECK_EQ(merges_of(result), naive_merges(items, options.vocab_size));
  }
}

TEST("train bpe: counts beyond 32 bits") {
  Control control;
  BpeOptions options;
  options.vocab_size = 5;
  const std::uint64_t large = 5'000'000'000ull;
  const BpeResult result = train_bpe(words_of({{"ab", large}, {"abc", large}}), options, control);
  CHECK_EQ(result.merges[0].count, 2 * large);
  CHECK_EQ(merges_of(result).back(), std::string("ab+c"));
}

TEST("train bpe: special tokens first, alphabet in code point order, or byte order for ties by bytes") {
  Control control;
  BpeOptions options;
  options.vocab_size = 300;
  options.special_tokens = {"<s>", "</s>"};
  options.raw_bytes = true;
  const auto words = words_of({{" a", 1}, {"\xFF!", 1}});
  const BpeResult by_code_point = train_bpe(words, options, control);
  CHECK_EQ(by_code_point.vocab[0], "<s>");
  CHECK_EQ(by_code_point.vocab[2], "!");
  CHECK_EQ(by_code_point.vocab[3], "a");
  CHECK_EQ(by_code_point.vocab[4], "\xC3\xBF");  // byte FF is its own character
  CHECK_EQ(by_code_point.vocab[5], "\xC4\xA0");  // the space was moved to U+0120
  options.byte_order = true;
  const BpeResult by_byte = train_bpe(words, options, control);
  CHECK_EQ(by_byte.vocab[2], "\xC4\xA0");
  CHECK_EQ(by_byte.vocab[3], "!");
}

TEST("train bpe: prefix and suffix forms, limits on alphabet, frequency and length") {
  Control control;
  BpeOptions options;
  options.vocab_size = 50;
  options.continuing_subword_prefix = "##";
  const auto words = words_of({{"aab", 4}, {"b", 1}});
  BpeResult result = train_bpe(words, options, control);
  CHECK_EQ(result.vocab, (std::vector<std::string>{"a", "b", "##a", "##b", "aa", "aab"}));
  options = {};
  options.vocab_size = 50;
  options.end_of_word_suffix = "</w>";
  result = train_bpe(words, options, control);
  CHECK(std::find(result.vocab.begin(), result.vocab.end(), "b</w>") != result.vocab.end());
  options = {};
  options.vocab_size = 50;
  options.min_frequency = 5;
  CHECK(train_bpe(words, options, control).merges.empty());
  options.min_frequency = 0;
  options.max_token_length = 3;
  for (const std::string& token : train_bpe(words_of({{"abcabc", 9}}), options, control).vocab) CHECK(token.size() < 3);
  options.max_token_length.reset();
  options.limit_alphabet = 1;
  CHECK_EQ(train_bpe(words, options, control).vocab, (std::vector<std::string>{"a", "aa"}));
  options.limit_alphabet.reset();
  options.character_coverage = 0.6;
  CHECK_EQ(train_bpe(words, options, control).vocab, (std::vector<std::string>{"a", "aa"}));
}

TEST("train bpe: nothing to merge, nothing to train on, cancelled") {
  Control control;
  BpeOptions options;
  options.vocab_size = 10;
  CHECK(train_bpe({}, options, control).vocab.empty());
  CHECK(train_bpe(words_of({{"a", 9}, {"b", 9}}), options, control).merges.empty());
  control.cancel();
  bool stopped = false;
  try {
    train_bpe(words_of({{"ab", 1}}), options, control);
  } catch (const Cancelled&) {
    stopped = true;
  }
  CHECK(stopped);
}

TEST("train bpe: the same merges with ids of 16 and of 32 bits, in words longer than a block of the search") {
  std::mt19937 random(11);
  WordCounts words;
  for (std::size_t i = 0; i < 400; ++i) {
    std::string word;
    const std::size_t length = 1 + random() % 60;
    for (std::size_t c = 0; c < length; ++c) word.push_back(static_cast<char>('a' + random() % 5));
    words.add(word, 1 + random() % 9);
  }
  Control control;
  BpeOptions options;
  options.min_frequency = 3;
  options.vocab_size = 60'000;
  const BpeResult narrow = train_bpe(words, options, control);
  options.vocab_size = 70'000;
  const BpeResult wide = train_bpe(words, options, control);
  CHECK(narrow.merges.size() > 200);
  CHECK_EQ(merges_of(narrow), merges_of(wide));
  CHECK_EQ(narrow.vocab, wide.vocab);
}
