// Reads from a tokenizer's components whether its text path is "[NFC] -> splits -> bytes", and with which splitter.
#pragma once

#include <memory>
#include <optional>

#include "tokenspace/splitter.hpp"
#include "tokenspace/tokenizer.hpp"

namespace tokenspace::detail {

struct ByteLevelConfig {
  std::unique_ptr<Splitter> splitter;
  bool nfc = false;               // applies to text that is in NFC already
  bool add_prefix_space = false;  // U+0020 before a segment that does not start with one
};

// `raw_bytes`: the model takes the pieces' bytes as they are (tiktoken), so no ByteLevel pre-tokenizer is needed.
std::optional<ByteLevelConfig> byte_level_config(const TokenizerParts& parts, bool raw_bytes);

}  // namespace tokenspace::detail
