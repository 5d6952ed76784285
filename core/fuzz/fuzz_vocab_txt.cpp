// BERT vocab.txt; the first byte holds the options.
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  tokenspace::BertOptions options;
  options.lowercase = data[0] & 1;
  options.tokenize_chinese_chars = data[0] & 2;
  if (data[0] & 4) options.strip_accents = data[0] & 8;
  return fuzz::run([&] { return tokenspace::read_bert_vocab(fuzz::view(data + 1, size - 1), "vocab.txt", options); });
}
