// The result of encoding with everything computed (tokenizers' Encoding), truncation, padding and merging.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenspace/json.hpp"
#include "tokenspace/span.hpp"

namespace tokenspace {

inline constexpr std::uint32_t kNoWord = std::numeric_limits<std::uint32_t>::max();

enum class Direction : std::uint8_t { left, right };
enum class TruncationStrategy : std::uint8_t { longest_first, only_first, only_second };

struct Truncation {
  std::size_t max_length = 512;
  std::size_t stride = 0;
  TruncationStrategy strategy = TruncationStrategy::longest_first;
  Direction direction = Direction::right;
};

struct Padding {
  std::optional<std::size_t> fixed_length;  // empty: to the longest of the batch
  Direction direction = Direction::right;
  std::optional<std::size_t> multiple_of;
  std::uint32_t pad_id = 0;
  std::uint32_t pad_type_id = 0;
  std::string pad_token = "[PAD]";
};

std::optional<Truncation> truncation_from_json(Json config);  // null or missing -> none
std::optional<Padding> padding_from_json(Json config);
std::string to_json(const std::optional<Truncation>& truncation);
std::string to_json(const std::optional<Padding>& padding);

// Parallel arrays, one element per token. Offsets are bytes into the sequence's own text, or into the word when the
// input was words. Special tokens from the post-processor have offsets (0,0), word kNoWord, mask 1.
struct Encoding {
  std::vector<std::uint32_t> ids;
  std::vector<std::uint32_t> type_ids;
  std::vector<Span> offsets;
  // The same in code points. Both are kept because trim_offsets counts in the unit at hand: bytes and code points part
  // where a normalizer made a space of a longer character.
  std::vector<Span> char_offsets;
  std::vector<std::uint32_t> words;  // word index within its sequence, kNoWord for none
  std::vector<std::uint8_t> special_tokens_mask;
  std::vector<std::uint8_t> attention_mask;
  // Tokens whose text is not their entry's: (index, text), ascending. Unknown pieces of Unigram; the pad token.
  std::vector<std::pair<std::uint32_t, std::string>> token_texts;
  // sequence id -> half-open token range (tokenizers' sequence_ranges); absent means the whole encoding is sequence 0.
  std::vector<std::pair<std::uint32_t, Span>> sequence_ranges;
  std::vector<Encoding> overflowing;

  std::size_t size() const { return ids.size(); }
  void set_sequence_id(std::uint32_t sequence);
  std::vector<std::int32_t> sequence_ids() const;  // -1 for none
  // The methods of tokenizers' Encoding, same results (including overflow windows and their order).
  void truncate(std::size_t max_length, std::size_t stride, Direction direction);
  void pad(std::size_t target, std::uint32_t pad_id, std::uint32_t pad_type_id, std::string_view pad_token,
           Direction direction);
  void merge_with(Encoding other, bool growing_offsets);
};

// tokenizers' truncate_encodings: `added` special tokens are not counted here, the caller already lowered max_length.
void truncate_encodings(Encoding& first, Encoding* second, const Truncation& truncation);
void pad_encodings(std::vector<Encoding>& batch, const Padding& padding);

}  // namespace tokenspace
