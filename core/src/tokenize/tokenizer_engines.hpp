// What a Tokenizer holds besides its parts.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine.hpp"
#include "scratch_pool.hpp"
#include "tokenspace/tokenizer.hpp"

namespace tokenspace {

struct Tokenizer::Engines {
  std::unique_ptr<detail::Engine> fast;  // null: only the general path
  detail::ScratchPool pool;
  std::optional<PostProcessor::Affixes> affixes;  // of a single text; empty when only process() will do
  double own_dropout = 0.0;                       // a BPE file may ask for dropout in every encoding

  // Bytes of every token, id by id; built on first use, for vocabularies whose ids are dense.
  struct TokenBytes {
    std::string arena;
    std::vector<std::uint32_t> ends;  // one a token
    std::vector<bool> known;
  };
  std::once_flag bytes_once;
  TokenBytes bytes;
};

// A byte-level token's text -> its bytes: characters of the byte alphabet give their byte; a token with any other
// character stands for its own UTF-8 (tokenizers' ByteLevel decoder).
std::string byte_level_bytes(std::string_view token);

}  // namespace tokenspace
