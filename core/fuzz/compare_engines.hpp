// The fast way and the general way through a tokenizer, side by side.
#pragma once

#include <string_view>
#include <vector>

#include "engine_cases.hpp"

namespace fuzz {

// What differs between encode_batch_ids, count_batch and encode for these texts, which share a worker's caches; null:
// nothing.
inline const char* difference(const EngineCase& tested, const std::vector<std::string_view>& texts,
                              const tokenspace::EncodeOptions& options) {
  const tokenspace::Tokenizer& tokenizer = *tested.tokenizer;
  const auto plain = tokenizer.encode_batch_ids(texts, options, tokenspace::OffsetUnit::none, 1);
  const auto spans = tokenizer.encode_batch_ids(texts, options, tokenspace::OffsetUnit::bytes, 1);
  const auto counts = tokenizer.count_batch(texts, options, 1);
  std::uint64_t begin = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const tokenspace::Encoding expected = tokenizer.encode({texts[i], {}, false}, nullptr, options);
    const std::uint64_t end = plain.row_ends[i];
    if (spans.row_ends[i] != end || end - begin != expected.ids.size()) return "numbers of ids differ";
    if (counts[i] != end - begin) return "counts differ";
    for (std::uint64_t k = begin; k < end; ++k) {
      const std::size_t at = k - begin;
      if (plain.ids[k] != expected.ids[at]) return "ids differ";
      if (spans.ids[k] != expected.ids[at]) return "ids with spans differ";
      if (spans.offsets[k] != expected.offsets[at]) return "spans differ";
      if (spans.offsets[k].begin > spans.offsets[k].end || spans.offsets[k].end > texts[i].size())
        return "span outside the text";
    }
    if (tested.lossless && !options.add_special_tokens && tokenizer.decode_bytes(expected.ids, false) != texts[i]) {
      return "decoded bytes are not the text";
    }
    (void)tokenizer.decode(expected.ids, true);
    begin = end;
  }
  return nullptr;
}

}  // namespace fuzz
