// tokenizer.json as a whole: the parts of a Tokenizer to text and back (tokenizers 0.23.3, format version 1.0).
#pragma once

#include <string>

#include "tokenspace/tokenizer.hpp"

namespace tokenspace {

// A complete file that the reference reads with the same result. Error(unsupported) naming the part that this format
// cannot state (a component of another format). Reading: read_tokenizer_json in tokenizer.hpp.
std::string write_tokenizer_json(const Tokenizer& tokenizer);

}  // namespace tokenspace
