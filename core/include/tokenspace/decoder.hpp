// Decoders: the 10 component types of tokenizer.json (tokenizers 0.23.3) and the rules of SentencePiece and tiktoken.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/json.hpp"

namespace tokenspace {

class Decoder {
 public:
  virtual ~Decoder() = default;
  // tokenizers' decode_chain: token texts in, text parts out; decode() joins them.
  virtual std::vector<std::string> decode_chain(std::vector<std::string> tokens) const = 0;
  std::string decode(std::vector<std::string> tokens) const;
  // The bytes a token stands for in the middle of a text: what decode() would give there, before U+FFFD stands for
  // bytes that are no character by themselves.
  virtual std::string token_bytes(std::string token) const = 0;
  // True when decoding is "concatenate the bytes of each token, then make valid UTF-8" (ByteLevel alone, tiktoken), so
  // that Tokenizer can use its table of token bytes.
  virtual bool is_byte_concatenation() const { return false; }
  // What DecodeStream must know to stay linear where it holds text back.
  // Equal neighbours count once (CTC), so a repeated token changes nothing.
  virtual bool merges_repeats() const { return false; }
  // A run of <0xNN> tokens that is not UTF-8 ends the text in U+FFFD for as long as it goes on (ByteFallback).
  virtual bool holds_invalid_runs() const { return false; }
  const std::string& json() const { return json_; }

 protected:
  std::string json_;
};

std::shared_ptr<const Decoder> decoder_from_json(Json config);  // null -> nullptr

// The byte <-> character alphabet of byte-level BPE (GPT-2): every byte has a printable code point.
char32_t byte_to_char(unsigned char byte);
int char_to_byte(char32_t c);  // -1 when c is not in the alphabet
std::string bytes_to_chars(std::string_view bytes);
// Appends the bytes a byte-level token stands for; a token with any other character stands for its own UTF-8.
void append_byte_level(std::string& out, std::string_view token);
// The byte of a token such as <0x0A>, else -1.
int byte_of_token(std::string_view token);

}  // namespace tokenspace
