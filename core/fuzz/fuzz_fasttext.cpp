// fastText model files: what the reader accepts must give rows, lines and predictions without a crash.
#include <vector>

#include "fuzz.hpp"
#include "tokenspace/fasttext_bin.hpp"
#include "tokenspace/fasttext_classifier.hpp"

namespace {

std::vector<float> copy(const tokenspace::fasttext::BinFile& file, const tokenspace::fasttext::BinMatrix& matrix) {
  std::vector<float> out(matrix.rows * matrix.columns);
  for (std::uint64_t row = 0; row < matrix.rows; ++row) copy_row(file, matrix, row, out.data() + row * matrix.columns);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ft = tokenspace::fasttext;
  try {
    const ft::BinFile file = ft::read_bin(fuzz::view(data, size), "model.bin");
    const auto expanded = (file.input.rows + file.output.rows) * file.input.columns * 4;
    if (expanded > 64 * size + (1 << 20)) return 0;  // refused by the caller
    const ft::BinArguments& a = file.arguments;
    ft::Dictionary dictionary({{a.minn, a.maxn}, static_cast<std::uint32_t>(a.bucket), a.word_ngrams, "__label__"});
    for (std::size_t i = 0; i < file.entries.size(); ++i) {
      if (dictionary.find(file.entries[i].word) >= 0) return 0;
      dictionary.add(file.entries[i].word, file.entries[i].count, i >= file.words);
    }
    if (file.is_pruned) dictionary.prune(file.pruned);
    dictionary.finish();
    std::vector<float> input = copy(file, file.input);
    std::vector<float> output = copy(file, file.output);
    ft::Lines lines;
    dictionary.read_lines("a word __label__x unknown </s> \xE4\xB8\xAD\xE6\x96\x87 \xFF\n\nlast", lines);
    std::vector<std::uint32_t> rows;
    if (a.model != 3) {
      dictionary.append_rows("word", rows);
      return 0;
    }
    const ft::Classifier classifier(dictionary, {input.data(), file.input.rows, file.input.columns},
                                    {output.data(), file.output.rows, file.output.columns},
                                    {static_cast<ft::Loss>(a.loss), 0, 0.1, 1, 0, 1});
    std::vector<ft::Classifier::Prediction> found;
    for (std::size_t line = 0; line < lines.size(); ++line) {
      dictionary.expand(lines, line, rows);
      classifier.predict(rows, 3, 0.0f, found);
    }
  } catch (const tokenspace::Error&) {
  }
  return 0;
}
