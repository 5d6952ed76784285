// Trainers on small corpora of any text, and counts read back from a file of any bytes. Byte 0 chooses the trainer and
// its options, byte 1 the vocabulary size; the rest is the corpus, one word a line.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <unistd.h>

#include "fuzz.hpp"
#include "tokenspace/train_bpe.hpp"
#include "tokenspace/train_count.hpp"
#include "tokenspace/train_unigram.hpp"
#include "tokenspace/utf8.hpp"

namespace {

using namespace tokenspace;

// A file of the process's own, written anew for every input.
const std::string& scratch_path() {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("tokenspace-fuzz-" + std::to_string(getpid()) + ".run")).string();
  static const int registered = std::atexit([] { std::remove(scratch_path().c_str()); });
  (void)registered;
  return path;
}

void read_counts(std::string_view bytes) {
  if (std::FILE* file = std::fopen(scratch_path().c_str(), "wb")) {
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
    (void)train::load_words(scratch_path());
  }
}

train::WordCounts words_of(std::string_view text, bool raw_bytes) {
  train::WordCounts words;
  std::uint64_t count = 1;
  while (!text.empty()) {
    const std::size_t cut = std::min(text.find('\n'), text.size());
    const std::string word = raw_bytes ? std::string(text.substr(0, cut)) : utf8::to_valid(text.substr(0, cut));
    if (!word.empty()) words.add(word, count);
    count = count * 3 % 1000003;
    text.remove_prefix(std::min(cut + 1, text.size()));
  }
  return words;
}

void train_pieces(std::uint8_t choice, std::size_t size, std::string_view text) {
  train::UnigramOptions options;
  options.vocab_size = size;
  options.threads = 1;
  options.character_coverage = (choice & 16) != 0 ? 0.9 : 1.0;
  options.max_piece_length = (choice & 32) != 0 ? 3 : 16;
  options.rules.split_digits = (choice & 64) != 0;
  options.rules.split_by_unicode_script = (choice & 128) != 0;
  train::Control control;
  const train::WordCounts words = words_of(text, false);
  const train::UnigramModel model = train::train_unigram(words, options, control);
  if (model.pieces.size() != model.scores.size() || model.pieces.size() > size) std::abort();
}

void train_merges(std::uint8_t choice, std::size_t size, std::string_view text) {
  train::BpeOptions options;
  options.vocab_size = size;
  options.raw_bytes = (choice & 8) != 0;
  options.byte_order = (choice & 16) != 0;
  if ((choice & 32) != 0) options.continuing_subword_prefix = "##";
  if ((choice & 64) != 0) options.end_of_word_suffix = "</w>";
  if ((choice & 128) != 0) options.max_token_length = 4;
  if ((choice & 4) != 0) options.character_coverage = 0.8;
  options.special_tokens = {"<s>"};
  train::Control control;
  const train::BpeResult result = train::train_bpe(words_of(text, options.raw_bytes), options, control);
  for (const train::BpeMerge& merge : result.merges) {
    if (merge.left >= result.vocab.size() || merge.right >= result.vocab.size() || merge.count == 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::string_view rest = fuzz::view(data + 2, size - 2);
  try {
    switch (data[0] & 3) {
      case 0:
        read_counts(rest);
        break;
      case 1:
        train_pieces(data[0], 1 + data[1], rest);
        break;
      default:
        train_merges(data[0], 1 + data[1], rest);
    }
  } catch (const tokenspace::Error&) {
  }
  return 0;
}
