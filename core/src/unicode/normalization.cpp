// Normalization forms with Unicode 9 data. The changes reported per code point follow the iterators of the
// unicode-normalization-alignments crate 0.1: a decomposition marks its first part 0 and the others 1, a composition
// adds the marks of both parts less one, and canonical ordering carries the marks along.
#include <algorithm>
#include <cstring>

#include "tables.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"
#include "trie.hpp"

namespace tokenspace::unicode {
namespace {

// Bits of kNormalization above the combining class. 0 is a starter that no form touches and no other character meets.
constexpr unsigned kClassMask = 0xFF, kMarkBit = 1 << 8;
// Quick_Check is not Yes, by form; and the first part of the canonical (compatible) decomposition is no starter or may
// compose with what precedes.
constexpr unsigned kChangedBit[4] = {1 << 9, 1 << 10, 1 << 11, 1 << 12};
constexpr unsigned kJoinsBit[4] = {1 << 13, 1 << 13, 1 << 14, 1 << 14};

constexpr char32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTrails = 0x11A7;
constexpr unsigned kLeadCount = 19, kVowelCount = 21, kTrailCount = 28, kSyllableCount = 11172;

unsigned record_of(char32_t c) {
  return look_up<tables::kNormalizationShift>(tables::kNormalizationIndex, tables::kNormalizationData, c);
}

struct Part {
  char32_t c;
  std::int32_t change;
  std::uint8_t ccc;
};

std::size_t composition_slot(char32_t first, char32_t second) {
  return (std::size_t{first} * 31 + std::size_t{second} * 7919) % std::size(tables::kComposeTo);
}

// Primary composite of the pair, or 0.
char32_t compose(char32_t first, char32_t second) {
  if (second >= kVowels && second < kTrails + kTrailCount) {
    if (first >= kLeads && first < kLeads + kLeadCount && second < kVowels + kVowelCount) {
      return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTrailCount;
    }
    if (first >= kSyllables && first < kSyllables + kSyllableCount && (first - kSyllables) % kTrailCount == 0 &&
        second > kTrails) {
      return first + (second - kTrails);
    }
    return 0;
  }
  for (std::size_t at = composition_slot(first, second); tables::kComposeTo[at];
       at = (at + 1) % std::size(tables::kComposeTo)) {
    if (tables::kComposeFirst[at] == first && tables::kComposeSecond[at] == second) return tables::kComposeTo[at];
  }
  return 0;
}

// Appends the full decomposition of `c`.
void decompose(char32_t c, bool compatible, std::vector<Part>& out) {
  if (c >= kSyllables && c < kSyllables + kSyllableCount) {
    const unsigned at = c - kSyllables;
    out.push_back({kLeads + at / (kVowelCount * kTrailCount), 0, 0});
    out.push_back({kVowels + at / kTrailCount % kVowelCount, 1, 0});
    if (at % kTrailCount) out.push_back({kTrails + at % kTrailCount, 1, 0});
    return;
  }
  const auto number = compatible
                          ? look_up<tables::kCompatibleShift>(tables::kCompatibleIndex, tables::kCompatibleData, c)
                          : look_up<tables::kCanonicalShift>(tables::kCanonicalIndex, tables::kCanonicalData, c);
  if (number == 0) {
    out.push_back({c, 0, static_cast<std::uint8_t>(record_of(c) & kClassMask)});
    return;
  }
  const unsigned begin = tables::kDecompositionStart[number], end = tables::kDecompositionStart[number + 1];
  for (unsigned i = begin; i < end; ++i) {
    const char32_t part = tables::kDecompositionPool[i];
    out.push_back({part, i == begin ? 0 : 1, static_cast<std::uint8_t>(record_of(part) & kClassMask)});
  }
}

// Canonical ordering: stable by combining class within each run that follows a starter.
void reorder(std::vector<Part>& parts) {
  for (std::size_t i = 0; i < parts.size();) {
    if (parts[i].ccc == 0) {
      ++i;
      continue;
    }
    std::size_t end = i;
    bool sorted = true;
    for (; end < parts.size() && parts[end].ccc != 0; ++end) sorted &= end == i || parts[end - 1].ccc <= parts[end].ccc;
    if (!sorted) {
      std::stable_sort(parts.begin() + static_cast<std::ptrdiff_t>(i), parts.begin() + static_cast<std::ptrdiff_t>(end),
                       [](const Part& a, const Part& b) { return a.ccc < b.ccc; });
    }
    i = end;
  }
}

// Canonical composition in place. A starter takes up each following part that is not blocked; the others stay after it.
void recompose(std::vector<Part>& parts) {
  std::size_t write = 0;
  std::size_t starter = 0;
  bool has_starter = false, blocked = false;
  std::uint8_t last = 0;  // class of the last part kept after the starter, when `blocked`
  for (const Part part : parts) {
    if (has_starter && (!blocked || last < part.ccc)) {
      if (const char32_t composite = compose(parts[starter].c, part.c)) {
        parts[starter].c = composite;
        parts[starter].change += part.change - 1;
        continue;
      }
    }
    if (part.ccc == 0) {
      starter = write;
      has_starter = true;
      blocked = false;
    } else if (has_starter) {
      blocked = true;
      last = part.ccc;
    }
    parts[write++] = part;
  }
  parts.resize(write);
}

// Position of the first byte at or after `p` that is not ASCII (or the end).
const char* skip_ascii(const char* p, const char* end) {
  while (end - p >= 16) {
    std::uint64_t words[2];
    std::memcpy(words, p, sizeof words);
    if ((words[0] | words[1]) & 0x8080808080808080u) break;
    p += 16;
  }
  while (p < end && static_cast<unsigned char>(*p) < 0x80) ++p;
  return p;
}

// Splits the text into spans that are already in the form and segments that may not be, each of which begins where
// nothing can reach back, so that it is normalized alone. clean(begin, end) and changed(begin, end, parts) return
// whether to go on.
template <class Clean, class Changed>
void walk(std::string_view text, Form form, Clean clean, Changed changed) {
  const bool compatible = form == Form::nfkc || form == Form::nfkd;
  const bool composed = form == Form::nfc || form == Form::nfkc;
  const unsigned changed_bit = kChangedBit[static_cast<int>(form)], joins_bit = kJoinsBit[static_cast<int>(form)];
  const char* p = text.data();
  const char* const end = p + text.size();
  const char* span = p;      // begin of what clean() has not seen
  const char* boundary = p;  // last place in the span where a segment could begin
  unsigned last = 0;
  std::vector<Part> parts;
  while (p < end) {
    if (static_cast<unsigned char>(*p) < 0x80) {
      p = skip_ascii(p, end);
      boundary = p - 1;
      last = 0;
      continue;
    }
    if (static_cast<unsigned char>(*p) >= 0xE5 && static_cast<unsigned char>(*p) <= 0xE8) {
      boundary = p;  // U+5000..8FFF: ideographs, which no form touches
      last = 0;
      p += 3;
      continue;
    }
    const char* q = p;
    const unsigned record = record_of(utf8::decode_unchecked(q));
    if (!(record & (changed_bit | kClassMask))) {
      boundary = p;
      last = 0;
      p = q;
      continue;
    }
    const unsigned ccc = record & kClassMask;
    if (!(record & changed_bit) && ccc >= last) {
      last = ccc;
      p = q;
      continue;
    }
    // A segment: from the last boundary, or from here when nothing here can join what precedes, to the next boundary.
    if (!(record & joins_bit)) boundary = p;
    while (q < end) {
      if (static_cast<unsigned char>(*q) < 0x80) break;
      const char* next = q;
      if (!(record_of(utf8::decode_unchecked(next)) & joins_bit)) break;
      q = next;
    }
    if (span < boundary && !clean(span, boundary)) return;
    parts.clear();
    for (const char* r = boundary; r < q;) decompose(utf8::decode_unchecked(r), compatible, parts);
    reorder(parts);
    if (composed) recompose(parts);
    if (!changed(boundary, q, parts)) return;
    span = boundary = p = q;
    last = 0;
  }
  if (span < end) clean(span, end);
}

}  // namespace

void normalize(std::string_view text, Form form, std::vector<CharChange>& out) {
  out.clear();
  out.reserve(text.size());
  walk(
      text, form,
      [&](const char* p, const char* end) {
        while (p < end) out.push_back({utf8::decode_unchecked(p), 0});
        return true;
      },
      [&](const char*, const char*, const std::vector<Part>& parts) {
        for (const Part& part : parts) out.push_back({part.c, part.change});
        return true;
      });
}

void normalize(std::string_view text, Form form, std::string& out) {
  out.clear();
  out.reserve(text.size());
  walk(
      text, form,
      [&](const char* p, const char* end) {
        out.append(p, static_cast<std::size_t>(end - p));
        return true;
      },
      [&](const char*, const char*, const std::vector<Part>& parts) {
        for (const Part& part : parts) utf8::append(out, part.c);
        return true;
      });
}

bool is_normalized(std::string_view text, Form form) {
  bool same = true;
  walk(
      text, form, [](const char*, const char*) { return true; },
      [&](const char* p, const char* end, const std::vector<Part>& parts) {
        for (const Part& part : parts) same = same && p < end && utf8::decode_unchecked(p) == part.c;
        return same = same && p == end;
      });
  return same;
}

bool is_combining_mark(char32_t c) {
  return record_of(c) & kMarkBit;
}

std::uint8_t combining_class(char32_t c) {
  return static_cast<std::uint8_t>(record_of(c) & kClassMask);
}

}  // namespace tokenspace::unicode
