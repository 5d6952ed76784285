#include "bpe_spelling.hpp"

#include <algorithm>
#include <vector>

#include "bpe_find_pair.hpp"

namespace tokenspace::train {

namespace {

constexpr std::size_t kCheckEvery = 1 << 16;  // words between two looks at the cancel flag
constexpr std::uint64_t kWanted = std::numeric_limits<std::uint64_t>::max();  // count of a character asked for

std::map<char32_t, std::uint64_t> count_characters(const WordCounts& words, bool raw_bytes, Control& control) {
  std::map<char32_t, std::uint64_t> counts;
  std::array<std::uint64_t, 0x10000> basic{};  // most text has no other characters
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    const std::uint64_t count = words.counts[i];
    for_each_char(words.word(i), raw_bytes, [&](char32_t c, bool, bool) {
      if (c < basic.size()) {
        basic[c] += count;
      } else {
        counts[c] += count;
      }
    });
  }
  for (char32_t c = 0; c < basic.size(); ++c) {
    if (basic[c] != 0) counts[c] = basic[c];
  }
  return counts;
}

std::vector<char32_t> choose_alphabet(const WordCounts& words, const BpeOptions& options, Control& control) {
  auto counts = count_characters(words, options.raw_bytes, control);
  std::uint64_t total = 0;
  for (const auto& [c, count] : counts) total += count;
  std::uint64_t wanted = 0;  // occurrences of characters that stay in any case
  for (const char32_t c : options.initial_alphabet) {
    std::uint64_t& count = counts[c];
    if (count != kWanted) wanted += count;
    count = kWanted;
  }
  std::vector<std::pair<char32_t, std::uint64_t>> kept(counts.begin(), counts.end());
  std::stable_sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (options.limit_alphabet && kept.size() > *options.limit_alphabet) kept.resize(*options.limit_alphabet);
  if (options.character_coverage < 1.0) {
    const double enough = options.character_coverage * static_cast<double>(total);
    std::uint64_t covered = wanted;
    std::size_t n = 0;
    while (n < kept.size() && (kept[n].second == kWanted || static_cast<double>(covered) < enough)) {
      if (kept[n].second != kWanted) covered += kept[n].second;
      ++n;
    }
    kept.resize(n);
  }
  std::vector<char32_t> alphabet;
  for (const auto& [c, count] : kept) alphabet.push_back(c);
  const auto order = [&](char32_t c) {
    const int byte = options.byte_order && options.raw_bytes ? char_to_byte(c) : -1;
    return byte >= 0 ? static_cast<char32_t>(byte) : c + 256;
  };
  std::sort(alphabet.begin(), alphabet.end(), [&](char32_t a, char32_t b) { return order(a) < order(b); });
  return alphabet;
}

}  // namespace

Spelling::Spelling(const WordCounts& words, const BpeOptions& options, TokenTable& tokens, Control& control)
    : options_(options) {
  for (const std::string& token : options.special_tokens) tokens.add(token, 0);
  for (const char32_t c : choose_alphabet(words, options, control)) {
    Forms forms;
    forms.ids[0] = tokens.add(text_of(c, 0), 1);
    forms_.emplace(c, forms);
  }
  for (char32_t c = 0; c < fast_.size(); ++c) {
    const auto found = forms_.find(c);
    fast_[c] = found == forms_.end() ? kNone : found->second.ids[0];
  }
  if (!plain()) add_forms(words, tokens, control);
}

// The reference enters these forms in the order words come; here they come in the alphabet's order, always.
void Spelling::add_forms(const WordCounts& words, TokenTable& tokens, Control& control) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    for_each_char(words.word(i), options_.raw_bytes, [&](char32_t c, bool first, bool last) {
      const auto found = forms_.find(c);
      if (found != forms_.end()) found->second.seen |= 1u << form(first, last);
    });
  }
  for (unsigned kind = 1; kind < 4; ++kind) {
    for (auto& [c, forms] : forms_) {
      if ((forms.seen >> kind & 1) != 0) forms.ids[kind] = tokens.add(text_of(c, kind), 1);
    }
  }
}

std::string Spelling::text_of(char32_t c, unsigned kind) const {
  std::string text;
  if ((kind & 1) != 0) text = *options_.continuing_subword_prefix;
  utf8::append(text, c);
  if ((kind & 2) != 0) text += *options_.end_of_word_suffix;
  return text;
}

template <class Symbol>
BpeWords<Symbol> spell_words(const WordCounts& words, const Spelling& spelling, Control& control) {
  check_symbols(words.text.size());
  const BpeOptions& options = spelling.options();
  BpeWords<Symbol> out;
  if (options.raw_bytes) out.symbols.reserve(words.text.size() + kSymbolPadding);
  out.words.reserve(words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    std::size_t begin = out.symbols.size();
    for_each_char(words.word(i), options.raw_bytes, [&](char32_t c, bool first, bool last) {
      const std::uint32_t id = spelling.id(c, first, last);
      if (id != Spelling::kNone) {
        out.symbols.push_back(static_cast<Symbol>(id));
      } else if (options.character_coverage < 1.0) {
        out.close(begin, words.counts[i]);
        begin = out.symbols.size();
      }
    });
    out.close(begin, words.counts[i]);
  }
  return out;
}

template BpeWords<std::uint16_t> spell_words(const WordCounts&, const Spelling&, Control&);
template BpeWords<std::uint32_t> spell_words(const WordCounts&, const Spelling&, Control&);

}  // namespace tokenspace::train
