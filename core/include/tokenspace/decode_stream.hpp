// Text from ids that arrive one at a time (a language model's output), never half a character.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tokenspace/tokenizer.hpp"

namespace tokenspace {

// The chunks of tokenizers' DecodeStream (0.23.3): a chunk comes out when the text has grown and does not end in
// U+FFFD, decoded next to the tokens of the chunk before it. Where the reference stops with "Invalid prefix" (a
// byte-fallback run whose later bytes make earlier ones invalid), the chunk is the decoding of its own tokens.
// Amortised constant time a step, also while text is held back. Not thread-safe; one stream a thread.
class DecodeStream {
 public:
  // `prefill`: ids whose text is already shown; they only give context.
  DecodeStream(std::shared_ptr<const Tokenizer> tokenizer, bool skip_special_tokens,
               std::span<const std::uint32_t> prefill = {});

  // The next chunk, or nothing when `id` completes no text. Unknown ids count for nothing.
  std::optional<std::string> step(std::uint32_t id);

  // What is still held back (incomplete characters as U+FFFD). The stream is then as new.
  std::string finish();

 private:
  std::optional<std::string> step_bytes(std::uint32_t id);
  void push_bytes(std::string_view bytes);
  std::optional<std::string> step_tokens(std::string token);
  std::string decode(std::size_t first) const;
  bool run_is_dead(std::string_view token);
  bool surely_held();

  std::shared_ptr<const Tokenizer> tokenizer_;
  bool skip_special_tokens_;
  bool by_bytes_;  // decoding is joining bytes: no context needed

  // by_bytes_: decoded text that may not go out yet, and the beginning of a character behind it.
  std::string held_, tail_;

  // else: tokens since the chunk before the last, of which the first context_ are shown and read prefix_.
  std::vector<std::string> tokens_;
  std::size_t context_ = 0;
  std::string prefix_;
  // A run of <0xNN> tokens: the character it has begun, and whether it is beyond repair.
  std::string run_tail_;
  bool run_dead_ = false;
};

}  // namespace tokenspace
