// Texts for the targets that compare two ways through the core: either the input's own bytes made valid UTF-8, or one
// piece of text a byte, so that a mutation of one byte moves a word, a border or a combining mark.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "fuzz.hpp"
#include "tokenspace/utf8.hpp"

namespace fuzz {

// Letters and pairs of the small vocabularies, white space of every kind, special tokens, characters that normalizers
// move.
inline constexpr std::string_view kPieces[] = {
    "a",
    "b",
    "c",
    "d",
    "e",
    " ",
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "'",
    "'s",
    "'LL",
    "1",
    "23",
    "4567",
    "A",
    "Ab",
    ".",
    ",",
    "!?",
    "(",
    "-",
    "_",
    "/",
    "<",
    ">",
    "[",
    "]",
    "|",
    "#",
    "@",
    "<s>",
    "<|end|>",
    "[MASK]",
    "Ab",
    "ab",
    "abc",
    " a",
    " ab",
    "n t",
    "\xC3\xA9",
    "e\xCC\x81",
    "\xCC\x81",
    "\xC3\x9F",
    "\xC4\xB0",
    "\xE2\x96\x81",
    "\xE2\x96\x81"
    "a",
    "\xE4\xB8\xAD",
    "\xE6\x96\x87",
    "\xE3\x81\x82",
    "\xE3\x82\xA2",
    "\xE3\x80\x80",
    "\xC2\xA0",
    "\xE2\x80\x8B",
    "\xE2\x80\x8D",
    "\xE2\x80\xA8",
    "\xC2\x85",
    "\x0B",
    "\xEF\xBC\xA1",
    "\xEF\xAC\x81",
    "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",
    "\xF0\x9F\x87\xA9",
    "\xD7\xA9",
    "\xD8\xB9",
    "\xE0\xA4\xB9\xE0\xA4\xBF",
    "\xE1\x84\x80\xE1\x85\xA1",
    "\xEA\xB0\x80",
    "\xC7\x85",
    "\xE2\x85\xA7",
    "\xC2\xB2",
    "\xEF\xBF\xBD",
    "\xEF\xBB\xBF",
    "\xF0\x90\x80\x80",
    "\xF3\xA0\x80\x81",
    "\xC5\xBF",
    "\xE2\x84\xAA",
    "``",
    "''",
};

inline std::string text_of(std::string_view bytes, bool pieces) {
  if (!pieces) return tokenspace::utf8::to_valid(bytes);
  std::string text;
  // NUL and the other controls come as themselves.
  for (const char byte : bytes) {
    const auto index = static_cast<unsigned char>(byte);
    if (index >= 0xF8) {
      text.push_back(static_cast<char>(index - 0xF8));
    } else {
      text.append(kPieces[index % std::size(kPieces)]);
    }
  }
  return text;
}

}  // namespace fuzz
