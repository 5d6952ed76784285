// Normalizers: the 14 component types of tokenizer.json (tokenizers 0.23.3) and SentencePiece's.
#pragma once

#include <memory>
#include <string>

#include "tokenspace/aligned_text.hpp"
#include "tokenspace/json.hpp"

namespace tokenspace {

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void normalize(AlignedText& text) const = 0;
  const std::string& json() const { return json_; }  // its object in tokenizer.json, as it was read

 protected:
  std::string json_;
};

// Reads any of the 14 types; a missing or unknown "type" tries each in the reference's declared order. null -> nullptr.
std::shared_ptr<const Normalizer> normalizer_from_json(Json config);

}  // namespace tokenspace
