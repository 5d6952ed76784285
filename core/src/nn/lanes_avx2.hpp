// Eight lanes of AVX2 with FMA, for the files that define NN_TARGET and include this inside a namespace of their own;
// see kernels_body.hpp.

struct Lanes256 {
  static constexpr std::size_t kLanes = 8;
  static constexpr int kTileRows = 6;
  static constexpr int kTileVectors = 2;
  using Reg = __m256;

  NN_TARGET static Reg zero() { return _mm256_setzero_ps(); }
  NN_TARGET static Reg set1(float x) { return _mm256_set1_ps(x); }
  NN_TARGET static Reg broadcast(const char* p) {
    std::int32_t bits;
    std::memcpy(&bits, p, sizeof bits);
    return _mm256_castsi256_ps(_mm256_set1_epi32(bits));
  }
  NN_TARGET static Reg load(const float* p) { return _mm256_loadu_ps(p); }
  NN_TARGET static void store(float* p, Reg x) { _mm256_storeu_ps(p, x); }
  NN_TARGET static void store_bytes(std::uint8_t* p, Reg x) {
    const __m256i whole = _mm256_cvtps_epi32(x);
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));
  }
  NN_TARGET static Reg add(Reg a, Reg b) { return _mm256_add_ps(a, b); }
  NN_TARGET static Reg sub(Reg a, Reg b) { return _mm256_sub_ps(a, b); }
  NN_TARGET static Reg mul(Reg a, Reg b) { return _mm256_mul_ps(a, b); }
  NN_TARGET static Reg div(Reg a, Reg b) { return _mm256_div_ps(a, b); }
  NN_TARGET static Reg min(Reg a, Reg b) { return _mm256_min_ps(a, b); }
  NN_TARGET static Reg max(Reg a, Reg b) { return _mm256_max_ps(a, b); }
  NN_TARGET static Reg fma(Reg a, Reg b, Reg c) { return _mm256_fmadd_ps(a, b, c); }
  NN_TARGET static Reg fnma(Reg a, Reg b, Reg c) { return _mm256_fnmadd_ps(a, b, c); }
  NN_TARGET static Reg round(Reg x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  NN_TARGET static float sum(Reg x) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
  }
  NN_TARGET static float largest(Reg x) {
    __m128 s = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    s = _mm_max_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
  }
  NN_TARGET static float least(Reg x) { return -largest(sub(zero(), x)); }
  NN_TARGET static Reg keep_first(Reg x, std::size_t n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_and_ps(x, _mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), lane)));
  }
  NN_TARGET static Reg keep_not_below(Reg x, Reg y, Reg z) { return _mm256_and_ps(x, _mm256_cmp_ps(y, z, _CMP_GE_OQ)); }
  NN_TARGET static Reg choose_below(Reg x, Reg y, Reg a, Reg b) {
    return _mm256_blendv_ps(b, a, _mm256_cmp_ps(x, y, _CMP_LT_OQ));
  }
  NN_TARGET static Reg scale_by_power(Reg x, Reg n) {
    const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_mul_ps(x, _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23)));
  }
  NN_TARGET static Reg from_int(Reg x) { return _mm256_cvtepi32_ps(_mm256_castps_si256(x)); }
  NN_TARGET static Reg sub_product(Reg x, std::int32_t a, const std::int32_t* b) {
    const __m256i right = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b));
    const __m256i product = _mm256_mullo_epi32(_mm256_set1_epi32(a), right);
    return _mm256_castsi256_ps(_mm256_sub_epi32(_mm256_castps_si256(x), product));
  }
};
