// Components of tokenizer.json made from their JSON text: how the other readers state what their format means.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tokenspace/decoder.hpp"
#include "tokenspace/normalizer.hpp"
#include "tokenspace/post_processor.hpp"
#include "tokenspace/pre_tokenizer.hpp"
#include "tokenspace/tokenizer.hpp"

namespace tokenspace {

std::shared_ptr<const Normalizer> normalizer_of(std::string json);
std::shared_ptr<const PreTokenizer> pre_tokenizer_of(std::string json);
std::shared_ptr<const PostProcessor> post_processor_of(std::string json);
std::shared_ptr<const Decoder> decoder_of(std::string json);

inline constexpr std::string_view kByteLevelDecoder =
    R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true})";

AddedToken special_token(std::string content);  // special, not normalized

// Cuts at every match of `pattern` in tiktoken's regular expressions and between matches; the pieces stay raw text.
std::shared_ptr<const PreTokenizer> make_rank_split(std::string pattern);
// The pattern of what make_rank_split made, nullptr for other pre-tokenizers.
const std::string* rank_split_pattern(const PreTokenizer* pre_tokenizer);

}  // namespace tokenspace
