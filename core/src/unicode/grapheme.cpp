// Extended grapheme clusters (UAX 29) of Unicode 17: what unicode-segmentation 1.13 gives to the Precompiled
// normalizer.
#include "tables.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"
#include "trie.hpp"

namespace tokenspace::unicode {
namespace {

// Order of GRAPHEME_CLASSES in scripts/make_unicode_tables.py.
enum Class : std::uint8_t {
  other,
  cr,
  lf,
  control,
  l,
  v,
  t,
  lv,
  lvt,
  extend,
  zwj,
  spacing_mark,
  prepend,
  regional,
  pictographic,
  consonant
};
constexpr std::uint8_t kClassBits = 0x0F, kLinkerBit = 0x10, kConjunctExtendBit = 0x20;

// What the code points read so far of one cluster say about the next boundary.
struct State {
  Class last;
  bool odd_regionals;   // GB12, GB13: the last of an odd number of regional indicators
  bool pictograph;      // GB11: pictographic Extend*
  bool pictograph_zwj;  // GB11: pictographic Extend* ZWJ
  bool conjunct;        // GB9c: consonant [Extend Linker]*
  bool linked;          // ... with at least one linker
};

void advance(State& state, std::uint8_t value) {
  const auto next = static_cast<Class>(value & kClassBits);
  state.odd_regionals = next == regional && !(state.last == regional && state.odd_regionals);
  state.pictograph_zwj = next == zwj && state.pictograph;
  state.pictograph = next == pictographic || (next == extend && state.pictograph);
  if (next == consonant) {
    state.conjunct = true;
    state.linked = false;
  } else if (!(value & (kLinkerBit | kConjunctExtendBit))) {
    state.conjunct = state.linked = false;
  } else if (value & kLinkerBit) {
    state.linked = state.conjunct;
  }
  state.last = next;
}

bool is_boundary(const State& state, Class next) {
  const Class last = state.last;
  if (last == cr && next == lf) return false;
  if (last == cr || last == lf || last == control || next == cr || next == lf || next == control) return true;
  if (last == l && (next == l || next == v || next == lv || next == lvt)) return false;
  if ((last == lv || last == v) && (next == v || next == t)) return false;
  if ((last == lvt || last == t) && next == t) return false;
  if (next == extend || next == zwj || next == spacing_mark || last == prepend) return false;
  if (next == consonant) return !state.linked;
  if (next == pictographic) return !state.pictograph_zwj;
  return !(last == regional && next == regional && state.odd_regionals);
}

std::uint8_t value_of(char32_t c) {
  return look_up<tables::kGraphemeShift>(tables::kGraphemeIndex, tables::kGraphemeData, c);
}

}  // namespace

std::size_t grapheme_length(std::string_view text) {
  if (text.empty()) return 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  // Two printable ASCII characters: by far the most frequent case.
  if (byte(text[0]) >= 0x20 && byte(text[0]) < 0x7F && (text.size() == 1 || byte(text[1]) < 0x80)) return 1;
  const char* p = begin;
  State state{};
  advance(state, value_of(utf8::decode_unchecked(p)));
  while (p < end) {
    const char* q = p;
    const std::uint8_t value = value_of(utf8::decode_unchecked(q));
    if (is_boundary(state, static_cast<Class>(value & kClassBits))) break;
    advance(state, value);
    p = q;
  }
  return static_cast<std::size_t>(p - begin);
}

}  // namespace tokenspace::unicode
