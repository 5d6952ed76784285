// Constructors of the normalizers that have a file of their own; normalizer_json.cpp puts them together.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "tokenspace/json.hpp"
#include "tokenspace/normalizer.hpp"

namespace tokenspace {

struct BertNormalizerOptions {
  bool clean_text = true;
  bool handle_chinese_chars = true;
  std::optional<bool> strip_accents;  // empty: as `lowercase`
  bool lowercase = true;
};
std::shared_ptr<const Normalizer> make_bert_normalizer(const BertNormalizerOptions& options);

// `config` has "precompiled_charsmap", base64 of SentencePiece's character map. Error(format) when it is malformed.
std::shared_ptr<const Normalizer> read_precompiled(Json config);

}  // namespace tokenspace
