// SentencePiece parts as components of tokenizer.json, where that format can state them.
#pragma once

#include <string>

#include "vocabulary.hpp"

namespace tokenspace::sentencepiece {

// "" when tokenizer.json has no components with this effect.
std::string normalizer_json(const NormalizerSpec& spec, const Vocabulary* vocabulary);
std::string decoder_json(const Vocabulary& vocabulary);

}  // namespace tokenspace::sentencepiece
