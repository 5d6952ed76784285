// The rules of SentencePiece's built-in character maps. A rule maps what normalization form KC composes: every single
// character it changes, and every spelling of a character's decomposition, where a part may be any character that
// decomposes to that part alone (U+FF21 U+0301 as U+0041 U+0301). Rules that shorter ones already give are left out:
// with longest match they are not merely superfluous, they would change what the characters behind them can join.
#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "../unicode/tables.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/sentencepiece_charsmap.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::sentencepiece {
namespace {

using Text = std::u32string;
using Rules = std::unordered_map<Text, Text>;

// NFKC and NFKD of single characters in Unicode 17: the tables of 9, and a list of what came after.
class Forms {
 public:
  Forms() {
    const auto& list = unicode::tables::kNewerForms;
    for (std::size_t i = 0; i < std::size(list);) {
      const char32_t c = list[i++];
      auto& [composed, decomposed] = newer_[c];
      for (; list[i] != 0; ++i) composed.push_back(list[i]);
      for (++i; list[i] != 0; ++i) decomposed.push_back(list[i]);
      ++i;
    }
  }

  // False when neither form changes any of the 256 characters from `first` on; asked first, since most blocks are so.
  bool any_in_block(char32_t first) {
    text_.clear();
    for (char32_t c = first; c < first + 256; ++c) {
      if (newer_.contains(c)) return true;
      if (c != 0) utf8::append(text_, c);
    }
    unicode::normalize(text_, unicode::Form::nfkd, normalized_);
    return normalized_ != text_;
  }

  // False when neither form changes `c`.
  bool of(char32_t c, Text& composed, Text& decomposed) {
    if (const auto found = newer_.find(c); found != newer_.end()) {
      composed = found->second.first;
      decomposed = found->second.second;
      return true;
    }
    text_.clear();
    utf8::append(text_, c);
    if (!form(unicode::Form::nfkd, decomposed)) return false;
    form(unicode::Form::nfkc, composed);
    return true;
  }

 private:
  bool form(unicode::Form kind, Text& out) {
    unicode::normalize(text_, kind, normalized_);
    out.clear();
    const char* end = normalized_.data() + normalized_.size();
    for (const char* p = normalized_.data(); p != end;) out.push_back(utf8::decode_unchecked(p));
    return normalized_ != text_;
  }

  std::unordered_map<char32_t, std::pair<Text, Text>> newer_;
  std::string text_, normalized_;
};

// Rules with sources of at most `longest` characters, applied from left to right.
Text apply(const Rules& rules, const Text& text, std::size_t longest) {
  Text out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = std::min(longest, text.size() - at);
    for (; length > 0; --length) {
      if (const auto found = rules.find(text.substr(at, length)); found != rules.end()) {
        out += found->second;
        break;
      }
    }
    if (length == 0) out.push_back(text[at]);
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

Rules nfkc_rules() {
  Forms forms;
  Rules rules;
  std::unordered_map<char32_t, std::vector<char32_t>> spellings;  // of a character that others decompose to
  struct Composed {
    char32_t c;
    Text parts;
  };
  std::vector<Composed> composed;
  Text target, parts;
  for (char32_t c = 1; c < 0x110000; ++c) {
    if (c == 0xD800) c = 0xE000;
    if (c % 256 == 0 && !forms.any_in_block(c)) {
      c += 255;
      continue;
    }
    if (!forms.of(c, target, parts)) continue;
    const Text self(1, c);
    if (target != self) rules.emplace(self, target);
    if (parts.size() == 1) spellings[parts[0]].push_back(c);
    // Where composition gives nothing that decomposition did not, rules for single characters do all.
    if (target != parts) composed.push_back({c, parts});
  }
  Rules longer;
  for (const Composed& one : composed) {
    const auto single = rules.find(Text(1, one.c));
    const Text to = single == rules.end() ? Text(1, one.c) : single->second;
    std::vector<Text> sources(1);
    for (const char32_t part : one.parts) {
      std::vector<Text> grown;
      const auto others = spellings.find(part);
      for (const Text& source : sources) {
        grown.push_back(source + part);
        if (others == spellings.end()) continue;
        for (const char32_t other : others->second) grown.push_back(source + other);
      }
      sources = std::move(grown);
    }
    for (Text& source : sources) {
      if (source != to && source.size() > 1) longer.insert_or_assign(std::move(source), to);
    }
  }
  std::vector<const Rules::value_type*> by_length;
  for (const auto& rule : longer) by_length.push_back(&rule);
  std::sort(by_length.begin(), by_length.end(),
            [](const auto* a, const auto* b) { return a->first.size() < b->first.size(); });
  for (const auto* rule : by_length) {
    if (apply(rules, rule->first, rule->first.size() - 1) != rule->second) rules.insert(*rule);
  }
  return rules;
}

// Controls vanish; line ends, format characters and the visible space become spaces; U+FF5E stays, since Japanese text
// uses it apart from U+007E.
void add_nmt_rules(Rules& rules) {
  const auto range = [&rules](char32_t first, char32_t last, const Text& to) {
    for (char32_t c = first; c <= last; ++c) rules[Text(1, c)] = to;
  };
  range(0x01, 0x08, U"");
  range(0x0B, 0x0B, U"");
  range(0x0E, 0x1F, U"");
  for (const char32_t c : {0x7F, 0x8F, 0x9F}) range(c, c, U"");
  for (const char32_t c : {0x09, 0x0A, 0x0C, 0x0D, 0x061C, 0x1680, 0x200B, 0x200C, 0x200E, 0x200F, 0x2028, 0x2029,
                           0x2581, 0xFEFF, 0xFFFD}) {
    range(c, c, U" ");
  }
  rules.erase(Text(1, 0xFF5E));
}

// Simple folding of every character of every target, and of the characters without a rule.
void fold_case(Rules& rules) {
  std::unordered_map<char32_t, char32_t> newer;
  const auto& list = unicode::tables::kNewerFolds;
  for (std::size_t i = 0; i < std::size(list); i += 2) newer.emplace(list[i], list[i + 1]);
  const auto fold = [&newer](char32_t c) {
    const auto found = newer.find(c);
    return found == newer.end() ? unicode::simple_fold(c) : found->second;
  };
  for (auto& [source, target] : rules) {
    for (char32_t& c : target) c = fold(c);
  }
  for (char32_t c = 1; c < 0x110000; ++c) {
    if (const char32_t to = fold(c); to != c) rules.try_emplace(Text(1, c), Text(1, to));
  }
}

std::string to_utf8(const Text& text) {
  std::string out;
  for (const char32_t c : text) utf8::append(out, c);
  return out;
}

}  // namespace

std::vector<CharsMapRule> charsmap_rules(std::string_view name) {
  if (name == "identity") return {};
  const bool nmt = name == "nmt_nfkc" || name == "nmt_nfkc_cf";
  const bool folded = name == "nmt_nfkc_cf" || name == "nfkc_cf";
  if (!nmt && !folded && name != "nfkc") {
    fail(ErrorKind::invalid_argument, "normalizer", "nmt_nfkc, nfkc, nmt_nfkc_cf, nfkc_cf or identity", name);
  }
  Rules rules = nfkc_rules();
  if (nmt) add_nmt_rules(rules);
  if (folded) fold_case(rules);
  std::vector<CharsMapRule> out;
  out.reserve(rules.size());
  for (const auto& [source, target] : rules) out.push_back({to_utf8(source), to_utf8(target)});
  std::sort(out.begin(), out.end(), [](const CharsMapRule& a, const CharsMapRule& b) { return a.source < b.source; });
  return out;
}

const std::string& builtin_charsmap(std::string_view name) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::string> made;  // values stay where they are
  const std::lock_guard lock(mutex);
  const auto found = made.find(std::string(name));
  if (found != made.end()) return found->second;
  return made.emplace(name, compile_charsmap(charsmap_rules(name))).first->second;
}

}  // namespace tokenspace::sentencepiece
