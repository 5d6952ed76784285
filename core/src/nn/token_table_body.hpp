// The kernels over a vector type V and a function attribute NN_TARGET, both defined by the file that includes this one
// inside a namespace of its own. V: kLanes, kVectors (sums that stay in registers), Reg, zero, set1, load(const T*),
// load_part(const T*, n) with zeros behind, store, store_part(float*, Reg, n), mul, fma(a, b, c) = a * b + c, sum(Reg).

// The rows of the tokens some places on are asked for while this one is added: tables are larger than the second-level
// cache and a text's rows lie anywhere in them.
constexpr std::size_t kTokensAhead = 6;

template <class T, int kVectors, bool kPart>
NN_TARGET inline void sum_columns(const TokenTable& table, const std::uint32_t* ids, std::size_t count, float scale,
                                  std::size_t column, std::size_t rest, float* out) {
  const auto row_of = [&](std::uint32_t id) NN_TARGET __attribute__((always_inline)) {
    const std::size_t row = table.mapping != nullptr ? table.mapping[id] : id;
    return static_cast<const T*>(table.rows) + row * table.dimensions + column;
  };
  typename V::Reg sums[kVectors];
  for (int v = 0; v < kVectors; ++v) sums[v] = V::zero();
  for (std::size_t i = 0; i < count; ++i) {
    if (i + kTokensAhead < count) {
      const T* ahead = row_of(ids[i + kTokensAhead]);
      for (std::size_t at = 0; at < kVectors * V::kLanes; at += 64 / sizeof(T)) __builtin_prefetch(ahead + at);
    }
    const T* row = row_of(ids[i]);
    const typename V::Reg factor = V::set1(table.factors != nullptr ? table.factors[ids[i]] : 1.0f);
    for (int v = 0; v < kVectors; ++v) {
      const T* p = row + static_cast<std::size_t>(v) * V::kLanes;
      sums[v] = V::fma(kPart ? V::load_part(p, rest) : V::load(p), factor, sums[v]);
    }
  }
  const typename V::Reg scales = V::set1(scale);
  for (int v = 0; v < kVectors; ++v) {
    float* to = out + column + static_cast<std::size_t>(v) * V::kLanes;
    const typename V::Reg value = V::mul(sums[v], scales);
    if constexpr (kPart) {
      V::store_part(to, value, rest);
    } else {
      V::store(to, value);
    }
  }
}

template <class T>
NN_TARGET void sum_rows(const TokenTable& table, const std::uint32_t* ids, std::size_t count, float scale, float* out) {
  constexpr std::size_t kBlock = V::kVectors * V::kLanes;
  const std::size_t d = table.dimensions;
  std::size_t column = 0;
  for (; column + kBlock <= d; column += kBlock) {
    sum_columns<T, V::kVectors, false>(table, ids, count, scale, column, 0, out);
  }
  for (; column + V::kLanes <= d; column += V::kLanes) {
    sum_columns<T, 1, false>(table, ids, count, scale, column, 0, out);
  }
  if (column < d) sum_columns<T, 1, true>(table, ids, count, scale, column, d - column, out);
}

void sum(const TokenTable& table, const std::uint32_t* ids, std::size_t count, float scale, float* out) {
  switch (table.type) {
    case RowType::float32:
      return sum_rows<float>(table, ids, count, scale, out);
    case RowType::float16:
      return sum_rows<knn::Half>(table, ids, count, scale, out);
    case RowType::int8:
      return sum_rows<std::int8_t>(table, ids, count, scale, out);
  }
}

NN_TARGET void normalize(float* values, std::size_t count) {
  typename V::Reg squares = V::zero();
  std::size_t i = 0;
  for (; i + V::kLanes <= count; i += V::kLanes) {
    const typename V::Reg x = V::load(values + i);
    squares = V::fma(x, x, squares);
  }
  if (i < count) {
    const typename V::Reg x = V::load_part(values + i, count - i);
    squares = V::fma(x, x, squares);
  }
  const float length = std::sqrt(V::sum(squares));
  if (!(length > 0.0f)) return;
  for (std::size_t j = 0; j < count; ++j) values[j] /= length;
}
