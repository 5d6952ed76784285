// Counted words as Python holds them: shared by the counter that made them and the trainers.
#pragma once

#include <memory>

#include "module.hpp"
#include "tokenspace/train.hpp"

struct SharedWords {
  std::shared_ptr<const tokenspace::train::WordCounts> words;
  bool raw_bytes = false;  // words are bytes for which a ByteLevel pre-tokenizer writes characters
};
