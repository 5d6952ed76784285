// Unicode properties, case mapping, normalization and grapheme clusters, each for the version of the Unicode
// Character Database that a reference component uses (docs/design/unicode.md). Tables: scripts/make_unicode_tables.py.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tokenspace::unicode {

enum class Category : std::uint8_t {
  Cn,
  Lu,
  Ll,
  Lt,
  Lm,
  Lo,
  Mn,
  Mc,
  Me,
  Nd,
  Nl,
  No,
  Pc,
  Pd,
  Ps,
  Pe,
  Pi,
  Pf,
  Po,
  Sm,
  Sc,
  Sk,
  So,
  Zs,
  Zl,
  Zp,
  Cc,
  Cf,
  Cs,
  Co
};

// v8: unicode_categories 0.1 (BertPreTokenizer, Punctuation, BertNormalizer). v16: Oniguruma and the regex crate as in
// tokenizers 0.23.3 and tiktoken 0.14 (equal over all code points). Rust's own char methods there are of Unicode 17.
enum class Version : std::uint8_t { v8, v16, tiktoken = v16 };

Category category(char32_t c, Version version);
inline bool in_mask(Category c, std::uint32_t mask) {
  return mask >> static_cast<unsigned>(c) & 1u;
}

namespace tables {
extern const std::uint8_t kGeneralIndex[4352];
extern const std::uint8_t kGeneralData[];
}  // namespace tables

namespace detail {
// Category of Unicode 16 in bits 0-4, then the bits below. One byte, so that a scanner decides all with one lookup.
inline constexpr std::uint8_t kCategoryBits = 0x1F, kAlphabeticBit = 0x20, kNumericBit = 0x40, kWordBit = 0x80;
inline std::uint8_t general(char32_t c) {
  return c < 0x110000 ? tables::kGeneralData[tables::kGeneralIndex[c >> 8] << 8 | (c & 0xFF)] : 0;
}
}  // namespace detail

// General_Category of Unicode 16.
inline Category category(char32_t c) {
  return static_cast<Category>(detail::general(c) & detail::kCategoryBits);
}

// White_Space property, the same in every version used here: Z* and six controls.
inline bool is_white_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D);
  constexpr std::uint32_t separators = 1u << static_cast<unsigned>(Category::Zs) |
                                       1u << static_cast<unsigned>(Category::Zl) |
                                       1u << static_cast<unsigned>(Category::Zp);
  return c == 0x85 || in_mask(category(c), separators);
}
// Alphabetic, Unicode 16.
inline bool is_alphabetic(char32_t c) {
  return detail::general(c) & detail::kAlphabeticBit;
}
// Rust char::is_numeric: Nd | Nl | No of Unicode 17.
inline bool is_numeric(char32_t c) {
  return detail::general(c) & detail::kNumericBit;
}
// Alphabetic of Unicode 16 or numeric of Unicode 17. No component of the references applies it to text.
inline bool is_alphanumeric(char32_t c) {
  return detail::general(c) & (detail::kAlphabeticBit | detail::kNumericBit);
}
// regex crate \w: Alphabetic | M | Nd | Pc | Join_Control, Unicode 16. (Oniguruma's \w differs: see
// unicode_property.hpp.)
inline bool is_word(char32_t c) {
  return detail::general(c) & detail::kWordBit;
}

// Script property of Unicode 9, as the UnicodeScripts pre-tokenizer of tokenizers 0.23.3 has it (its "Any" is Unknown
// here). Regular expressions use that of Unicode 16: unicode_property.hpp.
enum class Script : std::uint8_t;  // enumerators in unicode_scripts.hpp (generated)
Script script(char32_t c);
bool script_from_name(std::string_view name, Script& out);  // "Han", "Hiragana", ... long and short names

// Full, locale-free lower case (Rust char::to_lowercase, Unicode 17): writes 1..3 code points, returns how many.
int to_lowercase(char32_t c, char32_t out[3]);
// Simple case folding (CaseFolding.txt status C + S, Unicode 16): for (?i) in regular expressions.
char32_t simple_fold(char32_t c);
// Every code point with the same simple folding as c, c excluded (0..3 of them).
int fold_orbit(char32_t c, char32_t out[4]);

// ---- Normalization as tokenizers 0.23.3 does it (Unicode 9 data; the unicode-normalization-alignments crate) ----
enum class Form : std::uint8_t { nfc, nfd, nfkc, nfkd };

// One output code point and how it relates to the input: change 0 = replaces one input code point, 1 = inserted after
// the previous one, -n = replaces one and n further input code points disappear here. The exact values are those the
// crate yields.
struct CharChange {
  char32_t c;
  std::int32_t change;
};
void normalize(std::string_view text, Form form, std::vector<CharChange>& out);
void normalize(std::string_view text, Form form, std::string& out);
// True only when the text is already in that form (quick check with a full fallback; never a false "true").
bool is_normalized(std::string_view text, Form form);
bool is_combining_mark(char32_t c);  // General_Category M*, Unicode 9 data of the same crate (StripAccents)
std::uint8_t combining_class(char32_t c);

// Length in bytes of the extended grapheme cluster at the start of valid UTF-8 (unicode-segmentation as in tokenizers
// 0.23.3).
std::size_t grapheme_length(std::string_view text);

}  // namespace tokenspace::unicode
