// What every binding file needs, and the list of the register functions.
#pragma once

#include <nanobind/nanobind.h>

namespace nb = nanobind;

void register_errors(nb::module_& m);
void register_options(nb::module_& m);
void register_encoding(nb::module_& m);
void register_tokenizer(nb::module_& m);
void register_decode_stream(nb::module_& m);
void register_formats(nb::module_& m);
void register_components(nb::module_& m);
void register_train(nb::module_& m);
void register_train_unigram(nb::module_& m);
void register_charsmap(nb::module_& m);
void register_word_ids(nb::module_& m);
void register_word2vec(nb::module_& m);
void register_phrases(nb::module_& m);
void register_glove(nb::module_& m);
void register_fasttext(nb::module_& m);
void register_knn(nb::module_& m);
void register_token_table(nb::module_& m);
void register_transport(nb::module_& m);
void register_transformer(nb::module_& m);
void register_vector_formats(nb::module_& m);
