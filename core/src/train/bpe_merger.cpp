#include "bpe_merger.hpp"

#include <numeric>
#include <utility>

namespace tokenspace::train {

namespace {

enum Side : std::uint32_t { kBefore = 0, kBehind = 1 };
constexpr std::size_t kCheckEvery = 1 << 15;  // words between two looks at the cancel flag

}  // namespace

BpeMerger::BpeMerger(BpeWords& words, TokenTable& tokens, const BpeOptions& options, Control& control)
    : words_(words), tokens_(tokens), options_(options), control_(control), pairs_(words.size() / 4 + tokens.size()) {}

// Counts of all pairs first, then lists of exactly the right lengths.
void BpeMerger::count_pairs() {
  const auto for_each_pair = [&](auto visit) {
    for (std::uint32_t word = 0; word < words_.size(); ++word) {
      if (word % kCheckEvery == 0) control_.check();
      const std::uint32_t* symbols = words_.symbols.data() + words_.begins[word];
      for (std::uint32_t i = 0; i + 1 < words_.lengths[word]; ++i) {
        visit(word, pair_key(symbols[i], symbols[i + 1]));
      }
    }
  };
  // List numbers are kept in a table of their own: the index of a pair in order of first occurrence.
  PairCounts numbers(words_.size() / 4 + tokens_.size());
  std::vector<std::uint64_t> keys;
  std::vector<std::int64_t> counts;
  std::vector<std::uint32_t> sizes, last;
  for_each_pair([&](std::uint32_t word, std::uint64_t key) {
    std::int64_t& number = numbers[key];
    if (number == 0) {
      keys.push_back(key);
      counts.push_back(0);
      sizes.push_back(0);
      last.push_back(~0u);
      number = static_cast<std::int64_t>(keys.size());
    }
    const auto at = static_cast<std::size_t>(number - 1);
    counts[at] += static_cast<std::int64_t>(words_.counts[word]);
    if (last[at] != word) ++sizes[at];
    last[at] = word;
  });
  std::vector<std::uint32_t*> next(keys.size());
  queue_.reserve(keys.size() * 2);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::span<std::uint32_t> list = lists_.allocate(sizes[i]);
    next[i] = list.data();
    last[i] = ~0u;
    pairs_[keys[i]] = counts[i];
    queue_.push_unordered({counts[i], keys[i], serial_++, sizes[i], list.data()});
  }
  for_each_pair([&](std::uint32_t word, std::uint64_t key) {
    const auto at = static_cast<std::size_t>(numbers[key] - 1);
    if (last[at] != word) *next[at]++ = word;
    last[at] = word;
  });
  queue_.order();
}

void BpeMerger::lose(std::uint32_t side, std::uint32_t neighbour, std::int64_t count) {
  Neighbour& changed = neighbours_[side][neighbour];
  if (!std::exchange(changed.touched, true)) touched_[side].push_back(neighbour);
  changed.lost += count;
}

void BpeMerger::gain(std::uint32_t side, std::uint32_t neighbour, std::uint32_t word, std::int64_t count) {
  // A token that is spelled anew may have itself as neighbour: one pair, not two.
  if (neighbour == result_) side = kBefore;
  Neighbour& changed = neighbours_[side][neighbour];
  if (!std::exchange(changed.touched, true)) touched_[side].push_back(neighbour);
  changed.gained += count;
  if (changed.list == 0) {
    const std::uint64_t key = side == kBefore ? pair_key(neighbour, result_) : pair_key(result_, neighbour);
    new_lists_.push_back({key, ~0u, 0});
    changed.list = static_cast<std::uint32_t>(new_lists_.size());
  }
  NewList& list = new_lists_[changed.list - 1];
  if (list.last_word == word) return;
  list.last_word = word;
  ++list.size;
  found_.emplace_back(changed.list - 1, word);
}

// Replaces every (left, right) of the word from the left, as the reference does: what stands before a merged pair may
// itself be a token of this merge, what stands behind is not yet.
void BpeMerger::merge_word(std::uint32_t word, std::uint32_t left, std::uint32_t right, std::uint32_t result) {
  std::uint32_t* symbols = words_.symbols.data() + words_.begins[word];
  const std::uint32_t length = words_.lengths[word];
  std::uint32_t from = 0;
  while (from + 1 < length && (symbols[from] != left || symbols[from + 1] != right)) ++from;
  if (from + 1 >= length) return;  // an earlier merge took it
  const auto count = static_cast<std::int64_t>(words_.counts[word]);
  const std::uint64_t limit = options_.max_token_length.value_or(~std::size_t{0});
  const std::uint64_t own = tokens_.length(result);
  std::uint32_t to = from;
  while (from < length) {
    if (from + 1 >= length || symbols[from] != left || symbols[from + 1] != right) {
      symbols[to++] = symbols[from++];
      continue;
    }
    if (to > 0) {
      const std::uint32_t before = symbols[to - 1];
      lose(kBefore, before, count);
      if (tokens_.length(before) + own < limit) gain(kBefore, before, word, count);
    }
    if (from + 2 < length) {
      const std::uint32_t behind = symbols[from + 2];
      lose(kBehind, behind, count);
      if (tokens_.length(behind) + own < limit) gain(kBehind, behind, word, count);
    }
    symbols[to++] = result;
    from += 2;
  }
  words_.lengths[word] = to;
}

void BpeMerger::apply(std::uint32_t left, std::uint32_t right, std::uint32_t result,
                      std::span<const std::uint32_t> words) {
  result_ = result;
  for (auto& side : neighbours_) side.resize(tokens_.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kCheckEvery == 0) control_.check();
    if (i + 8 < words.size()) __builtin_prefetch(&words_.begins[words[i + 8]]);
    if (i + 4 < words.size()) __builtin_prefetch(words_.symbols.data() + words_.begins[words[i + 4]]);
    merge_word(words[i], left, right, result);
  }
  for (const std::uint32_t side : {kBefore, kBehind}) {
    for (const std::uint32_t neighbour : touched_[side]) {
      Neighbour& changed = neighbours_[side][neighbour];
      if (changed.lost != 0) {
        pairs_[side == kBefore ? pair_key(neighbour, left) : pair_key(right, neighbour)] -= changed.lost;
      }
      if (changed.gained != 0) {
        pairs_[side == kBefore ? pair_key(neighbour, result) : pair_key(result, neighbour)] += changed.gained;
      }
      changed = {};
    }
    touched_[side].clear();
  }
  std::vector<std::uint32_t*> next;
  next.reserve(new_lists_.size());
  for (const NewList& list : new_lists_) {
    const std::span<std::uint32_t> words_of_pair = lists_.allocate(list.size);
    next.push_back(words_of_pair.data());
    const std::int64_t count = pairs_[list.key];
    if (count > 0) queue_.push({count, list.key, serial_++, list.size, words_of_pair.data()});
  }
  for (const auto& [list, word] : found_) *next[list]++ = word;
  new_lists_.clear();
  found_.clear();
}

bool BpeMerger::allowed(const std::string& token) const {
  if (!options_.max_token_words) return true;
  // A space is itself, U+0120 of the byte-level alphabet, or U+2581.
  std::size_t spaces = 0;
  for (const std::string_view space : {" ", "\xC4\xA0", "\xE2\x96\x81"}) {
    for (std::size_t at = token.find(space); at != std::string::npos; at = token.find(space, at + 1)) ++spaces;
  }
  return spaces <= *options_.max_token_words;
}

std::vector<BpeMerge> BpeMerger::run() {
  const std::size_t start = tokens_.size();
  control_.begin("merge", options_.vocab_size > start ? options_.vocab_size - start : 0);
  std::vector<BpeMerge> merges;
  if (tokens_.size() >= options_.vocab_size) return merges;
  count_pairs();
  while (tokens_.size() < options_.vocab_size && !queue_.empty()) {
    Candidate top = queue_.pop();
    const std::int64_t count = pairs_[top.key];
    if (count != top.count) {
      top.count = count;
      if (count > 0) queue_.push(top);
      continue;
    }
    if (count < 1 || static_cast<std::uint64_t>(count) < options_.min_frequency) break;
    const auto left = static_cast<std::uint32_t>(top.key >> 32);
    const auto right = static_cast<std::uint32_t>(top.key);
    std::string_view tail = tokens_.text(right);
    const auto& prefix = options_.continuing_subword_prefix;
    if (prefix && tail.starts_with(*prefix)) tail.remove_prefix(prefix->size());
    std::string token = tokens_.text(left);
    token.append(tail);
    if (!allowed(token)) continue;
    const std::uint32_t result = tokens_.add(std::move(token), tokens_.length(left) + tokens_.length(right));
    merges.push_back({left, right, result, static_cast<std::uint64_t>(count)});
    apply(left, right, result, {top.list, top.words});
    control_.done = tokens_.size() - start;
  }
  return merges;
}

}  // namespace tokenspace::train
