// The bodies of pair_kernels.hpp over a SIMD type V. Included once by each instruction set's source file, which defines
// TS_TARGET (the target attribute of every function here) and V:
//   Vec, kWidth, kScoreRows (inputs of a score tile; kScoreRows * 4 sums are held in registers), kUpdateRows,
//   zero, all(x), load, store, load_part(p, n), store_part(p, v, n) (the first n lanes; zeros are loaded for the rest),
//   add, sub, mul, fma(a, b, c) = a * b + c, div, min, max, scale2(p, t): p * 2^n for t = n + 1.5 * 2^23,
//   where_below(v, x, limit): v where |x| < limit, else 0,
//   sum4(a, b, c, d, p, n): the lanes of each added up, n of the sums stored.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "pair_kernels.hpp"

namespace tokenspace::vectors {
namespace {

using Vec = V::Vec;

template <int kRows, int kColumns>
TS_TARGET void score_tile(const float* const* inputs, const float* const* outputs, std::size_t dim, float* scores,
                          std::size_t stride) {
  Vec sums[kRows][4];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) sums[r][c] = V::zero();
  }
  const float* in[kRows];
  for (int r = 0; r < kRows; ++r) in[r] = inputs[r];
  const float* out[kColumns];
  for (int c = 0; c < kColumns; ++c) out[c] = outputs[c];
  std::size_t k = 0;
  for (; k + V::kWidth <= dim; k += V::kWidth) {
    Vec x[kRows];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) x[r] = V::load(in[r] + k);
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) {
      const Vec y = V::load(out[c] + k);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) sums[r][c] = V::fma(x[r], y, sums[r][c]);
    }
  }
  if (const std::size_t rest = dim - k; rest != 0) {
    Vec x[kRows];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) x[r] = V::load_part(in[r] + k, rest);
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) {
      const Vec y = V::load_part(out[c] + k, rest);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) sums[r][c] = V::fma(x[r], y, sums[r][c]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    V::sum4(sums[r][0], sums[r][1], sums[r][2], sums[r][3], scores + static_cast<std::size_t>(r) * stride, kColumns);
  }
}

using ScoreTile = void (*)(const float* const*, const float* const*, std::size_t, float*, std::size_t);

// kScoreTiles<columns>[rows - 1]
template <int kColumns, int... kRow>
constexpr auto score_tiles(std::integer_sequence<int, kRow...>) {
  struct Table {
    ScoreTile tile[sizeof...(kRow)];
  };
  return Table{{&score_tile<kRow + 1, kColumns>...}};
}
constexpr auto kScoreTiles1 = score_tiles<1>(std::make_integer_sequence<int, V::kScoreRows>());
constexpr auto kScoreTiles2 = score_tiles<2>(std::make_integer_sequence<int, V::kScoreRows>());
constexpr auto kScoreTiles3 = score_tiles<3>(std::make_integer_sequence<int, V::kScoreRows>());
constexpr auto kScoreTiles4 = score_tiles<4>(std::make_integer_sequence<int, V::kScoreRows>());

void scores(const PairBlock& block) {
  const std::size_t tiles = (block.input_count + V::kScoreRows - 1) / V::kScoreRows;
  std::size_t b = 0;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t rows = (block.input_count - b) / (tiles - tile);  // tiles of nearly equal size
    std::size_t n = 0;
    float* const to = block.scores + b * block.output_count;
    for (; n + 4 <= block.output_count; n += 4) {
      kScoreTiles4.tile[rows - 1](block.inputs + b, block.outputs + n, block.dim, to + n, block.output_count);
    }
    if (const std::size_t rest = block.output_count - n; rest != 0) {
      const auto& table = rest == 1 ? kScoreTiles1.tile : rest == 2 ? kScoreTiles2.tile : kScoreTiles3.tile;
      table[rows - 1](block.inputs + b, block.outputs + n, block.dim, to + n, block.output_count);
    }
    b += rows;
  }
}

// 1 / (1 + exp(-x)), relative error below 2e-7: exp by splitting off the power of two and a polynomial of degree 6.
TS_TARGET inline Vec sigmoid(Vec x) {
  x = V::max(V::min(x, V::all(87.0f)), V::all(-87.0f));
  const Vec magic = V::all(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
  const Vec t = V::fma(x, V::all(-1.44269504f), magic);
  const Vec n = V::sub(t, magic);
  Vec r = V::fma(n, V::all(-0.693359375f), V::sub(V::zero(), x));
  r = V::fma(n, V::all(2.12194440e-4f), r);
  Vec p = V::all(1.9875691500e-4f);
  p = V::fma(p, r, V::all(1.3981999507e-3f));
  p = V::fma(p, r, V::all(8.3334519073e-3f));
  p = V::fma(p, r, V::all(4.1665795894e-2f));
  p = V::fma(p, r, V::all(1.6666665459e-1f));
  p = V::fma(p, r, V::all(5.0000001201e-1f));
  p = V::fma(V::mul(r, r), p, V::add(r, V::all(1.0f)));
  return V::div(V::all(1.0f), V::add(V::all(1.0f), V::scale2(p, t)));
}

// label - sigmoid(score), and 0 where training has left all bounds (see kScoreLimit).
TS_TARGET inline Vec wrongness(Vec label, Vec score) {
  return V::where_below(V::sub(label, sigmoid(score)), score, V::all(kScoreLimit));
}

TS_TARGET void gradients(const PairBlock& block) {
  const std::size_t count = block.output_count;
  for (std::size_t b = 0; b < block.input_count; ++b) {
    float* const row = block.scores + b * count;
    const Vec factor = V::all(block.alpha * block.input_weights[b]);
    std::size_t n = 0;
    for (; n + V::kWidth <= count; n += V::kWidth) {
      const Vec wrong = wrongness(V::load(block.labels + n), V::load(row + n));
      V::store(row + n, V::mul(V::mul(factor, V::load(block.output_weights + n)), wrong));
    }
    if (const std::size_t rest = count - n; rest != 0) {
      const Vec wrong = wrongness(V::load_part(block.labels + n, rest), V::load_part(row + n, rest));
      V::store_part(row + n, V::mul(V::mul(factor, V::load_part(block.output_weights + n, rest)), wrong), rest);
    }
  }
}

// One chunk of kWidth columns (the last of them narrower: kPart) of kRows inputs against all outputs.
template <int kRows, bool kApart, bool kPart>
TS_TARGET void update_tile(const PairBlock& block, std::size_t first, std::size_t k, std::size_t width) {
  const auto load = [&](const float* p) TS_TARGET { return kPart ? V::load_part(p, width) : V::load(p); };
  const auto store = [&](float* p, Vec v) TS_TARGET {
    if constexpr (kPart) {
      V::store_part(p, v, width);
    } else {
      V::store(p, v);
    }
  };
  Vec in[kRows];
  Vec changed[kRows];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    in[r] = load(block.inputs[first + r] + k);
    changed[r] = kApart ? V::zero() : in[r];
  }
  const std::size_t count = block.output_count;
  const float* const g = block.scores + first * count;
  for (std::size_t n = 0; n < count; ++n) {
    const Vec old = V::load(block.old + n * kOldFloats);
    float* const to = block.outputs[n] + k;
    Vec out = load(to);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vec factor = V::all(g[static_cast<std::size_t>(r) * count + n]);
      changed[r] = V::fma(factor, old, changed[r]);
      out = V::fma(factor, in[r], out);
    }
    store(to, out);
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) store(block.input_results[first + r] + k, changed[r]);
}

using UpdateTile = void (*)(const PairBlock&, std::size_t, std::size_t, std::size_t);

template <bool kApart, bool kPart, int... kRow>
constexpr auto update_tiles(std::integer_sequence<int, kRow...>) {
  struct Table {
    UpdateTile tile[sizeof...(kRow)];
  };
  return Table{{&update_tile<kRow + 1, kApart, kPart>...}};
}
template <bool kApart, bool kPart>
constexpr auto kUpdateTiles = update_tiles<kApart, kPart>(std::make_integer_sequence<int, V::kUpdateRows>());

// kVectors * kWidth columns from k of a single input: each output is read once, and no copy of it is needed.
template <int kVectors, bool kApart, bool kPart>
TS_TARGET inline void update_one_part(const PairBlock& block, std::size_t k, std::size_t width) {
  const auto load = [&](const float* p) TS_TARGET { return kPart ? V::load_part(p, width) : V::load(p); };
  const auto store = [&](float* p, Vec v) TS_TARGET {
    if constexpr (kPart) {
      V::store_part(p, v, width);
    } else {
      V::store(p, v);
    }
  };
  const float* const from = block.inputs[0] + k;
  Vec in[kVectors];
  Vec changed[kVectors];
#pragma GCC unroll 4
  for (int i = 0; i < kVectors; ++i) {
    in[i] = load(from + i * V::kWidth);
    changed[i] = kApart ? V::zero() : in[i];
  }
  for (std::size_t n = 0; n < block.output_count; ++n) {
    const Vec factor = V::all(block.scores[n]);
    float* const row = block.outputs[n] + k;
#pragma GCC unroll 4
    for (int i = 0; i < kVectors; ++i) {
      const Vec old = load(row + i * V::kWidth);
      changed[i] = V::fma(factor, old, changed[i]);
      store(row + i * V::kWidth, V::fma(factor, in[i], old));
    }
  }
  float* const to = block.input_results[0] + k;
#pragma GCC unroll 4
  for (int i = 0; i < kVectors; ++i) store(to + i * V::kWidth, changed[i]);
}

template <bool kApart>
TS_TARGET void update_one(const PairBlock& block) {
  std::size_t k = 0;
  for (; k + 4 * V::kWidth <= block.dim; k += 4 * V::kWidth) update_one_part<4, kApart, false>(block, k, 0);
  for (; k + V::kWidth <= block.dim; k += V::kWidth) update_one_part<1, kApart, false>(block, k, 0);
  if (k < block.dim) update_one_part<1, kApart, true>(block, k, block.dim - k);
}

template <bool kApart>
TS_TARGET void update(const PairBlock& block) {
  if (block.input_count == 1) {
    update_one<kApart>(block);
    return;
  }
  const std::size_t tiles = (block.input_count + V::kUpdateRows - 1) / V::kUpdateRows;
  for (std::size_t k = 0; k < block.dim; k += V::kWidth) {
    const std::size_t width = std::min(V::kWidth, block.dim - k);
    const bool part = width != V::kWidth;
    for (std::size_t n = 0; n < block.output_count; ++n) {
      const float* const from = block.outputs[n] + k;
      V::store(block.old + n * kOldFloats, part ? V::load_part(from, width) : V::load(from));
    }
    std::size_t b = 0;
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      const std::size_t rows = (block.input_count - b) / (tiles - tile);
      if (part) {
        kUpdateTiles<kApart, true>.tile[rows - 1](block, b, k, width);
      } else {
        kUpdateTiles<kApart, false>.tile[rows - 1](block, b, k, width);
      }
      b += rows;
    }
  }
}

TS_TARGET void sum_rows(const float* const* rows, std::size_t count, std::size_t dim, float scale, float* out) {
  for (std::size_t k = 0; k < dim; k += V::kWidth) {
    const std::size_t width = std::min(V::kWidth, dim - k);
    Vec sum = V::zero();
    if (width == V::kWidth) {
      for (std::size_t i = 0; i < count; ++i) sum = V::add(sum, V::load(rows[i] + k));
      V::store(out + k, V::mul(sum, V::all(scale)));
    } else {
      for (std::size_t i = 0; i < count; ++i) sum = V::add(sum, V::load_part(rows[i] + k, width));
      V::store_part(out + k, V::mul(sum, V::all(scale)), width);
    }
  }
}

TS_TARGET void add_scaled(const float* values, std::size_t dim, float scale, float* row) {
  const Vec factor = V::all(scale);
  std::size_t k = 0;
  for (; k + V::kWidth <= dim; k += V::kWidth) {
    V::store(row + k, V::fma(factor, V::load(values + k), V::load(row + k)));
  }
  if (const std::size_t rest = dim - k; rest != 0) {
    V::store_part(row + k, V::fma(factor, V::load_part(values + k, rest), V::load_part(row + k, rest)), rest);
  }
}

constexpr PairKernels kKernels{V::kName, &scores, &gradients, &update<false>, &update<true>, &sum_rows, &add_scaled};

}  // namespace
}  // namespace tokenspace::vectors
