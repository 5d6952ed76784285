// Reads from a tokenizer's components whether text may be encoded word by word (word: the text from one run of spaces
// to the next), and under which conditions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tokenspace/tokenizer.hpp"

namespace tokenspace::detail {

struct SpaceUnitConfig {
  // For units behind the first of a segment: the normalizer without its Prepend. May be null.
  std::shared_ptr<const Normalizer> inner;
  bool splits = false;         // the pre-tokenizer ends a piece at every cut, whatever the model
  bool strips = false;         // Strip: text that begins or ends with white space goes the general way
  bool graphemes = false;      // Precompiled looks at grapheme clusters
  bool unsafe_last[256] = {};  // last bytes of characters that no cut may follow, whatever the normalizer makes of them
  // Bytes one of which every text holds that can contain an added token with normalized = true.
  std::string anchors;
  bool anchors_need_ascii = false;  // a non-ASCII character may become an anchor
};

std::optional<SpaceUnitConfig> space_unit_config(const TokenizerParts& parts);

// May text be cut between `c` and the space behind it? Yes when the normalizer leaves something of it that is no white
// space, alone and after a letter.
bool may_cut_behind(const SpaceUnitConfig& config, char32_t c);

}  // namespace tokenspace::detail
