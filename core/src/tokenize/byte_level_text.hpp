// Bytes written as characters: what the ByteLevel normalizer and pre-tokenizer do to a text.
#pragma once

#include "tokenspace/text_rewriter.hpp"

namespace tokenspace {

// Rewrites `text` into `out` (which the caller finishes) with every byte as its character of the byte-level alphabet;
// all characters of one code point are aligned to it. A text of '!'..'~' alone costs nothing.
void write_byte_level(AlignedText& text, TextRewriter& out);

}  // namespace tokenspace
