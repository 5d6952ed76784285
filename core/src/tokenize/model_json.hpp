// What the readers of the four model objects share.
#pragma once

#include <string_view>

#include "tokenspace/json.hpp"
#include "tokenspace/vocab.hpp"

namespace tokenspace {

// Error(format) when the object has a "type" other than `expected`.
void check_model_type(Json config, std::string_view expected);
// {"token": id, ...}
Vocab read_vocab(Json object);

}  // namespace tokenspace
