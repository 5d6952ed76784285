// The inner loops of exact search, one set an instruction set. kernels_body.hpp holds their one source, compiled for
// each; the scalar set is the twin the others are tested against.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tokenspace/knn.hpp"

namespace tokenspace::knn {

enum class Operation : std::uint8_t { dot, minus_square_distance, square_norm };

// Rows [0, count) of `rows` against up to kFew queries: scores[q * stride + row]. Vector lanes run along the row.
struct FewTask {
  const void* rows = nullptr;
  Element element = Element::float32;
  std::size_t count = 0;
  std::size_t dimensions = 0;
  const float* scales = nullptr;
  const float* queries = nullptr;  // (query_count, dimensions)
  std::size_t query_count = 0;
  float* scores = nullptr;
  std::size_t stride = 0;
};
inline constexpr std::size_t kFew = 4;

// `tile_rows` rows of float32 against a pack of queries, packed as (dimensions, width): lanes run along the queries.
// scores: (tile_rows, width), already divided by `divisors` (one a row); hits: one bit a query and row, set where the
// score is not below or equal to the query's threshold.
struct TileTask {
  const float* rows = nullptr;
  std::size_t dimensions = 0;
  const float* pack = nullptr;
  std::size_t width = 0;  // of the pack: `lanes` or `pack_width` of the set
  const float* divisors = nullptr;
  const float* thresholds = nullptr;
  float* scores = nullptr;
  std::uint32_t* hits = nullptr;
};

struct Kernels {
  const char* name;
  std::size_t lanes;       // width of a narrow pack
  std::size_t pack_width;  // width of a full one, at most 32
  std::size_t tile_rows;
  void (*few)(Operation, const FewTask&);
  void (*tile)(Operation, const TileTask&);
  // Rows of any element, scales applied, as float32.
  void (*widen)(const void* rows, Element, std::size_t count, std::size_t dimensions, const float* scales, float* out);
};

inline constexpr std::size_t kMaxTileRows = 12;
inline constexpr std::size_t kMaxPackWidth = 32;

// The best set this machine can run.
const Kernels& kernels();
// Every set this machine can run, scalar first.
std::size_t kernel_sets(const Kernels* const** sets);

extern const Kernels kScalarKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif

inline std::size_t bytes_of(Element element) {
  switch (element) {
    case Element::float32:
      return 4;
    case Element::float16:
    case Element::bfloat16:
      return 2;
    case Element::int8:
      return 1;
    case Element::float64:
      return 8;
  }
  return 4;
}

}  // namespace tokenspace::knn
