// Building blocks of the post-processors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenspace/encoding.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/post_processor.hpp"

namespace tokenspace::detail {

using NamedId = std::pair<std::string, std::uint32_t>;

// One special token in front of or behind `encoding`, with offsets (0,0), no word and mask 1.
void push_special(Encoding& encoding, const NamedId& token, std::uint32_t type_id,
                  const PostProcessor::TokenText& text);

// Applies SpaceTrim to every token.
void trim_offsets(Encoding& encoding, bool add_prefix_space, const PostProcessor::TokenText& text);

// ["text", id], the pair the Bert and Roberta processors are given.
NamedId named_id_from_json(Json value);
bool is_named_id(Json value);
void append_named_id(std::string& out, const NamedId& token);

std::shared_ptr<const PostProcessor> template_from_json(Json config);  // of a checked object
bool is_template(Json config);

}  // namespace tokenspace::detail
