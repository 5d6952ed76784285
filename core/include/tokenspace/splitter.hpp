// Compiled splitters: the split patterns that byte-level tokenizers use, as scanners over character classes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "tokenspace/regex.hpp"

namespace tokenspace {

class Splitter {
 public:
  virtual ~Splitter() = default;
  // Appends the end offset of each piece of `text` (valid UTF-8). The pieces cover the text.
  virtual void split(std::string_view text, std::vector<std::uint32_t>& ends) const = 0;
  // A position >= target where cutting the text gives the same pieces, or text.size(). Looks at few bytes.
  virtual std::size_t safe_split(std::string_view text, std::size_t target) const = 0;
};

// nullptr for patterns that are not one of the known families (then Regex is the way).
std::unique_ptr<Splitter> compiled_splitter(std::string_view pattern, Regex::Syntax syntax);

}  // namespace tokenspace
