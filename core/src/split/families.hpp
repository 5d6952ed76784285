// Recognition of the split patterns that have a compiled scanner.
#pragma once

#include <string_view>

#include "tokenspace/regex.hpp"

namespace tokenspace::split {

enum class Family : std::uint8_t {
  unknown,
  gpt2,    // also r50k, p50k
  cl100k,  // tiktoken's form: white space at the end of the text is one piece
  llama3,  // also the older cl100k
  qwen2,
  qwen35,
  nanochat,
  o200k,
  tekken,
  kimi,
  deepseek_digits,  // the three patterns of DeepSeek-V3
  deepseek_cjk,
  deepseek_words,
  clip,
  word_runs,
  white_runs,
};

// By the exact text of each alternative: a pattern is cut at its outermost '|' and every part must be a spelling known
// to mean the same under `syntax`. Anything else is unknown, never guessed.
Family recognize(std::string_view pattern, Regex::Syntax syntax);

}  // namespace tokenspace::split
