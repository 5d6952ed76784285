// The kernels over a vector type V and a function attribute KNN_TARGET, both defined by the file that includes this one
// inside a namespace of its own. V: kLanes, Reg, zero, set1, load(const T*), load_part(const T*, n) with zeros behind,
// store, sub, mul, div, fma(a, b, c) = a * b + c, fnma(a, b, c) = c - a * b, sum(Reg), not_at_most(a, b): bit mask of
// !(a <= b).
//
// The sum of one row and query is built by the same operations in the same order whatever tile the row falls into.

// The processor's own prefetching follows too few of the rows that are read side by side: one query over rows of 100
// numbers is half again as fast with this, four over rows of 384 twice. Asked for are the rows after these, and no less
// than 8 KiB ahead (4 and 16 were slower). An address behind the matrix does no harm.
constexpr std::size_t kLeastAhead = 8192;

template <class T>
__attribute__((always_inline)) inline void fetch(const T* p, std::size_t bytes_ahead) {
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(p) + bytes_ahead));
}

template <class T, Operation kOperation, int kQueries, int kRows>
KNN_TARGET inline void few_rows(const T* rows, std::size_t dimensions, const float* scales, const float* queries,
                                float* scores, std::size_t stride) {
  const std::size_t ahead = std::max(kLeastAhead, kRows * dimensions * sizeof(T));
  typename V::Reg sums[kQueries][kRows];
  typename V::Reg scale[kRows];
  for (int r = 0; r < kRows; ++r) {
    for (int q = 0; q < kQueries; ++q) sums[q][r] = V::zero();
    if constexpr (kOperation == Operation::minus_square_distance) {
      scale[r] = V::set1(scales != nullptr ? scales[r] : 1.0f);
    }
  }
  const auto step = [&](std::size_t i, auto part, std::size_t n) KNN_TARGET __attribute__((always_inline)) {
    typename V::Reg query[kQueries];
    if constexpr (kOperation != Operation::square_norm) {
      for (int q = 0; q < kQueries; ++q) {
        const float* p = queries + static_cast<std::size_t>(q) * dimensions + i;
        query[q] = part ? V::load_part(p, n) : V::load(p);
      }
    }
    for (int r = 0; r < kRows; ++r) {
      const T* p = rows + static_cast<std::size_t>(r) * dimensions + i;
      fetch(p, ahead);
      const typename V::Reg x = part ? V::load_part(p, n) : V::load(p);
      for (int q = 0; q < kQueries; ++q) {
        if constexpr (kOperation == Operation::dot) {
          sums[q][r] = V::fma(x, query[q], sums[q][r]);
        } else if constexpr (kOperation == Operation::square_norm) {
          sums[q][r] = V::fma(x, x, sums[q][r]);
        } else {
          const typename V::Reg apart = V::fnma(scale[r], x, query[q]);
          sums[q][r] = V::fnma(apart, apart, sums[q][r]);
        }
      }
    }
  };
  std::size_t i = 0;
  for (; i + V::kLanes <= dimensions; i += V::kLanes) step(i, std::false_type(), 0);
  if (i < dimensions) step(i, std::true_type(), dimensions - i);
  for (int r = 0; r < kRows; ++r) {
    for (int q = 0; q < kQueries; ++q) {
      float sum = V::sum(sums[q][r]);
      if (scales != nullptr) {
        if constexpr (kOperation == Operation::dot) sum *= scales[r];
        if constexpr (kOperation == Operation::square_norm) sum *= scales[r] * scales[r];
      }
      scores[static_cast<std::size_t>(q) * stride + static_cast<std::size_t>(r)] = sum;
    }
  }
}

template <class T, Operation kOperation, int kQueries>
KNN_TARGET void few_queries(const FewTask& task) {
  constexpr int kRows = kQueries == 1 ? 8 : V::kFewRows;
  const T* rows = static_cast<const T*>(task.rows);
  const std::size_t d = task.dimensions;
  std::size_t r = 0;
  const auto scales = [&](std::size_t row) { return task.scales != nullptr ? task.scales + row : nullptr; };
  for (; r + kRows <= task.count; r += kRows) {
    few_rows<T, kOperation, kQueries, kRows>(rows + r * d, d, scales(r), task.queries, task.scores + r, task.stride);
  }
  for (; r < task.count; ++r) {
    few_rows<T, kOperation, kQueries, 1>(rows + r * d, d, scales(r), task.queries, task.scores + r, task.stride);
  }
}

template <class T, Operation kOperation>
void few_of(const FewTask& task) {
  if constexpr (kOperation == Operation::square_norm) {
    few_queries<T, kOperation, 1>(task);
  } else {
    switch (task.query_count) {
      case 1:
        return few_queries<T, kOperation, 1>(task);
      case 2:
        return few_queries<T, kOperation, 2>(task);
      case 3:
        return few_queries<T, kOperation, 3>(task);
      default:
        return few_queries<T, kOperation, 4>(task);
    }
  }
}

template <class T>
void few_in(Operation operation, const FewTask& task) {
  switch (operation) {
    case Operation::dot:
      return few_of<T, Operation::dot>(task);
    case Operation::minus_square_distance:
      return few_of<T, Operation::minus_square_distance>(task);
    case Operation::square_norm:
      return few_of<T, Operation::square_norm>(task);
  }
}

void few(Operation operation, const FewTask& task) {
  switch (task.element) {
    case Element::float32:
      return few_in<float>(operation, task);
    case Element::float16:
      return few_in<Half>(operation, task);
    case Element::int8:
      return few_in<std::int8_t>(operation, task);
    case Element::float64:
      return few_in<double>(operation, task);
    case Element::bfloat16:
      return few_in<Bfloat16>(operation, task);
  }
}

template <Operation kOperation, int kVectors>
KNN_TARGET void tile_of(const TileTask& task) {
  constexpr int kRows = V::kTileRows;
  constexpr std::size_t kWidth = kVectors * V::kLanes, kLine = 64 / sizeof(float);
  const std::size_t d = task.dimensions;
  const std::size_t ahead = std::max(kLeastAhead, kRows * d * sizeof(float));
  // A base for every three rows: the others are reached by base + stride and base + 2 * stride, so that twelve rows
  // need few registers for addresses.
  const float* bases[kRows / 3];
  for (int g = 0; g < kRows / 3; ++g) bases[g] = task.rows + static_cast<std::size_t>(3 * g) * d;
  typename V::Reg sums[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) sums[r][v] = V::zero();
  }
  const float* pack = task.pack;
  for (std::size_t i = 0; i < d; ++i, pack += kWidth) {
    if (i % kLine == 0) {
      for (int r = 0; r < kRows; ++r) fetch(bases[r / 3] + i + static_cast<std::size_t>(r % 3) * d, ahead);
    }
    typename V::Reg query[kVectors];
    for (int v = 0; v < kVectors; ++v) query[v] = V::load(pack + static_cast<std::size_t>(v) * V::kLanes);
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
      const typename V::Reg x = V::set1(bases[r / 3][i + static_cast<std::size_t>(r % 3) * d]);
      for (int v = 0; v < kVectors; ++v) {
        if constexpr (kOperation == Operation::dot) {
          sums[r][v] = V::fma(x, query[v], sums[r][v]);
        } else {
          const typename V::Reg apart = V::sub(x, query[v]);
          sums[r][v] = V::fnma(apart, apart, sums[r][v]);
        }
      }
    }
  }
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r) {
    const typename V::Reg divisor = V::set1(task.divisors[r]);
    std::uint32_t hits = 0;
    for (int v = 0; v < kVectors; ++v) {
      const std::size_t at = static_cast<std::size_t>(v) * V::kLanes;
      const typename V::Reg score = V::div(sums[r][v], divisor);
      V::store(task.scores + static_cast<std::size_t>(r) * kWidth + at, score);
      hits |= V::not_at_most(score, V::load(task.thresholds + at)) << at;
    }
    task.hits[r] = hits;
  }
}

void tile(Operation operation, const TileTask& task) {
  const bool narrow = task.width == V::kLanes;
  if (operation == Operation::dot) {
    return narrow ? tile_of<Operation::dot, 1>(task) : tile_of<Operation::dot, V::kPackVectors>(task);
  }
  return narrow ? tile_of<Operation::minus_square_distance, 1>(task)
                : tile_of<Operation::minus_square_distance, V::kPackVectors>(task);
}

template <class T>
KNN_TARGET void widen_rows(const T* rows, std::size_t count, std::size_t dimensions, const float* scales, float* out) {
  for (std::size_t r = 0; r < count; ++r) {
    const T* row = rows + r * dimensions;
    float* to = out + r * dimensions;
    const typename V::Reg scale = V::set1(scales != nullptr ? scales[r] : 1.0f);
    std::size_t i = 0;
    for (; i + V::kLanes <= dimensions; i += V::kLanes) V::store(to + i, V::mul(V::load(row + i), scale));
    if (i < dimensions) {
      float rest[V::kLanes];
      V::store(rest, V::mul(V::load_part(row + i, dimensions - i), scale));
      std::memcpy(to + i, rest, (dimensions - i) * sizeof(float));
    }
  }
}

void widen(const void* rows, Element element, std::size_t count, std::size_t dimensions, const float* scales,
           float* out) {
  switch (element) {
    case Element::float32:
      return widen_rows(static_cast<const float*>(rows), count, dimensions, scales, out);
    case Element::float16:
      return widen_rows(static_cast<const Half*>(rows), count, dimensions, scales, out);
    case Element::int8:
      return widen_rows(static_cast<const std::int8_t*>(rows), count, dimensions, scales, out);
    case Element::float64:
      return widen_rows(static_cast<const double*>(rows), count, dimensions, scales, out);
    case Element::bfloat16:
      return widen_rows(static_cast<const Bfloat16*>(rows), count, dimensions, scales, out);
  }
}
