#include "count_table.hpp"
#include "tokenspace/train_unigram.hpp"
#include "tokenspace/utf8.hpp"
#include "unigram_rules.hpp"

namespace tokenspace::train {

WordCounts split_words(const WordCounts& words, const PieceRules& piece_rules, const Control& control) {
  constexpr std::size_t kCheckEvery = 1 << 14;
  const unigram::Rules rules(piece_rules);
  CountTable parts;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    const std::string_view word = words.word(i);
    const char* begin = word.data();
    const char* const end = begin + word.size();
    unigram::CharacterClass before{};
    for (const char* p = begin; p < end;) {
      const char* const here = p;
      const unigram::CharacterClass now = rules.classify(utf8::decode_unchecked(p));
      if (here > begin && rules.cuts(before, now)) {
        parts.add({begin, static_cast<std::size_t>(here - begin)}, words.counts[i]);
        begin = here;
      }
      before = now;
    }
    parts.add({begin, static_cast<std::size_t>(end - begin)}, words.counts[i]);
  }
  WordCounts out;
  parts.for_each([&](std::string_view word, std::uint64_t count) { out.add(word, count); });
  return out;
}

}  // namespace tokenspace::train
