// The extension module tokenspace._core: private, wrapped by the Python package. One register_* function per file.
#include "module.hpp"

NB_MODULE(_core, m) {
  m.doc() = "Native core of tokenspace (private; use the tokenspace package).";
  register_errors(m);
  register_options(m);
  register_encoding(m);
  register_tokenizer(m);
  register_decode_stream(m);
  register_formats(m);
  register_components(m);
  register_train(m);
  register_train_unigram(m);
  register_charsmap(m);
  register_word_ids(m);
  register_word2vec(m);
  register_phrases(m);
  register_glove(m);
  register_fasttext(m);
  register_knn(m);
  register_token_table(m);
  register_transport(m);
  register_transformer(m);
  register_vector_formats(m);
}
