// The kernels over a vector type V and a function attribute NN_TARGET, both defined by the file that includes this one
// inside a namespace of its own.
//
// V: kLanes, kTileRows, kTileVectors; Reg; zero, set1, load, store, add, sub, mul, div, min, max, round (to even);
// fma(a, b, c) = a * b + c, fnma(a, b, c) = c - a * b; broadcast(p): four bytes
// in every lane; sum, largest, least (over the lanes); keep_first(x, n): 0 in the
// lanes from n on; keep_not_below(x, y, z): 0 where y < z; choose_below(x, y, a, b): a where x < y, else b;
// scale_by_power(x, n) = x * 2^n; from_int(x): the bits of x as int32 -> float; sub_product(x, a, b): bits of x - a *
// b, all int32; store_bytes(p, x): whole numbers of 0 to 255. Sets with bf16 have dot_bf16(sum, a, b) and store_bf16(p,
// x), sets with int8 dot_int8(sum, a, b); a, b: bits in a Reg.

#include "math_body.hpp"

template <class Lanes>
concept HasBf16 = requires(std::uint16_t* p, typename Lanes::Reg x) { Lanes::store_bf16(p, x); };

constexpr std::size_t kPanel = V::kLanes * static_cast<std::size_t>(V::kTileVectors);
static_assert(kPanel <= kPad && kPad % V::kLanes == 0);

struct DotFp32 {
  NN_TARGET static typename V::Reg dot(typename V::Reg sum, typename V::Reg a, typename V::Reg b) {
    return V::fma(a, b, sum);
  }
};
struct DotBf16 {
  template <class Lanes = V>
  NN_TARGET static typename V::Reg dot(typename V::Reg sum, typename V::Reg a, typename V::Reg b) {
    return Lanes::dot_bf16(sum, a, b);
  }
};
struct DotInt8 {
  template <class Lanes = V>
  NN_TARGET static typename V::Reg dot(typename V::Reg sum, typename V::Reg a, typename V::Reg b) {
    return Lanes::dot_int8(sum, a, b);
  }
};

// kRows rows times the panel; the sums go to `block` (kRows, kPanel) as they are.
template <class Dot, int kRows>
NN_TARGET void tile(const ProductTask& task, const char* left, float* block) {
  constexpr int kVectors = V::kTileVectors;
  const std::size_t stride = task.left_stride;
  // A base for every three rows: the others are reached by base + stride and base + 2 * stride, so that twelve rows
  // need few registers for addresses.
  const char* bases[(kRows + 2) / 3];
  for (int g = 0; g < (kRows + 2) / 3; ++g) bases[g] = left + static_cast<std::size_t>(3 * g) * stride;
  typename V::Reg sums[kRows][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v] = V::zero();
  }
  const float* panel = static_cast<const float*>(task.panel);
  for (std::size_t s = 0; s < task.steps; ++s, panel += kPanel) {
    typename V::Reg right[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) right[v] = V::load(panel + static_cast<std::size_t>(v) * V::kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const typename V::Reg x = V::broadcast(bases[r / 3] + static_cast<std::size_t>(r % 3) * stride + 4 * s);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = Dot::dot(sums[r][v], x, right[v]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      V::store(block + static_cast<std::size_t>(r) * kPanel + static_cast<std::size_t>(v) * V::kLanes, sums[r][v]);
    }
  }
}

// Sums of the rows [first, first + rows) -> what the task asks for.
template <Activation kActivation, class Lanes = V>
NN_TARGET void finish_with(const ProductTask& task, const float* block, std::size_t first, std::size_t rows) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t row = first + r, to = row * task.out_stride;
    const typename V::Reg scale = V::set1(task.row_scales != nullptr ? task.row_scales[row] : 1.0f);
    for (std::size_t c = 0; c < kPanel; c += V::kLanes) {
      typename V::Reg x = V::load(block + r * kPanel + c);
      if (task.column_sums != nullptr) {
        x = V::from_int(V::sub_product(x, task.zero_points[row], task.column_sums + c));
        x = V::mul(x, V::mul(scale, V::load(task.column_scales + c)));
      } else if (task.row_scales != nullptr) {
        x = V::mul(x, scale);
      }
      if (task.bias != nullptr) x = V::add(x, V::load(task.bias + c));
      x = activate<kActivation>(x);
      if constexpr (HasBf16<Lanes>) {
        if (task.out_bf16) {
          Lanes::store_bf16(static_cast<std::uint16_t*>(task.out) + to + c, x);
          continue;
        }
      }
      V::store(static_cast<float*>(task.out) + to + c, x);
    }
  }
}

NN_TARGET inline void finish(const ProductTask& task, const float* block, std::size_t first, std::size_t rows) {
  switch (task.activation) {
    case Activation::none:
      return finish_with<Activation::none>(task, block, first, rows);
    case Activation::gelu:
      return finish_with<Activation::gelu>(task, block, first, rows);
    case Activation::gelu_tanh:
      return finish_with<Activation::gelu_tanh>(task, block, first, rows);
    case Activation::quick_gelu:
      return finish_with<Activation::quick_gelu>(task, block, first, rows);
    case Activation::relu:
      return finish_with<Activation::relu>(task, block, first, rows);
    case Activation::silu:
      return finish_with<Activation::silu>(task, block, first, rows);
    case Activation::tanh:
      return finish_with<Activation::tanh>(task, block, first, rows);
  }
}

template <class Dot, int... kRows>
void product_of(const ProductTask& task, std::integer_sequence<int, kRows...>) {
  using Tile = void (*)(const ProductTask&, const char*, float*);
  static constexpr Tile kTiles[] = {tile<Dot, kRows + 1>...};
  alignas(64) float block[static_cast<std::size_t>(V::kTileRows) * kPanel];
  const char* left = static_cast<const char*>(task.left);
  // Tiles as even as can be: 13 rows are 7 and 6, not 12 and 1.
  const std::size_t tiles = (task.rows + V::kTileRows - 1) / V::kTileRows;
  for (std::size_t t = 0; t < tiles; ++t) {
    const std::size_t first = t * task.rows / tiles, rows = (t + 1) * task.rows / tiles - first;
    kTiles[rows - 1](task, left + first * task.left_stride, block);
    finish(task, block, first, rows);
  }
}

template <class Dot>
void product(const ProductTask& task) {
  product_of<Dot>(task, std::make_integer_sequence<int, V::kTileRows>());
}

template <class Lanes = V>
NN_TARGET float softmax(const SoftmaxTask& task) {
  const std::size_t width = padded(task.count);
  float* s = task.scores;
  std::fill(s + task.count, s + width, -std::numeric_limits<float>::infinity());
  const typename V::Reg scale = V::set1(task.scale);
  typename V::Reg most = V::set1(-std::numeric_limits<float>::infinity());
  for (std::size_t i = 0; i < width; i += V::kLanes) {
    typename V::Reg x = V::load(s + i);
    x = task.bias != nullptr ? V::fma(x, scale, V::load(task.bias + i)) : V::mul(x, scale);
    V::store(s + i, x);
    most = V::max(most, x);
  }
  const typename V::Reg top = V::set1(V::largest(most));
  typename V::Reg total = V::zero();
  for (std::size_t i = 0; i < width; i += V::kLanes) {
    const typename V::Reg x = exp_of(V::sub(V::load(s + i), top));
    total = V::add(total, x);
    if constexpr (HasBf16<Lanes>) {
      if (task.out_bf16 != nullptr) {
        Lanes::store_bf16(task.out_bf16 + i, x);
        continue;
      }
    }
    V::store(s + i, x);
  }
  return V::sum(total);
}

NN_TARGET void add_norm(float* x, const float* y, std::size_t n, const float* weight, const float* bias,
                        float epsilon) {
  typename V::Reg total = V::zero();
  for (std::size_t i = 0; i < n; i += V::kLanes) {
    typename V::Reg value = V::load(x + i);
    if (y != nullptr) {
      value = V::add(value, V::load(y + i));
      V::store(x + i, value);
    }
    total = V::add(total, value);
  }
  const typename V::Reg mean = V::set1(V::sum(total) / static_cast<float>(n));
  typename V::Reg squares = V::zero();
  for (std::size_t i = 0; i < n; i += V::kLanes) {
    typename V::Reg apart = V::sub(V::load(x + i), mean);
    if (i + V::kLanes > n) apart = V::keep_first(apart, n - i);
    squares = V::fma(apart, apart, squares);
  }
  const float variance = V::sum(squares) / static_cast<float>(n);
  const typename V::Reg inverse = V::set1(1.0f / std::sqrt(variance + epsilon));
  for (std::size_t i = 0; i < n; i += V::kLanes) {
    const typename V::Reg unit = V::mul(V::sub(V::load(x + i), mean), inverse);
    V::store(x + i, V::fma(unit, V::load(weight + i), V::load(bias + i)));
  }
}

NN_TARGET void quantize(const float* x, std::size_t n, std::uint8_t* out, float& scale, std::int32_t& zero_point) {
  typename V::Reg most = V::zero(), least = V::zero();  // 0 is always among the numbers: the padding is
  for (std::size_t i = 0; i < n; i += V::kLanes) {
    const typename V::Reg value = V::load(x + i);
    most = V::max(most, value);
    least = V::min(least, value);
  }
  const float low = V::least(least), range = V::largest(most) - low;
  scale = range > 0 ? range / 255.0f : 1.0f;
  const float inverse = 1.0f / scale, zero = std::nearbyint(-low * inverse);
  zero_point = static_cast<std::int32_t>(zero);
  const typename V::Reg factor = V::set1(inverse), shift = V::set1(zero), end = V::set1(255.0f);
  for (std::size_t i = 0; i < padded(n); i += V::kLanes) {
    const typename V::Reg value = V::round(V::fma(V::load(x + i), factor, shift));
    V::store_bytes(out + i, V::min(V::max(value, V::zero()), end));
  }
}

template <class Lanes = V>
NN_TARGET void narrow(const float* x, std::size_t n, std::uint16_t* out) {
  for (std::size_t i = 0; i < padded(n); i += V::kLanes) Lanes::store_bf16(out + i, V::load(x + i));
}
