// The scanners behind compiled splitters, one template per family of patterns. A rule returns the end of the piece that
// begins at `p` (never `p` itself); scanning is one pass, each character looked at a bounded number of times.
#pragma once

#include <string_view>

#include "classes.hpp"
#include "tokenspace/unicode.hpp"

namespace tokenspace::split {

enum class Contractions : std::uint8_t { none, lower, any_case };  // any_case includes U+017F (long s) for s

// End of 's 't 'm 'd 'll 've 're at `p`, or `p`. `*p` is an apostrophe.
template <Contractions kind>
inline const char* contraction(const char* p, const char* end) {
  if (kind == Contractions::none || end - p < 2) return p;
  constexpr bool fold = kind == Contractions::any_case;
  const auto lower = [](char c) { return fold && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  const char a = lower(p[1]);
  if (a == 's' || a == 't' || a == 'm' || a == 'd') return p + 2;
  if (end - p < 3) return p;
  const char b = lower(p[2]);
  if ((a == 'l' && b == 'l') || (a == 'v' && b == 'e') || (a == 'r' && b == 'e')) return p + 3;
  if (fold && p[1] == '\xC5' && p[2] == '\xBF') return p + 3;
  return p;
}

// A run of white space that begins at `p`: `\s*[\r\n]+` (with newlines), `\s+(?!\S)`, `\s+`. tail_first: `\s++$` before
// them, so that white space at the end of the text is one piece.
template <bool newlines, bool tail_first>
inline const char* white_piece(const ClassTable& table, const char* p, const char* end) {
  const char* last = p;  // the last character of the run
  const char* newline_end = nullptr;
  const char* at = p;
  while (at != end) {
    const char* next;
    const std::uint8_t cls = table.at(at, next);
    if ((kWhites >> cls & 1u) == 0) break;
    if (newlines && cls == kNewline) newline_end = next;
    last = at;
    at = next;
  }
  if (tail_first && at == end) return end;
  if (newlines && newline_end != nullptr) return newline_end;
  if (at == end || last == p) return at;
  return last;  // the last one belongs to what follows
}

// gpt2, r50k: letters, numbers and everything else, each with one leading space.
struct SpacePrefixRule {
  const ClassTable& table = ClassTable::plain();
  const char* operator()(const char* p, const char* end) const {
    const char* next;
    std::uint8_t cls = table.at(p, next);
    if (cls == kApostrophe) {
      const char* stop = contraction<Contractions::lower>(p, end);
      if (stop != p) return stop;
    }
    if (kWhites >> cls & 1u) {
      if (cls != kSpace || next == end) return white_piece<false, false>(table, p, end);
      const char* after;
      cls = table.at(next, after);
      if (kWhites >> cls & 1u) return white_piece<false, false>(table, p, end);
      next = after;
    }
    const std::uint32_t bits = bit(static_cast<Class>(cls));
    if (bits & kLetters) return table.skip(next, end, kLetters);
    if (bits & kNumbers) return table.skip(next, end, kNumbers);
    return table.skip(next, end, kAll & ~(kWhites | kLetters | kNumbers));
  }
};

// cl100k, Llama-3, Qwen2, Qwen3.5, nanochat: letters with one leading character, digits in groups, punctuation with one
// leading space and trailing newlines.
template <int max_digits, bool marks_are_letters, bool tail_first>
struct LetterPrefixRule {
  const ClassTable& table = ClassTable::plain();
  static constexpr std::uint32_t kWord = kLetters | (marks_are_letters ? kMarks : 0);
  static constexpr std::uint32_t kRest = kAll & ~(kWhites | kWord | kNumbers);

  const char* operator()(const char* p, const char* end) const {
    const char* next;
    const std::uint8_t cls = table.at(p, next);
    const std::uint32_t bits = bit(static_cast<Class>(cls));
    if (bits & kWord) return table.skip(next, end, kWord);
    if (cls == kApostrophe) {
      const char* stop = contraction<Contractions::any_case>(p, end);
      if (stop != p) return stop;
    }
    if (bits & kNumbers) {
      for (int i = 1; i < max_digits && next != end; ++i) {
        const char* after;
        if ((kNumbers >> table.at(next, after) & 1u) == 0) break;
        next = after;
      }
      return next;
    }
    std::uint32_t following = 0;
    const char* after = next;
    if (next != end) following = bit(static_cast<Class>(table.at(next, after)));
    if (cls != kNewline && (following & kWord)) return table.skip(after, end, kWord);
    if (bits & kRest) return table.skip(table.skip(next, end, kRest), end, kNewlines);
    if (cls == kSpace && (following & kRest)) return table.skip(table.skip(after, end, kRest), end, kNewlines);
    return white_piece<true, tail_first>(table, p, end);
  }
};

// o200k, Tekken, Kimi: words split where lower case turns to upper case.
template <Contractions contractions, int max_digits, bool slash_ends, bool han_apart>
struct CasedRule {
  const ClassTable& table = han_apart ? ClassTable::with_han() : ClassTable::plain();
  static constexpr std::uint32_t kHanOut = han_apart ? kHan : 0;
  static constexpr std::uint32_t kBoth = (bit(kLetter) | bit(kHanLetter) | kMarks) & ~kHanOut;
  static constexpr std::uint32_t kHead = bit(kUpper) | kBoth;  // before
  static constexpr std::uint32_t kTail = bit(kLower) | kBoth;  // and behind the border
  static constexpr std::uint32_t kPrefix = kAll & ~(kNewlines | kLetters | kNumbers);
  static constexpr std::uint32_t kRest = kAll & ~(kWhites | kLetters | kNumbers);

  const char* tail(const char* p, const char* end) const {
    while (true) {
      while (p != end && *p >= 'a' && *p <= 'z') ++p;
      if (p == end || static_cast<unsigned char>(*p) < 0x80) return p;
      const char* next;
      if ((kTail >> table.at(p, next) & 1u) == 0) return p;
      p = next;
    }
  }

  // Head* Tail+ at `p`: its end, or nullptr. `head_end` is the end of the Head run.
  const char* head_tail(const char* p, const char* end, const char*& head_end) const {
    const char* at = p;
    const char* both_end = nullptr;  // behind the last character that could be the tail
    if (at != end && *at >= 'a' && *at <= 'z') {
      head_end = at;
      return tail(at + 1, end);
    }
    while (at != end) {
      const char* next;
      const std::uint32_t bits = bit(static_cast<Class>(table.at(at, next)));
      if ((bits & kHead) == 0) {
        head_end = at;
        if (bits & kTail) return tail(next, end);
        return both_end;
      }
      if (bits & kBoth) both_end = next;
      at = next;
    }
    head_end = at;
    return both_end;
  }

  const char* word_end(const char* p, const char* end) const {
    if (contractions == Contractions::none || p == end || *p != '\'') return p;
    return contraction<contractions>(p, end);
  }

  const char* operator()(const char* p, const char* end) const {
    const char* next;
    const std::uint8_t cls = table.at(p, next);
    const std::uint32_t bits = bit(static_cast<Class>(cls));
    if (bits & kHanOut) return table.skip(next, end, kHan);
    if (bits & kNumbers) {
      for (int i = 1; i < max_digits && next != end; ++i) {
        const char* after;
        if ((kNumbers >> table.at(next, after) & 1u) == 0) break;
        next = after;
      }
      return next;
    }
    const char* head_end_here = p;
    if (bits & kPrefix) {
      const char* head_end = next;
      if (next != end) {
        if (const char* stop = head_tail(next, end, head_end)) return word_end(stop, end);
      }
      if (bits & kBoth) return word_end(head_tail(p, end, head_end_here), end);
      if (head_end != next) return word_end(head_end, end);  // Head+; a Tail behind it would have matched above
    } else if (bits & kLetters) {
      if (const char* stop = head_tail(p, end, head_end_here)) return word_end(stop, end);
      return word_end(head_end_here, end);
    }
    constexpr std::uint32_t kAfter = kNewlines | (slash_ends ? bit(kSlash) : 0);
    if (bits & kRest) return table.skip(table.skip(next, end, kRest), end, kAfter);
    if (cls == kSpace && next != end) {
      const char* after;
      if (kRest >> table.at(next, after) & 1u) return table.skip(table.skip(after, end, kRest), end, kAfter);
    }
    return white_piece<true, false>(table, p, end);
  }
};

// CLIP: runs of letters, single numbers, runs of the rest; white space is between the matches and becomes its own
// piece.
struct ClipRule {
  const ClassTable& table = ClassTable::plain();
  const char* operator()(const char* p, const char* end) const {
    const char* next;
    const std::uint8_t cls = table.at(p, next);
    const std::uint32_t bits = bit(static_cast<Class>(cls));
    if (bits & kLetters) return table.skip(next, end, kLetters);
    if (bits & kNumbers) return next;
    if (bits & kWhites) return table.skip(next, end, kWhites);
    if (cls == kApostrophe) {
      const char* stop = contraction<Contractions::lower>(p, end);
      if (stop != p) return stop;
    }
    if (*p == '<') {
      const std::string_view rest(p, static_cast<std::size_t>(end - p));
      if (rest.starts_with("<|startoftext|>")) return p + 15;
      if (rest.starts_with("<|endoftext|>")) return p + 13;
    }
    return table.skip(next, end, kAll & ~(kWhites | kLetters | kNumbers));
  }
};

// DeepSeek-V3, first of three: numbers in threes, everything else between them.
struct DigitTriplesRule {
  const ClassTable& table = ClassTable::plain();
  const char* operator()(const char* p, const char* end) const {
    const char* next;
    if ((kNumbers >> table.at(p, next) & 1u) == 0) return table.skip(next, end, kAll & ~kNumbers);
    for (int i = 1; i < 3 && next != end; ++i) {
      const char* after;
      if ((kNumbers >> table.at(next, after) & 1u) == 0) break;
      next = after;
    }
    return next;
  }
};

// Second: runs of U+4E00..9FA5 and U+3040..30FF, everything else between them.
struct CjkRunsRule {
  static bool cjk(const char* p, const char*& next) {
    next = p;
    const char32_t c = utf8::decode_unchecked(next);
    return (c >= 0x4E00 && c <= 0x9FA5) || (c >= 0x3040 && c <= 0x30FF);
  }
  const char* operator()(const char* p, const char* end) const {
    const char* next;
    const bool inside = cjk(p, next);
    while (next != end) {
      const char* after;
      if (cjk(next, after) != inside) break;
      next = after;
    }
    return next;
  }
};

// Third: ASCII punctuation glued to ASCII letters, words of letters and marks with one leading character, punctuation
// and symbols, white space. Characters no alternative takes (numbers, controls) are between the matches.
struct DeepSeekWordsRule {
  const ClassTable& table = ClassTable::plain();
  static constexpr std::uint32_t kWord = kLetters | kMarks;
  static constexpr std::uint32_t kRest = kPunctuations | kSymbols;
  static constexpr std::uint32_t kPrefix = kAll & ~(kNewlines | kLetters | kPunctuations | kSymbols);

  static bool ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  // nullptr when nothing matches at `p`.
  const char* match(const char* p, const char* end) const {
    const char* next;
    const std::uint8_t cls = table.at(p, next);
    const std::uint32_t bits = bit(static_cast<Class>(cls));
    if (bits & kWord) return table.skip(next, end, kWord);
    if ((bits & kRest) && static_cast<unsigned char>(*p) < 0x80 && next != end && ascii_letter(*next)) {
      do {
        ++next;
      } while (next != end && ascii_letter(*next));
      return next;
    }
    std::uint32_t following = 0;
    const char* after = next;
    if (next != end) following = bit(static_cast<Class>(table.at(next, after)));
    if ((bits & kPrefix) && (following & kWord)) return table.skip(after, end, kWord);
    if (bits & kRest) return table.skip(table.skip(next, end, kRest), end, kNewlines);
    if (cls == kSpace && (following & kRest)) return table.skip(table.skip(after, end, kRest), end, kNewlines);
    if (bits & kWhites) return white_piece<true, false>(table, p, end);
    return nullptr;
  }
  const char* operator()(const char* p, const char* end) const {
    if (const char* stop = match(p, end)) return stop;
    do {
      table.at(p, p);
    } while (p != end && match(p, end) == nullptr);
    return p;
  }
};

// `\w+|[^\w\s]+`. In Oniguruma the bare \w has six numbers of Latin-1 more than the \w inside brackets.
template <bool oniguruma>
struct WordRunsRule {
  enum Kind : std::uint8_t { kNone = 0, kWordBit = 1, kWhiteBit = 2, kExtraBit = 4 };
  static std::uint8_t kind(char32_t c) {
    if (unicode::is_word(c)) return oniguruma && (c == 0x200C || c == 0x200D) ? kNone : kWordBit;
    if (unicode::is_white_space(c)) return kWhiteBit;
    if (oniguruma && (c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0xBC && c <= 0xBE))) return kExtraBit;
    return kNone;
  }
  const char* operator()(const char* p, const char* end) const {
    const std::uint8_t first = kind(utf8::decode_unchecked(p));
    const bool word = (first & (kWordBit | kExtraBit)) != 0;
    while (p != end) {
      const char* next = p;
      const std::uint8_t k = kind(utf8::decode_unchecked(next));
      const bool same = word                  ? (k & (kWordBit | kExtraBit)) != 0
                        : (first & kWhiteBit) ? k == kWhiteBit
                                              : (k & (kWordBit | kWhiteBit)) == 0;
      if (!same) break;
      p = next;
    }
    return p;
  }
};

// `\s+`: runs of white space and what is between them.
struct WhiteRunsRule {
  const ClassTable& table = ClassTable::plain();
  const char* operator()(const char* p, const char* end) const {
    const char* next;
    const bool white = kWhites >> table.at(p, next) & 1u;
    return table.skip(next, end, white ? kWhites : kAll & ~kWhites);
  }
};

}  // namespace tokenspace::split
