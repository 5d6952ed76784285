#include "pair_prefilter.hpp"

#include <algorithm>
#include <bit>
#include <set>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tokenspace {
namespace {

constexpr int kBuckets = 8;

}  // namespace

PairPrefilter::Kernel PairPrefilter::best_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return Kernel::avx2;
  if (__builtin_cpu_supports("ssse3")) return Kernel::ssse3;
#endif
  return Kernel::scalar;
}

PairPrefilter::PairPrefilter(const std::vector<std::string_view>& patterns) : kernel_(best_kernel()) {
  // Second byte 256 stands for "any". Sorted, so that a bucket holds neighbours, which share nibbles and thus let few
  // unrelated pairs through.
  std::set<std::pair<unsigned, unsigned>> beginnings;
  for (const std::string_view pattern : patterns) {
    const auto first = static_cast<unsigned char>(pattern[0]);
    if (pattern.size() == 1) {
      single_bytes_.set(first);
      for (unsigned second = 0; second < 256; ++second) pairs_.set(first | second << 8);
      beginnings.emplace(first, 256U);
    } else {
      const auto second = static_cast<unsigned char>(pattern[1]);
      pairs_.set(static_cast<unsigned>(first) | static_cast<unsigned>(second) << 8);
      beginnings.emplace(first, second);
    }
  }
  std::size_t index = 0;
  for (const auto& [first, second] : beginnings) {
    const auto bit = static_cast<std::uint8_t>(1U << (index++ * kBuckets / beginnings.size()));
    masks_[0][0][first & 15] |= bit;
    masks_[0][1][first >> 4] |= bit;
    for (unsigned nibble = 0; nibble < 16; ++nibble) {
      if (second == 256 || (second & 15) == nibble) masks_[1][0][nibble] |= bit;
      if (second == 256 || second >> 4 == nibble) masks_[1][1][nibble] |= bit;
    }
  }
}

std::size_t PairPrefilter::next(std::string_view text, std::size_t from, Kernel kernel) const {
  // Dense matches (runs of spaces in source code) end here, without setting a vector up.
  const std::size_t near = std::min(text.size(), from + 4);
  for (; from + 1 < near; ++from) {
    if (begins(static_cast<unsigned char>(text[from]), static_cast<unsigned char>(text[from + 1]))) return from;
  }
#if defined(__x86_64__)
  if (kernel == Kernel::avx2) return next_avx2(text, from);
  if (kernel == Kernel::ssse3) return next_ssse3(text, from);
#endif
  (void)kernel;
  return next_scalar(text, from);
}

std::size_t PairPrefilter::next_scalar(std::string_view text, std::size_t from) const {
  const std::size_t size = text.size();
  for (; from + 1 < size; ++from) {
    if (begins(static_cast<unsigned char>(text[from]), static_cast<unsigned char>(text[from + 1]))) return from;
  }
  if (from < size && single_bytes_[static_cast<unsigned char>(text[from])]) return from;
  return size;
}

#if defined(__x86_64__)

__attribute__((target("ssse3"))) std::size_t PairPrefilter::next_ssse3(std::string_view text, std::size_t from) const {
  const auto* tables = reinterpret_cast<const __m128i*>(masks_.data());
  const __m128i low0 = _mm_load_si128(tables), high0 = _mm_load_si128(tables + 1);
  const __m128i low1 = _mm_load_si128(tables + 2), high1 = _mm_load_si128(tables + 3);
  const __m128i nibble = _mm_set1_epi8(15);
  const __m128i zero = _mm_setzero_si128();
  for (; from + 17 <= text.size(); from += 16) {
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from + 1));
    const __m128i in_a = _mm_and_si128(_mm_shuffle_epi8(low0, _mm_and_si128(a, nibble)),
                                       _mm_shuffle_epi8(high0, _mm_and_si128(_mm_srli_epi16(a, 4), nibble)));
    const __m128i in_b = _mm_and_si128(_mm_shuffle_epi8(low1, _mm_and_si128(b, nibble)),
                                       _mm_shuffle_epi8(high1, _mm_and_si128(_mm_srli_epi16(b, 4), nibble)));
    auto hits = ~static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_and_si128(in_a, in_b), zero))) & 0xFFFFU;
    for (; hits != 0; hits &= hits - 1) {
      const std::size_t at = from + static_cast<std::size_t>(std::countr_zero(hits));
      if (begins(static_cast<unsigned char>(text[at]), static_cast<unsigned char>(text[at + 1]))) return at;
    }
  }
  return next_scalar(text, from);
}

__attribute__((target("avx2"))) std::size_t PairPrefilter::next_avx2(std::string_view text, std::size_t from) const {
  const auto* tables = reinterpret_cast<const __m128i*>(masks_.data());
  const __m256i low0 = _mm256_broadcastsi128_si256(_mm_load_si128(tables));
  const __m256i high0 = _mm256_broadcastsi128_si256(_mm_load_si128(tables + 1));
  const __m256i low1 = _mm256_broadcastsi128_si256(_mm_load_si128(tables + 2));
  const __m256i high1 = _mm256_broadcastsi128_si256(_mm_load_si128(tables + 3));
  const __m256i nibble = _mm256_set1_epi8(15);
  const __m256i zero = _mm256_setzero_si256();
  for (; from + 33 <= text.size(); from += 32) {
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + from));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + from + 1));
    const __m256i in_a =
        _mm256_and_si256(_mm256_shuffle_epi8(low0, _mm256_and_si256(a, nibble)),
                         _mm256_shuffle_epi8(high0, _mm256_and_si256(_mm256_srli_epi16(a, 4), nibble)));
    const __m256i in_b =
        _mm256_and_si256(_mm256_shuffle_epi8(low1, _mm256_and_si256(b, nibble)),
                         _mm256_shuffle_epi8(high1, _mm256_and_si256(_mm256_srli_epi16(b, 4), nibble)));
    auto hits = ~static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(in_a, in_b), zero)));
    for (; hits != 0; hits &= hits - 1) {
      const std::size_t at = from + static_cast<std::size_t>(std::countr_zero(hits));
      if (begins(static_cast<unsigned char>(text[at]), static_cast<unsigned char>(text[at + 1]))) return at;
    }
  }
  return next_scalar(text, from);
}

#endif

}  // namespace tokenspace
