// The words of a BPE training as sequences of ids, and the vocabulary that grows over them.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenspace/error.hpp"
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
template <class Symbol>
struct BpeWords {
  struct Word {  // together, for a merge needs all of it
    std::uint64_t count;
    std::uint32_t begin, length;  // in `symbols`; the length shrinks as symbols merge
  };
  Buffer<Symbol> symbols;
  Buffer<Word> words;
  std::uint64_t alone = 0;  // occurrences of the words of one symbol

  std::size_t size() const { return words.size(); }
  // Ends the word whose symbols were appended since `begin`.
  void close(std::size_t begin, std::uint64_t count) {
    const std::size_t length = symbols.size() - begin;
    if (length < 2) {
      if (length == 1) alone += count;
      symbols.resize(begin);
      return;
    }
    words.push_back({count, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(length)});
  }
};

// Error(limit) when positions would not fit 32 bits.
inline void check_symbols(std::uint64_t symbols) {
  if (symbols >= std::numeric_limits<std::uint32_t>::max()) {
    fail(ErrorKind::limit, "train", "distinct words of fewer than 2^32 characters together", std::to_string(symbols),
         "a pre-tokenizer that cuts shorter pieces, or less text");
  }
}

}  // namespace tokenspace::train
