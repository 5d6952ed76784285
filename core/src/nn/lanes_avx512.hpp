// Sixteen lanes of AVX-512 (F, BW, VL, DQ), for the files that define NN_TARGET and include this inside a namespace of
// their own; see kernels_body.hpp.

struct Lanes512 {
  static constexpr std::size_t kLanes = 16;
  static constexpr int kTileRows = 12;
  static constexpr int kTileVectors = 2;
  using Reg = __m512;

  NN_TARGET static Reg zero() { return _mm512_setzero_ps(); }
  NN_TARGET static Reg set1(float x) { return _mm512_set1_ps(x); }
  NN_TARGET static Reg broadcast(const char* p) {
    std::int32_t bits;
    std::memcpy(&bits, p, sizeof bits);
    return _mm512_castsi512_ps(_mm512_set1_epi32(bits));
  }
  NN_TARGET static Reg load(const float* p) { return _mm512_loadu_ps(p); }
  NN_TARGET static void store(float* p, Reg x) { _mm512_storeu_ps(p, x); }
  NN_TARGET static void store_bytes(std::uint8_t* p, Reg x) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(x)));
  }
  NN_TARGET static Reg add(Reg a, Reg b) { return _mm512_add_ps(a, b); }
  NN_TARGET static Reg sub(Reg a, Reg b) { return _mm512_sub_ps(a, b); }
  NN_TARGET static Reg mul(Reg a, Reg b) { return _mm512_mul_ps(a, b); }
  NN_TARGET static Reg div(Reg a, Reg b) { return _mm512_div_ps(a, b); }
  NN_TARGET static Reg min(Reg a, Reg b) { return _mm512_min_ps(a, b); }
  NN_TARGET static Reg max(Reg a, Reg b) { return _mm512_max_ps(a, b); }
  NN_TARGET static Reg fma(Reg a, Reg b, Reg c) { return _mm512_fmadd_ps(a, b, c); }
  NN_TARGET static Reg fnma(Reg a, Reg b, Reg c) { return _mm512_fnmadd_ps(a, b, c); }
  NN_TARGET static Reg round(Reg x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  NN_TARGET static float sum(Reg x) { return _mm512_reduce_add_ps(x); }
  NN_TARGET static float largest(Reg x) { return _mm512_reduce_max_ps(x); }
  NN_TARGET static float least(Reg x) { return _mm512_reduce_min_ps(x); }
  NN_TARGET static Reg keep_first(Reg x, std::size_t n) {
    return _mm512_maskz_mov_ps(static_cast<__mmask16>((1u << n) - 1u), x);
  }
  NN_TARGET static Reg keep_not_below(Reg x, Reg y, Reg z) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(y, z, _CMP_GE_OQ), x);
  }
  NN_TARGET static Reg choose_below(Reg x, Reg y, Reg a, Reg b) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, y, _CMP_LT_OQ), b, a);
  }
  NN_TARGET static Reg scale_by_power(Reg x, Reg n) { return _mm512_scalef_ps(x, n); }
  NN_TARGET static Reg from_int(Reg x) { return _mm512_cvtepi32_ps(_mm512_castps_si512(x)); }
  NN_TARGET static Reg sub_product(Reg x, std::int32_t a, const std::int32_t* b) {
    const __m512i product = _mm512_mullo_epi32(_mm512_set1_epi32(a), _mm512_loadu_si512(b));
    return _mm512_castsi512_ps(_mm512_sub_epi32(_mm512_castps_si512(x), product));
  }
};
