// The words of a BPE training as sequences of ids, and the vocabulary that grows over them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenspace/train_bpe.hpp"

namespace tokenspace::train {

class TokenTable {
 public:
  std::size_t size() const { return texts_.size(); }
  const std::string& text(std::uint32_t id) const { return texts_[id]; }
  std::optional<std::uint32_t> find(std::string_view text) const {
    const auto found = ids_.find(text);
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
  }
  // The id of `text`, a new one when it has none. `length`: its characters, 0 for special tokens.
  std::uint32_t add(std::string text, std::uint32_t length) {
    if (const auto known = find(text)) return *known;
    const auto id = static_cast<std::uint32_t>(texts_.size());
    texts_.push_back(std::move(text));
    lengths_.push_back(length);
    ids_.emplace(texts_.back(), id);
    return id;
  }
  std::uint32_t length(std::uint32_t id) const { return lengths_[id]; }
  std::vector<std::string> take() {
    ids_.clear();
    return {std::make_move_iterator(texts_.begin()), std::make_move_iterator(texts_.end())};
  }

 private:
  std::deque<std::string> texts_;  // a deque never moves its elements: the keys of ids_ are views of them
  std::vector<std::uint32_t> lengths_;
  std::unordered_map<std::string_view, std::uint32_t> ids_;
};

// Words of two symbols and more; shorter ones have nothing to merge.
struct BpeWords {
  Buffer<std::uint32_t> symbols;
  Buffer<std::uint32_t> begins;   // of each word in `symbols`
  Buffer<std::uint32_t> lengths;  // shrink as symbols merge
  Buffer<std::uint64_t> counts;

  std::size_t size() const { return begins.size(); }
  // Ends the word whose symbols were appended since `begin`.
  void close(std::size_t begin, std::uint64_t count) {
    const std::size_t length = symbols.size() - begin;
    if (length < 2) {
      symbols.resize(begin);
      return;
    }
    begins.push_back(static_cast<std::uint32_t>(begin));
    lengths.push_back(static_cast<std::uint32_t>(length));
    counts.push_back(count);
  }
  // Error(limit) when positions would not fit 32 bits.
  static void check_size(std::uint64_t symbols);
};

// Special tokens, then the alphabet, then the forms of its characters with prefix and suffix enter `tokens`; the words
// are written with them. Characters outside a limited alphabet are dropped from words.
BpeWords spell_words(const WordCounts& words, const BpeOptions& options, TokenTable& tokens, Control& control);

}  // namespace tokenspace::train
