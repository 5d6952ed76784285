#include "bpe_tables.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <string>

#include "tokenspace/error.hpp"

namespace tokenspace::sentencepiece {

std::int32_t score_order(float score) {
  const auto bits = std::bit_cast<std::int32_t>(score);
  return bits < 0 ? bits ^ 0x7FFFFFFF : bits;
}

std::uint64_t BpeTables::pack(std::string_view character) {
  std::uint64_t packed = character.size();
  for (const char c : character) packed = packed << 8 | static_cast<unsigned char>(c);
  return packed;
}

BpeTables::Symbol BpeTables::long_character(std::string_view character) const {
  const std::uint64_t packed = pack(character);
  const std::size_t mask = characters_.size() - 1;
  for (std::size_t at = packed * kMultiplier >> 40 & mask;; at = (at + 1) & mask) {
    if (characters_[at].packed == packed) return characters_[at].symbol;
    if (characters_[at].packed == 0) return kNoSymbol;
  }
}

void BpeTables::add_character(std::string_view character, Symbol symbol) {
  if (character.size() == 1 && static_cast<unsigned char>(character[0]) < 0x80) {
    ascii_[static_cast<unsigned char>(character[0])] = symbol;
    return;
  }
  if (2 * (characters_used_ + 1) > characters_.size()) {
    std::vector<CharSlot> old(characters_.size() * 2);
    old.swap(characters_);
    characters_used_ = 0;
    for (const auto& slot : old) {
      if (slot.packed == 0) continue;
      const std::size_t mask = characters_.size() - 1;
      std::size_t at = slot.packed * kMultiplier >> 40 & mask;
      while (characters_[at].packed != 0) at = (at + 1) & mask;
      characters_[at] = slot;
      ++characters_used_;
    }
  }
  const std::uint64_t packed = pack(character);
  const std::size_t mask = characters_.size() - 1;
  std::size_t at = packed * kMultiplier >> 40 & mask;
  while (characters_[at].packed != 0 && characters_[at].packed != packed) at = (at + 1) & mask;
  if (characters_[at].packed == 0) ++characters_used_;
  characters_[at] = {packed, symbol};
}

BpeTables::BpeTables(const Vocabulary& vocabulary) : pieces_(static_cast<std::uint32_t>(vocabulary.size())) {
  std::fill(std::begin(ascii_), std::end(ascii_), kNoSymbol);
  characters_.resize(1024);
  const auto usable = [&](std::uint32_t id) {
    const PieceType type = vocabulary.type(id);
    return (type == PieceType::normal || type == PieceType::user_defined || type == PieceType::unused) &&
           vocabulary.text(id).find('\0') == std::string_view::npos;
  };

  std::vector<std::uint32_t> by_score(pieces_);
  std::iota(by_score.begin(), by_score.end(), 0);
  const auto& pieces = vocabulary.pieces();
  std::sort(by_score.begin(), by_score.end(), [&](std::uint32_t a, std::uint32_t b) {
    return score_order(pieces[a].score) > score_order(pieces[b].score);
  });
  ranks_.resize(pieces_);
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < by_score.size(); ++i) {
    if (i > 0 && score_order(pieces[by_score[i]].score) != score_order(pieces[by_score[i - 1]].score)) ++rank;
    ranks_[by_score[i]] = rank;
  }

  // Characters: pieces of one character, then the characters inside longer pieces that are no piece themselves.
  for (std::uint32_t id = 0; id < pieces_; ++id) {
    if (!usable(id)) continue;
    if (vocabulary.type(id) == PieceType::unused) has_unused_ = true;
    if (char_length(vocabulary.text(id)) == vocabulary.text(id).size()) add_character(vocabulary.text(id), id);
  }
  Symbol next = pieces_;
  std::vector<std::uint64_t> joins;
  std::vector<std::size_t> ends;
  std::vector<std::uint64_t> pairs;  // left | right | merged as stored
  for (std::uint32_t id = 0; id < pieces_; ++id) {
    if (!usable(id)) continue;
    const std::string_view text = vocabulary.text(id);
    ends.clear();
    Symbol before = kNoSymbol;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t length = 0;
      Symbol symbol = character(text.substr(at), length);
      if (symbol == kNoSymbol) {
        if (next == kNoSymbol) {
          fail(ErrorKind::limit, "read " + vocabulary.file().name, "at most 2097150 pieces and characters", "more");
        }
        symbol = next++;
        add_character(text.substr(at, length), symbol);
      }
      if (at > 0) joins.push_back(static_cast<std::uint64_t>(before) << 32 | symbol);
      before = symbol;
      at += length;
      ends.push_back(at);
    }
    const auto symbol_of = [&](std::string_view part) -> Symbol {
      if (char_length(part) == part.size()) {
        std::size_t length = 0;
        return character(part, length);
      }
      const auto found = vocabulary.find_text_piece(part);
      return found ? *found : kNoSymbol;
    };
    for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
      const Symbol left = symbol_of(text.substr(0, ends[i]));
      if (left == kNoSymbol) continue;
      const Symbol right = symbol_of(text.substr(ends[i]));
      if (right == kNoSymbol) continue;
      pairs.push_back((static_cast<std::uint64_t>(left) << 21 | right) << 22 | (id + 1));
    }
  }

  std::size_t capacity = 64;
  while (capacity < pairs.size() * 2) capacity *= 2;
  pairs_.assign(capacity, kEmpty);
  mask_ = capacity - 1;
  shift_ = 64 - std::countr_zero(capacity);
  for (const std::uint64_t pair : pairs) {
    std::size_t at = (pair >> 22) * kMultiplier >> shift_;
    while (pairs_[at] != kEmpty) at = (at + 1) & mask_;
    pairs_[at] = pair;
  }

  std::sort(joins.begin(), joins.end());
  joins.erase(std::unique(joins.begin(), joins.end()), joins.end());
  std::size_t bits = 1 << 12;
  while (bits < joins.size() * 16) bits *= 2;
  joins_.assign(bits / 64, 0);
  join_shift_ = 64 - std::countr_zero(bits);
  for (const std::uint64_t join : joins) {
    const std::uint64_t bit = join_hash(static_cast<Symbol>(join >> 32), static_cast<Symbol>(join));
    joins_[bit >> 6] |= std::uint64_t{1} << (bit & 63);
  }
}

}  // namespace tokenspace::sentencepiece
