// The GPT-2 splitter: ASCII classes of 64 bytes by AVX-512, AVX2 or plain code, pieces by gpt2_blocks.hpp.
#include <array>
#include <cstring>
#include <string>
#include <unordered_map>

#include "gpt2_blocks.hpp"
#include "gpt2_simd.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tokenspace::detail {

namespace {

CharClass class_of(char32_t c, unicode::Version version) {
  using unicode::Category;
  switch (unicode::category(c, version)) {
    case Category::Lu:
    case Category::Ll:
    case Category::Lt:
    case Category::Lm:
    case Category::Lo:
      return CharClass::letter;
    case Category::Nd:
    case Category::Nl:
    case Category::No:
      return CharClass::number;
    case Category::Zs:
    case Category::Zl:
    case Category::Zp:
    case Category::Cc:
      return unicode::is_white_space(c) ? CharClass::white : CharClass::other;
    default:
      return CharClass::other;
  }
}

}  // namespace

CharClasses::CharClasses(unicode::Version version) : index_(0x1100, 0), blocks_(256, 0) {
  // Block 0 is all "other": what the planes above the third have, but for private use and tags, which are "other" too.
  std::unordered_map<std::string, std::uint16_t> known{{std::string(256, '\0'), 0}};
  std::string block(256, '\0');
  for (char32_t high = 0; high < 0x400; ++high) {
    for (char32_t low = 0; low < 256; ++low) block[low] = static_cast<char>(class_of(high << 8 | low, version));
    const auto [entry, is_new] = known.emplace(block, static_cast<std::uint16_t>(blocks_.size() / 256));
    if (is_new) blocks_.insert(blocks_.end(), block.begin(), block.end());
    index_[high] = entry->second;
  }
}

const CharClasses& CharClasses::shared() {
  static const CharClasses v16(unicode::Version::v16);
  return v16;
}

UniformLeads::UniformLeads(const CharClasses& classes) {
  const auto all_letters = [&](char32_t begin, char32_t end) {
    for (char32_t c = begin; c < end; ++c) {
      if (classes.of(c) != CharClass::letter) return false;
    }
    return true;
  };
  for (unsigned lead = 0xC2; lead < 0xE0; ++lead) {
    const char32_t first = static_cast<char32_t>(lead & 0x1F) << 6;
    if (all_letters(first, first + 64)) table[lead & 15] |= static_cast<std::uint8_t>(1u << ((lead >> 4) - 0xC));
  }
  for (unsigned lead = 0xE1; lead < 0xF0; ++lead) {
    const char32_t first = static_cast<char32_t>(lead & 0x0F) << 12;
    if (all_letters(first, first + 4096)) table[lead & 15] |= 4;
  }
  e4_but_hexagrams = all_letters(0x4000, 0x4DC0) && all_letters(0x4E00, 0x5000);
}

namespace {

BlockMasks masks_scalar(const char* p, const UniformLeads& uniform) {
  BlockMasks m;
  for (unsigned i = 0; i < 64; ++i) {
    const auto c = static_cast<unsigned char>(p[i]);
    const std::uint64_t bit = 1ull << i;
    if (static_cast<unsigned char>((c | 0x20) - 'a') < 26) m.letter |= bit;
    if (static_cast<unsigned char>(c - '0') < 10) m.number |= bit;
    if (c == ' ' || static_cast<unsigned char>(c - 9) < 5) m.white |= bit;
    if (c == ' ') m.space |= bit;
    if (c == '\'') m.apostrophe |= bit;
    if (c < 0x80) continue;
    m.high |= bit;
    if (c < 0xC0) continue;
    m.lead |= bit;
    const unsigned row = uniform.table[c & 15] & 1u << ((c >> 4) - 0xC);
    if ((row & 3) != 0) m.two |= bit;
    if ((row & 4) != 0 ||
        (c == 0xE4 && i < 63 && uniform.e4_but_hexagrams && static_cast<unsigned char>(p[i + 1]) != 0xB7)) {
      m.three |= bit;
    }
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

__attribute__((target("avx2"))) inline __m256i at_least_avx2(__m256i x, unsigned char least) {
  const __m256i bound = _mm256_set1_epi8(static_cast<char>(least));
  return _mm256_cmpeq_epi8(_mm256_max_epu8(x, bound), x);
}

// All ones for bytes whose bit of `rows` (by high half) is set in `table` (by low half).
__attribute__((target("avx2"))) inline __m256i hits_avx2(__m256i x, __m256i table, __m256i rows) {
  const __m256i low = _mm256_set1_epi8(15);
  const __m256i row = _mm256_shuffle_epi8(rows, _mm256_and_si256(_mm256_srli_epi16(x, 4), low));
  const __m256i hit = _mm256_and_si256(_mm256_shuffle_epi8(table, _mm256_and_si256(x, low)), row);
  return _mm256_xor_si256(_mm256_cmpeq_epi8(hit, _mm256_setzero_si256()), _mm256_set1_epi8(-1));
}

__attribute__((target("avx2"))) BlockMasks masks_avx2(const char* p, const UniformLeads& uniform) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
  const __m256i fold = _mm256_set1_epi8(0x20);
  const __m256i space = _mm256_set1_epi8(' ');
  const __m256i apostrophe = _mm256_set1_epi8('\'');
  BlockMasks m;
  m.letter =
      bits_avx2(in_range_avx2(_mm256_or_si256(a, fold), 'a', 26), in_range_avx2(_mm256_or_si256(b, fold), 'a', 26));
  m.number = bits_avx2(in_range_avx2(a, '0', 10), in_range_avx2(b, '0', 10));
  m.space = bits_avx2(_mm256_cmpeq_epi8(a, space), _mm256_cmpeq_epi8(b, space));
  m.white = m.space | bits_avx2(in_range_avx2(a, 9, 5), in_range_avx2(b, 9, 5));
  m.apostrophe = bits_avx2(_mm256_cmpeq_epi8(a, apostrophe), _mm256_cmpeq_epi8(b, apostrophe));
  m.high = bits_avx2(a, b);
  if (m.high == 0) return m;
  m.lead = bits_avx2(at_least_avx2(a, 0xC0), at_least_avx2(b, 0xC0));
  const __m256i table = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(uniform.table)));
  const __m256i rows = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8));
  const std::uint64_t hits = bits_avx2(hits_avx2(a, table, rows), hits_avx2(b, table, rows)) & m.lead;
  const std::uint64_t long_leads = bits_avx2(at_least_avx2(a, 0xE0), at_least_avx2(b, 0xE0));
  m.two = hits & ~long_leads;
  m.three = hits & long_leads;
  if (uniform.e4_but_hexagrams) {
    const __m256i e4 = _mm256_set1_epi8(static_cast<char>(0xE4)), b7 = _mm256_set1_epi8(static_cast<char>(0xB7));
    const std::uint64_t followed = bits_avx2(_mm256_cmpeq_epi8(a, b7), _mm256_cmpeq_epi8(b, b7)) >> 1 | 1ull << 63;
    m.three |= bits_avx2(_mm256_cmpeq_epi8(a, e4), _mm256_cmpeq_epi8(b, e4)) & ~followed;
  }
  return m;
}

__attribute__((target("avx512f,avx512bw"))) BlockMasks masks_avx512(const char* p, const UniformLeads& uniform) {
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
  if (m.high == 0) return m;
  m.lead = _mm512_cmpge_epu8_mask(x, _mm512_set1_epi8(static_cast<char>(0xC0)));
  const __m512i table = _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(uniform.table)));
  const __m512i rows = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8));
  const __m512i low = _mm512_set1_epi8(15);
  const __m512i row = _mm512_shuffle_epi8(rows, _mm512_and_si512(_mm512_srli_epi16(x, 4), low));
  const std::uint64_t hits = _mm512_test_epi8_mask(_mm512_shuffle_epi8(table, _mm512_and_si512(x, low)), row) & m.lead;
  const std::uint64_t long_leads = _mm512_cmpge_epu8_mask(x, _mm512_set1_epi8(static_cast<char>(0xE0)));
  m.two = hits & ~long_leads;
  m.three = hits & long_leads;
  if (uniform.e4_but_hexagrams) {
    const std::uint64_t followed =
        _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(static_cast<char>(0xB7))) >> 1 | 1ull << 63;
    m.three |= _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(static_cast<char>(0xE4))) & ~followed;
  }
  return m;
}

#endif

// Eight at a time whether there are so many or not: no branch on each.
void write_starts(std::uint64_t starts, std::uint32_t base, std::uint32_t* out) {
  const auto eight = [&](std::uint32_t* to) {
    for (int i = 0; i < 8; ++i) {
      to[i] = base + static_cast<std::uint32_t>(std::countr_zero(starts));
      starts &= starts - 1;
    }
  };
  eight(out);
  if (starts != 0) eight(out + 8);
  if (starts != 0) eight(out + 16);
  for (std::uint32_t* to = out + 24; starts != 0; starts &= starts - 1) {
    *to++ = base + static_cast<std::uint32_t>(std::countr_zero(starts));
  }
}

#if defined(__x86_64__)
// The places of the bits are the numbers 0..63 compressed by the mask.
__attribute__((target("avx512f,avx512bw,avx512vbmi2"))) void write_starts_avx512(std::uint64_t starts,
                                                                                 std::uint32_t base,
                                                                                 std::uint32_t* out) {
  alignas(64) static constexpr auto kPlaces = [] {
    std::array<std::uint8_t, 64> places{};
    for (unsigned i = 0; i < 64; ++i) places[i] = static_cast<std::uint8_t>(i);
    return places;
  }();
  const __m512i packed = _mm512_maskz_compress_epi8(starts, _mm512_load_si512(kPlaces.data()));
  const __m512i from = _mm512_set1_epi32(static_cast<int>(base));
  const auto store = [&](std::uint32_t* to, __m128i bytes) __attribute__((target("avx512f,avx512bw,avx512vbmi2"))) {
    _mm512_storeu_si512(to, _mm512_add_epi32(_mm512_cvtepu8_epi32(bytes), from));
  };
  store(out, _mm512_castsi512_si128(packed));
  store(out + 16, _mm512_extracti32x4_epi32(packed, 1));
  if (std::popcount(starts) > 32) {
    store(out + 32, _mm512_extracti32x4_epi32(packed, 2));
    store(out + 48, _mm512_extracti32x4_epi32(packed, 3));
  }
}
#endif

using Masks = BlockMasks (*)(const char*, const UniformLeads&);

template <Masks masks, Gpt2Blocks::WriteStarts write = write_starts>
void split_blocks(const CharClasses& classes, const UniformLeads& uniform, std::string_view text,
                  Buffer<std::uint32_t>& ends) {
  if (text.empty()) return;
  Gpt2Blocks blocks(classes, text, ends, write);
  std::size_t base = 0;
  for (; base + 64 <= text.size(); base += 64) blocks.add(base, masks(text.data() + base, uniform));
  if (base < text.size()) {
    char last[64] = {};  // NUL is in no class but "other", and those bits are cut off
    std::memcpy(last, text.data() + base, text.size() - base);
    blocks.add(base, masks(last, uniform));
  }
  blocks.finish();
}

}  // namespace

Gpt2Splitter::Gpt2Splitter(Isa isa) : classes_(CharClasses::shared()), uniform_(classes_), isa_(isa) {}

Isa best_isa() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bw")) return Isa::avx512_vbmi2;
  if (__builtin_cpu_supports("avx512bw")) return Isa::avx512;
  if (__builtin_cpu_supports("avx2")) return Isa::avx2;
#endif
  return Isa::scalar;
}

void Gpt2Splitter::split(std::string_view text, Buffer<std::uint32_t>& ends) const {
#if defined(__x86_64__)
  if (isa_ == Isa::avx512_vbmi2) return split_blocks<masks_avx512, write_starts_avx512>(classes_, uniform_, text, ends);
  if (isa_ == Isa::avx512) return split_blocks<masks_avx512>(classes_, uniform_, text, ends);
  if (isa_ == Isa::avx2) return split_blocks<masks_avx2>(classes_, uniform_, text, ends);
#endif
  split_blocks<masks_scalar>(classes_, uniform_, text, ends);
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
  // No ASCII words here: the last byte of any letter or "other" character before an ideographic one is as good only
  // when the classes differ, so look for a class change with no white space on either side.
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
