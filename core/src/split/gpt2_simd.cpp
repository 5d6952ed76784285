// The GPT-2 splitter: ASCII classes of 64 bytes by AVX-512, AVX2 or plain code, pieces by gpt2_blocks.hpp.
#include <array>
#include <cstring>

#include "gpt2_blocks.hpp"
#include "gpt2_simd.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tokenspace::detail {

CharClasses::CharClasses(unicode::Version version) {
  using unicode::Category;
  const auto in = [](Category c, std::initializer_list<Category> list) {
    for (const Category x : list) {
      if (x == c) return true;
    }
    return false;
  };
  std::vector<std::uint8_t> block(256);
  for (char32_t high = 0; high < 0x1100; ++high) {
    for (char32_t low = 0; low < 256; ++low) {
      const char32_t c = high << 8 | low;
      const Category category = unicode::category(c, version);
      CharClass value = CharClass::other;
      if (in(category, {Category::Lu, Category::Ll, Category::Lt, Category::Lm, Category::Lo})) value = CharClass::letter;
      if (in(category, {Category::Nd, Category::Nl, Category::No})) value = CharClass::number;
      if (unicode::is_white_space(c)) value = CharClass::white;
      block[low] = static_cast<std::uint8_t>(value);
    }
    std::size_t same = 0;
    while (same * 256 < blocks_.size() && std::memcmp(blocks_.data() + same * 256, block.data(), 256) != 0) ++same;
    if (same * 256 == blocks_.size()) blocks_.insert(blocks_.end(), block.begin(), block.end());
    index_.push_back(static_cast<std::uint16_t>(same));
  }
}

namespace {

BlockMasks masks_scalar(const char* p) {
  BlockMasks m;
  for (unsigned i = 0; i < 64; ++i) {
    const auto c = static_cast<unsigned char>(p[i]);
    const std::uint64_t bit = 1ull << i;
    if (static_cast<unsigned char>((c | 0x20) - 'a') < 26) m.letter |= bit;
    if (static_cast<unsigned char>(c - '0') < 10) m.number |= bit;
    if (c == ' ' || static_cast<unsigned char>(c - 9) < 5) m.white |= bit;
    if (c == ' ') m.space |= bit;
    if (c == '\'') m.apostrophe |= bit;
    if (c >= 0x80) m.high |= bit;
  }
  return m;
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) inline std::uint64_t bits_avx2(__m256i low, __m256i high) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
         static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
}

// x - base < n for unsigned bytes: saturating subtraction of n - 1 leaves zero.
__attribute__((target("avx2"))) inline __m256i in_range_avx2(__m256i x, char base, char n) {
  const __m256i moved = _mm256_sub_epi8(x, _mm256_set1_epi8(base));
  return _mm256_cmpeq_epi8(_mm256_subs_epu8(moved, _mm256_set1_epi8(static_cast<char>(n - 1))), _mm256_setzero_si256());
}

__attribute__((target("avx2"))) BlockMasks masks_avx2(const char* p) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
  const __m256i fold = _mm256_set1_epi8(0x20);
  const __m256i space = _mm256_set1_epi8(' ');
  const __m256i apostrophe = _mm256_set1_epi8('\'');
  BlockMasks m;
  m.letter = bits_avx2(in_range_avx2(_mm256_or_si256(a, fold), 'a', 26), in_range_avx2(_mm256_or_si256(b, fold), 'a', 26));
  m.number = bits_avx2(in_range_avx2(a, '0', 10), in_range_avx2(b, '0', 10));
  m.space = bits_avx2(_mm256_cmpeq_epi8(a, space), _mm256_cmpeq_epi8(b, space));
  m.white = m.space | bits_avx2(in_range_avx2(a, 9, 5), in_range_avx2(b, 9, 5));
  m.apostrophe = bits_avx2(_mm256_cmpeq_epi8(a, apostrophe), _mm256_cmpeq_epi8(b, apostrophe));
  m.high = bits_avx2(a, b);
  return m;
}

__attribute__((target("avx512f,avx512bw"))) BlockMasks masks_avx512(const char* p) {
  const __m512i x = _mm512_loadu_si512(p);
  const auto in = [](__m512i v, char base, char n) __attribute__((target("avx512f,avx512bw"))) {
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8(base)), _mm512_set1_epi8(n));
  };
  BlockMasks m;
  m.letter = in(_mm512_or_si512(x, _mm512_set1_epi8(0x20)), 'a', 26);
  m.number = in(x, '0', 10);
  m.space = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(' '));
  m.white = m.space | in(x, 9, 5);
  m.apostrophe = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\''));
  m.high = _mm512_movepi8_mask(x);
  return m;
}

#endif

using Masks = BlockMasks (*)(const char*);

template <Masks masks>
void split_blocks(const CharClasses& classes, std::string_view text, std::vector<std::uint32_t>& ends) {
  if (text.empty()) return;
  Gpt2Blocks blocks(classes, text, ends);
  std::size_t base = 0;
  for (; base + 64 <= text.size(); base += 64) blocks.add(base, masks(text.data() + base));
  if (base < text.size()) {
    char last[64] = {};  // NUL is in no class but "other", and those bits are cut off
    std::memcpy(last, text.data() + base, text.size() - base);
    blocks.add(base, masks(last));
  }
  blocks.finish();
}

}  // namespace

Gpt2Splitter::Gpt2Splitter(unicode::Version version, Isa isa) : classes_(version), isa_(isa) {}

Isa best_isa() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw")) return Isa::avx512;
  if (__builtin_cpu_supports("avx2")) return Isa::avx2;
#endif
  return Isa::scalar;
}

void Gpt2Splitter::split(std::string_view text, std::vector<std::uint32_t>& ends) const {
#if defined(__x86_64__)
  if (isa_ == Isa::avx512) return split_blocks<masks_avx512>(classes_, text, ends);
  if (isa_ == Isa::avx2) return split_blocks<masks_avx2>(classes_, text, ends);
#endif
  split_blocks<masks_scalar>(classes_, text, ends);
}

// A letter followed by U+0020 ends a piece whatever comes before or after: the space can only start one.
std::size_t Gpt2Splitter::safe_split(std::string_view text, std::size_t target) const {
  constexpr std::size_t kWindow = 4096;  // text with fewer such places is taken as it comes
  if (target >= text.size()) return text.size();
  std::size_t i = target < 1 ? 1 : target;
  const auto is_letter = [](char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; };
  for (const std::size_t stop = std::min(text.size(), i + kWindow); i < stop; ++i) {
    if (text[i] == ' ' && is_letter(text[i - 1])) return i;
  }
  // No ASCII words here: the last byte of any letter or "other" character before an ideographic one is as good only when the
  // classes differ, so look for a class change with no white space on either side.
  for (; i < text.size(); ++i) {
    if (utf8::is_continuation(static_cast<unsigned char>(text[i]))) continue;
    if (text[i] == ' ' && is_letter(text[i - 1])) return i;
    std::size_t back = i - 1;
    while (back > 0 && utf8::is_continuation(static_cast<unsigned char>(text[back]))) --back;
    const char* p = text.data() + back;
    const CharClass left = classes_.of(utf8::decode_unchecked(p));
    const CharClass right = classes_.of(utf8::decode_unchecked(p));
    if (left == CharClass::letter && right == CharClass::other && text[i] != '\'') return i;
    if (left == CharClass::other && right == CharClass::letter && text[back] != '\'') return i;
  }
  return text.size();
}

}  // namespace tokenspace::detail
