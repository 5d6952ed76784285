#include "tokenspace/train_bpe.hpp"

#include "bpe_merger.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::train {

BpeResult train_bpe(const WordCounts& words, const BpeOptions& options, Control& control) {
  TokenTable tokens;
  BpeWords spelled = spell_words(words, options, tokens, control);
  BpeResult result;
  result.merges = BpeMerger(spelled, tokens, options, control).run();
  result.vocab = tokens.take();
  return result;
}

BpeResult extend_bpe(const IdSequences& sequences, std::vector<std::string> vocab, const BpeOptions& options,
                     Control& control) {
  TokenTable tokens;
  for (std::string& text : vocab) {
    const auto length = static_cast<std::uint32_t>(utf8::count_code_points(text));
    const std::size_t before = tokens.size();
    tokens.add(std::move(text), length);
    if (tokens.size() == before) {
      fail(ErrorKind::invalid_argument, "train", "a vocabulary of different entries", "one twice");
    }
  }
  BpeWords words;
  BpeWords::check_size(sequences.ids.size());
  std::uint64_t begin = 0;
  for (std::size_t i = 0; i < sequences.ends.size(); ++i) {
    const std::size_t first = words.symbols.size();
    for (std::uint64_t at = begin; at < sequences.ends[i]; ++at) {
      if (sequences.ids[at] >= tokens.size()) {
        fail(ErrorKind::invalid_argument, "train", "ids of the vocabulary", std::to_string(sequences.ids[at]));
      }
      words.symbols.push_back(sequences.ids[at]);
    }
    words.close(first, sequences.counts[i]);
    begin = sequences.ends[i];
  }
  BpeResult result;
  result.merges = BpeMerger(words, tokens, options, control).run();
  result.vocab = tokens.take();
  return result;
}

}  // namespace tokenspace::train
