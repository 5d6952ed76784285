// Compiled splitters: the split patterns that byte-level tokenizers use, as scanners over character classes
// (core/src/split/classes.hpp: the class ids; scanners.hpp: one rule per family).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/regex.hpp"

namespace tokenspace {

class Splitter {
 public:
  virtual ~Splitter() = default;
  // Appends the end offset of each piece of `text` (valid UTF-8). The pieces cover the text: where a pattern leaves
  // gaps between matches (CLIP, `\w+|[^\w\s]+`, `\s+`, DeepSeek), each gap is a piece, as a Split with behavior
  // Isolated has it. In CLIP and `\w+|[^\w\s]+` the gaps are exactly the pieces that begin with white space.
  virtual void split(std::string_view text, Buffer<std::uint32_t>& ends) const = 0;
  // A position >= target (a character border) where cutting the text gives the same pieces, or text.size(). Looks at
  // few bytes in text that has white space.
  virtual std::size_t safe_split(std::string_view text, std::size_t target) const = 0;
};

// nullptr for patterns that are not one of the known families (then Regex is the way). Known: GPT-2 / r50k, cl100k,
// Llama-3, Qwen2, Qwen3.5, nanochat, o200k, Tekken, Kimi, the three of DeepSeek-V3, CLIP, `\w+|[^\w\s]+`, `\s+`.
std::unique_ptr<Splitter> compiled_splitter(std::string_view pattern, Regex::Syntax syntax);

// True for a known pattern whose matches leave no gap in any text, so that keeping the matches (Removed with invert)
// and isolating them are the same.
bool pattern_covers_text(std::string_view pattern, Regex::Syntax syntax);

// Splits in sequence with behavior Isolated, each on the pieces before it; nullptr unless they are DeepSeek-V3's three.
std::unique_ptr<Splitter> compiled_sequence(std::span<const std::string_view> patterns, Regex::Syntax syntax);

}  // namespace tokenspace
