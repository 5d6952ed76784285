// Any bytes as lines of sentences: counted and encoded the same by one thread and by several, in one block and in two,
// within memory and beyond it; phrases and co-occurrences of the ids. Byte 0 chooses the options.
#include <cstdlib>
#include <filesystem>
#include <map>

#include <unistd.h>

#include "fuzz.hpp"
#include "tokenspace/glove.hpp"
#include "tokenspace/phrases.hpp"
#include "tokenspace/utf8.hpp"
#include "tokenspace/word_ids.hpp"

namespace {

using namespace tokenspace;

const std::string& scratch_folder() {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("tokenspace-fuzz-" + std::to_string(getpid()))).string();
  static const bool made = std::filesystem::create_directories(path);
  static const int registered = std::atexit([] { std::filesystem::remove_all(scratch_folder()); });
  (void)made;
  (void)registered;
  return path;
}

CountedWords counted(std::string_view text, const WordCounterOptions& options, bool keep_empty, std::uint64_t least,
                     std::size_t cut) {
  WordCounter counter(options);
  counter.add_lines(text.substr(0, cut), keep_empty);
  counter.add_lines(text.substr(cut), keep_empty);
  return counter.finish(least);
}

void check_equal(const CountedWords& a, const CountedWords& b) {
  if (a.words.size() != b.words.size() || a.dropped_occurrences != b.dropped_occurrences) std::abort();
  for (std::size_t i = 0; i < a.words.size(); ++i) {
    if (a.words.word(i) != b.words.word(i) || a.words.counts[i] != b.words.counts[i]) std::abort();
  }
}

void check(std::uint8_t choice, std::string_view text) {
  const bool keep_empty = (choice & 1) != 0;
  const std::uint64_t least = 1 + (choice >> 1 & 1);
  const std::size_t line = text.find('\n', text.size() / 2);
  const std::size_t cut = line == std::string_view::npos ? text.size() : line + 1;
  const CountedWords words = counted(text, {1}, keep_empty, least, cut);
  check_equal(words, counted(text, {2, 1, scratch_folder()}, keep_empty, least, cut));
  const WordEncoder encoder(words.words);
  const EncodedSentences ids = encoder.encode_lines(text, keep_empty, 1);
  if (ids.ids.size() + words.dropped_occurrences != ids.words) std::abort();
  if (static_cast<std::size_t>(ids.offsets.back()) != ids.ids.size()) std::abort();
  PhraseCounter phrases({"_", 2, (choice & 4) != 0 ? std::size_t{3} : 0}, {});
  phrases.add_lines(text);
  if (phrases.words() != ids.words) std::abort();
  (void)phrases.finish();
  if (encoder.size() == 0) return;
  train::Control control;
  CooccurrenceOptions options;
  options.vocab_size = static_cast<std::uint32_t>(encoder.size());
  options.window = 1 + (choice >> 3 & 7);
  options.symmetric = (choice & 64) != 0;
  options.threads = 2;
  options.memory_budget = 1 << 12;
  options.folder = scratch_folder();
  Cooccurrences counts(options);
  counts.add(ids.ids, ids.offsets, control);
  const std::uint64_t bound = counts.bound();
  std::uint64_t emitted = 0;
  counts.drain(control, [&](std::uint32_t row, std::uint32_t column, double count) {
    if (row >= encoder.size() || column >= encoder.size() || !(count > 0)) std::abort();
    ++emitted;
  });
  if (emitted > bound) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes = fuzz::view(data + 1, size - 1);
  try {
    (void)counted(bytes, {1}, false, 1, bytes.size());
  } catch (const tokenspace::Error&) {
  }
  check(data[0], utf8::to_valid(bytes));
  return 0;
}
