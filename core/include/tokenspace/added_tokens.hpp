// Tokens outside the model's vocabulary or outside its rules: special tokens and user-added ones
// (tokenizers' AddedVocabulary, 0.23.3).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/json.hpp"
#include "tokenspace/model.hpp"
#include "tokenspace/normalizer.hpp"
#include "tokenspace/pre_tokenizer.hpp"

namespace tokenspace {

struct AddedToken {
  std::string content;
  bool single_word = false;
  bool lstrip = false;
  bool rstrip = false;
  bool normalized = true;
  bool special = false;
};

// What a special token written in user text means.
enum class SpecialPolicy : std::uint8_t {
  allow,    // it becomes its id (tokenizers' default)
  as_text,  // it is ordinary text (tokenizers' encode_special_tokens = true)
  error,    // Error(special_token) naming the token and its byte offset
};

class AddedTokens {
 public:
  AddedTokens();  // none
  // Adds in order, as AddedVocabulary::add_tokens: a token found in the model takes the model's id, else the next free
  // id; empty and duplicate contents are ignored. `honour_id`, when given per token, is used by formats whose ids are
  // authoritative (tiktoken, tekken), never by tokenizer.json.
  struct Entry {
    AddedToken token;
    std::optional<std::uint32_t> honour_id;
  };
  AddedTokens(std::vector<Entry> entries, const Model& model, const Normalizer* normalizer);
  // A copy with more tokens behind the present ones. `added` counts the new ones.
  AddedTokens extended(std::vector<Entry> entries, const Model& model, const Normalizer* normalizer,
                       std::size_t* added) const;

  bool empty() const;
  std::optional<std::uint32_t> token_to_id(std::string_view content) const;
  const std::string* id_to_token(
      std::uint32_t id) const;  // the text tokenizers' simple_id_to_token gives, else nullptr
  const AddedToken* find(std::uint32_t id) const;
  bool is_special(std::string_view content) const;
  bool is_special_id(std::uint32_t id) const;  // by content, as decode does
  std::vector<std::pair<std::uint32_t, AddedToken>> sorted_by_id() const;
  std::uint32_t id_bound() const;

  // True when some token must be looked for in normalized text (the two-stage extraction then needs the normalizer).
  bool has_normalized() const;

  // A matched token or the ordinary text between two, in bytes of the raw text.
  struct Segment {
    Span span;
    bool added = false;
    std::uint32_t id = 0;
  };
  // Stage one only: tokens with normalized = false, on raw text. Fast when nothing matches (SIMD pre-filter on the
  // first two bytes): more than 4 GB/s on ordinary text. Appends segments covering the text; returns false when there
  // was no match.
  bool split_raw(std::string_view text, SpecialPolicy policy, std::vector<Segment>& out) const;

  // Stage two alone, for a part of the text that normalization would not change: tokens with normalized = true. Appends
  // as split_raw, spans relative to `part`.
  bool split_normalized(std::string_view part, SpecialPolicy policy, std::vector<Segment>& out) const;

  // Both stages with normalization in between, as extract_and_normalize: the pieces the pre-tokenizer receives.
  void extract_and_normalize(std::string_view text, const Normalizer* normalizer, SpecialPolicy policy,
                             std::vector<Piece>& out) const;

  std::string json() const;  // the "added_tokens" array of tokenizer.json

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;  // immutable, shared between copies
};

// Reads the "added_tokens" array (ids are not honoured, as in the reference).
std::vector<AddedTokens::Entry> added_tokens_from_json(Json array);

}  // namespace tokenspace
