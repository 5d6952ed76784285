// Pre-tokenizers: the 12 component types of tokenizer.json (tokenizers 0.23.3).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tokenspace/aligned_text.hpp"
#include "tokenspace/json.hpp"

namespace tokenspace {

// A piece of the text on its way to the model. `added` pieces already have their token and are left alone.
struct Piece {
  AlignedText text;
  bool added = false;
  std::uint32_t added_id = 0;
};

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  // Replaces each piece that is not `added` by its parts (empty parts dropped).
  virtual void pre_tokenize(std::vector<Piece>& pieces) const = 0;
  const std::string& json() const { return json_; }

 protected:
  std::string json_;
};

std::shared_ptr<const PreTokenizer> pre_tokenizer_from_json(Json config);  // null -> nullptr

}  // namespace tokenspace
