// Sentences and words as Python holds them -> those of the core, and back.
#pragma once

#include <string_view>

#include "module.hpp"
#include "tokenspace/word_ids.hpp"

// A list of sentences, each an iterable of str. Copied: another thread may change the lists while the GIL is released.
// Lone surrogates stay what they are: a str that Python allows is a word like any other. Throws ArgumentError.
tokenspace::TokenLists read_sentences(nb::handle sentences);
// A list of str; every count is 1.
tokenspace::train::WordCounts read_words(nb::handle words);
nb::object word_to_str(std::string_view word);
