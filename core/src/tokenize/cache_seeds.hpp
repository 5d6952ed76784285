// Puts tokens that encode to themselves into a unit cache before text brings them: 39 % of the different words of
// English text are such tokens, and remembering one here costs a tenth of merging it.
#pragma once

#include "engine.hpp"
#include "tokenspace/bpe.hpp"

namespace tokenspace::detail {

// To be told of each short unit that was merged and became one token. Seeds scratch.ids, once, when that will pay: for
// GPT-2 it takes 2 ms and 8 MB, so many such units must have been seen, or some and long text be ahead. The model's
// tokens are in the byte alphabet.
void met_whole_token(const Bpe& bpe, Scratch& scratch);

}  // namespace tokenspace::detail
