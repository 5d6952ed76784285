// The decoders of tokenizer.json, one maker each.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/decoder.hpp"

namespace tokenspace::detail {

using DecoderPtr = std::shared_ptr<const Decoder>;

DecoderPtr bpe_decoder(std::string suffix);
DecoderPtr byte_level_decoder(bool add_prefix_space, bool trim_offsets, bool use_regex);
DecoderPtr wordpiece_decoder(std::string prefix, bool cleanup);
// `scheme`: "first", "always" or "never".
DecoderPtr metaspace_decoder(std::string replacement, std::string_view scheme, bool split);
DecoderPtr ctc_decoder(std::string pad_token, std::string word_delimiter, bool cleanup);
DecoderPtr replace_decoder(std::string pattern, bool is_regex, std::string content);
DecoderPtr fuse_decoder();
DecoderPtr strip_decoder(std::string content, std::uint64_t start, std::uint64_t stop);
DecoderPtr byte_fallback_decoder();
DecoderPtr sequence_decoder(std::vector<DecoderPtr> decoders);

}  // namespace tokenspace::detail
