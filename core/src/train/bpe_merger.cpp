#include "bpe_merger.hpp"

#include <algorithm>
#include <utility>

#include "bpe_find_pair.hpp"

namespace tokenspace::train {

namespace {

enum Side : std::uint32_t { kBefore = 0, kBehind = 1 };
constexpr std::size_t kCheckEvery = 1 << 15;  // words between two looks at the cancel flag

}  // namespace

template <class Symbol>
BpeMerger<Symbol>::BpeMerger(BpeWords<Symbol>& words, TokenTable& tokens, const BpeOptions& options, Control& control)
    : words_(words), tokens_(tokens), options_(options), control_(control), pairs_(tokens.size()) {
  words_.symbols.resize(words_.symbols.size() + kSymbolPadding);
}

// Counts of all pairs first, then lists of exactly the right lengths.
template <class Symbol>
void BpeMerger<Symbol>::count_pairs() {
  struct Found {
    std::uint64_t key;
    std::int64_t count = 0;
    std::size_t bytes = 0;  // of its list
    std::uint32_t words = 0, last_word = kNoWord;
  };
  const auto for_each_pair = [&](auto visit) {
    for (std::uint32_t word = 0; word < words_.size(); ++word) {
      if (word % kCheckEvery == 0) control_.check();
      const Symbol* symbols = words_.symbols.data() + words_.words[word].begin;
      for (std::uint32_t i = 0; i + 1 < words_.words[word].length; ++i) visit(word, symbols[i], symbols[i + 1]);
    }
  };
  PairNumbers numbers(tokens_.size());
  std::vector<Found> found;
  for_each_pair([&](std::uint32_t word, std::uint32_t left, std::uint32_t right) {
    std::uint32_t& number = numbers.of(left, right);
    if (number == 0) {
      found.push_back({.key = pair_key(left, right)});
      number = static_cast<std::uint32_t>(found.size());
    }
    Found& pair = found[number - 1];
    pair.count += static_cast<std::int64_t>(words_.words[word].count);
    if (pair.last_word == word) return;
    ++pair.words;
    pair.bytes += listed_bytes(pair.last_word, word);
    pair.last_word = word;
  });
  std::vector<WordListWriter> writers;
  writers.reserve(found.size());
  queue_.reserve(found.size() * 2);
  for (const Found& pair : found) {
    writers.push_back({lists_.allocate(pair.bytes)});
    pairs_[pair.key] = pair.count;
    queue_.push_unordered({pair.count, pair.key, serial_++, pair.words, writers.back().next});
  }
  for_each_pair([&](std::uint32_t word, std::uint32_t left, std::uint32_t right) {
    WordListWriter& list = writers[numbers.of(left, right) - 1];
    if (list.last != word) list.add(word);
  });
  queue_.order();
}

template <class Symbol>
void BpeMerger<Symbol>::lose(std::uint32_t side, std::uint32_t neighbour, std::int64_t count) {
  Neighbour& changed = neighbours_[side][neighbour];
  if (!std::exchange(changed.touched, true)) touched_[side].push_back(neighbour);
  changed.lost += count;
}

template <class Symbol>
void BpeMerger<Symbol>::gain(std::uint32_t side, std::uint32_t neighbour, std::uint32_t word, std::int64_t count) {
  // A token that is spelled anew may have itself as neighbour: one pair, not two.
  if (neighbour == result_) side = kBefore;
  Neighbour& changed = neighbours_[side][neighbour];
  if (!std::exchange(changed.touched, true)) touched_[side].push_back(neighbour);
  changed.gained += count;
  if (changed.list == 0) {
    const std::uint64_t key = side == kBefore ? pair_key(neighbour, result_) : pair_key(result_, neighbour);
    new_lists_.push_back({key, kNoWord, 0, 0});
    changed.list = static_cast<std::uint32_t>(new_lists_.size());
  }
  NewList& list = new_lists_[changed.list - 1];
  if (list.last_word == word) return;
  list.bytes += listed_bytes(list.last_word, word);
  list.last_word = word;
  ++list.words;
  found_.emplace_back(changed.list - 1, word);
}

// Replaces every (left, right) of the word from the left, as the reference does: what stands before a merged pair may
// itself be a token of this merge, what stands behind is not yet.
template <class Symbol>
void BpeMerger<Symbol>::merge_word(std::uint32_t word, Symbol left, Symbol right, std::uint32_t result) {
  auto& [count_of_word, begin, word_length] = words_.words[word];
  Symbol* symbols = words_.symbols.data() + begin;
  const std::uint32_t length = word_length;
  std::uint32_t at = find_pair(symbols, 0, length, left, right);
  if (at == length) return;  // an earlier merge took it
  const auto count = static_cast<std::int64_t>(count_of_word);
  const std::uint64_t limit = options_.max_token_length.value_or(~std::size_t{0});
  const std::uint64_t own = tokens_.length(result);
  std::uint32_t to = at;
  while (at < length) {
    if (to > 0) {
      const std::uint32_t before = symbols[to - 1];
      lose(kBefore, before, count);
      if (tokens_.length(before) + own < limit) gain(kBefore, before, word, count);
    }
    if (at + 2 < length) {
      const std::uint32_t behind = symbols[at + 2];
      lose(kBehind, behind, count);
      if (tokens_.length(behind) + own < limit) gain(kBehind, behind, word, count);
    }
    symbols[to++] = static_cast<Symbol>(result);
    std::uint32_t from = at + 2;
    at = find_pair(symbols, from, length, left, right);
    while (from < at) symbols[to++] = symbols[from++];
  }
  corpus_tokens_ -= (length - to) * count_of_word;
  word_length = to;
}

template <class Symbol>
std::uint64_t BpeMerger<Symbol>::count_tokens() const {
  std::uint64_t tokens = words_.alone;
  for (const auto& word : words_.words) tokens += word.count * word.length;
  return tokens;
}

// The pairs with the largest counts, as they stand. The queue is left as it was: what is taken out is put back with the
// counts it had, and its order is total.
template <class Symbol>
std::vector<LoggedMerge::Pair> BpeMerger<Symbol>::most_frequent(std::size_t wanted) {
  constexpr std::size_t kMostTaken = 1 << 14;
  struct Known {
    std::int64_t count;
    std::uint64_t key;
  };
  const auto before = [](const Known& a, const Known& b) {
    return a.count != b.count ? a.count > b.count : a.key < b.key;
  };
  std::vector<Known> best;
  std::vector<Candidate> taken;
  while (!queue_.empty() && taken.size() < kMostTaken) {
    const Candidate top = queue_.pop();
    taken.push_back(top);
    // Counts only fall after a pair was queued: nothing behind can be more frequent.
    if (best.size() == wanted && top.count < best.back().count) break;
    const Known known{pairs_[top.key], top.key};
    if (known.count < 1 || std::ranges::any_of(best, [&](const Known& one) { return one.key == known.key; })) continue;
    best.insert(std::ranges::upper_bound(best, known, before), known);
    if (best.size() > wanted) best.pop_back();
  }
  for (const Candidate& candidate : taken) queue_.push(candidate);
  std::vector<LoggedMerge::Pair> out;
  for (const Known& one : best) {
    out.push_back({tokens_.text(static_cast<std::uint32_t>(one.key >> 32)),
                   tokens_.text(static_cast<std::uint32_t>(one.key)), static_cast<std::uint64_t>(one.count)});
  }
  return out;
}

template <class Symbol>
void BpeMerger<Symbol>::apply(std::uint32_t left, std::uint32_t right, std::uint32_t result, const Candidate& merged) {
  result_ = result;
  for (auto& side : neighbours_) side.resize(tokens_.size());
  // Two stages of fetching ahead: the word, then its symbols.
  constexpr std::uint32_t kWords = 8, kSymbols = 4, kRing = 16;
  std::uint32_t ring[kRing];
  WordListReader list{merged.list};
  for (std::uint32_t i = 0; i < merged.words + kWords; ++i) {
    if (i < merged.words) {
      ring[i % kRing] = list.word();
      __builtin_prefetch(&words_.words[ring[i % kRing]]);
    }
    if (i >= kWords - kSymbols && i - (kWords - kSymbols) < merged.words) {
      __builtin_prefetch(words_.symbols.data() + words_.words[ring[(i - (kWords - kSymbols)) % kRing]].begin);
    }
    if (i < kWords) continue;
    if (i % kCheckEvery == 0) control_.check();
    merge_word(ring[(i - kWords) % kRing], static_cast<Symbol>(left), static_cast<Symbol>(right), result);
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
  for (const NewList& list : new_lists_) {
    writers_.push_back({lists_.allocate(list.bytes)});
    const std::int64_t count = pairs_[list.key];
    if (count > 0) queue_.push({count, list.key, serial_++, list.words, writers_.back().next});
  }
  for (const auto& [list, word] : found_) writers_[list].add(word);
  writers_.clear();
  new_lists_.clear();
  found_.clear();
}

template <class Symbol>
bool BpeMerger<Symbol>::allowed(const std::string& token) const {
  if (!options_.max_token_words) return true;
  // A space is itself, U+0120 of the byte-level alphabet, or U+2581.
  std::size_t spaces = 0;
  for (const std::string_view space : {" ", "\xC4\xA0", "\xE2\x96\x81"}) {
    for (std::size_t at = token.find(space); at != std::string::npos; at = token.find(space, at + 1)) ++spaces;
  }
  return spaces <= *options_.max_token_words;
}

template <class Symbol>
std::vector<BpeMerge> BpeMerger<Symbol>::run() {
  const std::size_t start = tokens_.size();
  control_.begin("merge", options_.vocab_size > start ? options_.vocab_size - start : 0);
  std::vector<BpeMerge> merges;
  if (tokens_.size() >= options_.vocab_size) return merges;
  count_pairs();
  MergeLog* const log = options_.log;
  corpus_tokens_ = log != nullptr ? count_tokens() : 0;
  if (log != nullptr) log->begin(corpus_tokens_);
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
    std::vector<LoggedMerge::Pair> rivals;
    if (log != nullptr && log->pairs_of(merges.size()) != 0) {
      queue_.push(top);
      rivals = most_frequent(log->pairs_of(merges.size()));
      queue_.pop();
    }
    const std::size_t size_before = tokens_.size();
    const std::uint32_t result = tokens_.add(std::move(token), tokens_.length(left) + tokens_.length(right));
    merges.push_back({left, right, result, static_cast<std::uint64_t>(count)});
    apply(left, right, result, top);
    lists_.release(top.list);
    if (log != nullptr) {
      log->add({left, right, result, tokens_.text(left), tokens_.text(right), tokens_.text(result),
                tokens_.size() > size_before, static_cast<std::uint64_t>(count), corpus_tokens_, tokens_.size(),
                std::move(rivals)});
    }
    control_.done = tokens_.size() - start;
  }
  return merges;
}

template class BpeMerger<std::uint16_t>;
template class BpeMerger<std::uint32_t>;

}  // namespace tokenspace::train
