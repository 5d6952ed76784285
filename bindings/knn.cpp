// Exact search over NumPy matrices, which are read where they lie (a mapped file as well).
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <string>

#include "arrays.hpp"
#include "interrupts.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/knn.hpp"

using namespace tokenspace;

namespace {

using Matrix = nb::ndarray<nb::ro, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using FloatMatrix = nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Floats = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Bytes = nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using LongMatrix = nb::ndarray<const std::int64_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Longs = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

void check_length(std::size_t length, std::size_t expected, const char* what) {
  if (length == expected) return;
  fail(ErrorKind::invalid_argument, "search", std::to_string(expected) + " " + what, std::to_string(length));
}

knn::Element element_of(const Matrix& matrix) {
  const auto type = matrix.dtype();
  const bool real = type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Float);
  const bool integer = type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Int);
  if (real && type.bits == 32) return knn::Element::float32;
  if (real && type.bits == 16) return knn::Element::float16;
  if (real && type.bits == 64) return knn::Element::float64;
  if (integer && type.bits == 8) return knn::Element::int8;
  // NumPy has no bfloat16: its bits come as uint16.
  const bool bits = type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::UInt);
  if (bits && type.bits == 16) return knn::Element::bfloat16;
  fail(ErrorKind::invalid_argument, "search", "vectors of float32, float16, float64, int8, or bfloat16 as uint16",
       std::to_string(type.bits) + "-bit numbers of another kind", "`.astype(\"float32\")`");
}

knn::Rows rows_of(const Matrix& vectors, const std::optional<Floats>& scales, const std::optional<Floats>& norms) {
  knn::Rows rows;
  rows.data = vectors.data();
  rows.element = element_of(vectors);
  rows.count = vectors.shape(0);
  rows.dimensions = vectors.shape(1);
  if (scales) {
    check_length(scales->shape(0), rows.count, "scales");
    rows.scales = scales->data();
  }
  if (norms) {
    check_length(norms->shape(0), rows.count, "norms");
    rows.norms = norms->data();
  }
  return rows;
}

knn::Queries queries_of(const FloatMatrix& queries, const knn::Rows& rows) {
  check_length(queries.shape(1), rows.dimensions, "numbers in a query");
  return {queries.data(), queries.shape(0)};
}

knn::Metric metric_of(const std::string& name) {
  if (name == "dot") return knn::Metric::dot;
  if (name == "l2") return knn::Metric::l2;
  fail(ErrorKind::invalid_argument, "search", "metric \"dot\" or \"l2\"", "\"" + name + "\"");
}

// (rows, columns) of new numbers that NumPy owns.
template <class T>
struct Table {
  T* data;
  nb::object array;

  Table(std::size_t rows, std::size_t columns) {
    auto owned = std::make_unique<T[]>(std::max<std::size_t>(1, rows * columns));
    data = owned.get();
    nb::capsule owner(owned.release(), [](void* p) noexcept { delete[] static_cast<T*>(p); });
    array = nb::cast(nb::ndarray<nb::numpy, T, nb::ndim<2>>(data, {rows, columns}, owner));
  }
};

nb::object search(const Matrix& vectors, const FloatMatrix& queries, std::size_t k, const std::string& metric,
                  std::size_t begin, std::size_t end, const std::optional<Floats>& norms,
                  const std::optional<Floats>& scales, const std::optional<Bytes>& allowed,
                  const std::optional<Longs>& excluded, const std::optional<Longs>& excluded_offsets,
                  unsigned threads) {
  const knn::Rows rows = rows_of(vectors, scales, norms);
  const knn::Queries asked = queries_of(queries, rows);
  knn::Options options;
  options.metric = metric_of(metric);
  options.begin = std::min(begin, rows.count);
  options.end = std::max(options.begin, std::min(end, rows.count));
  options.k = std::min(k, options.end - options.begin);
  options.threads = threads;
  if (allowed) {
    check_length(allowed->shape(0), rows.count, "values of `allowed`");
    options.allowed = allowed->data();
  }
  if (excluded && excluded_offsets) {
    check_length(excluded_offsets->shape(0), asked.count + 1, "values of `excluded_offsets`");
    const std::int64_t* offsets = excluded_offsets->data();
    if (offsets[0] != 0 || !std::is_sorted(offsets, offsets + asked.count + 1) ||
        offsets[asked.count] != static_cast<std::int64_t>(excluded->shape(0))) {
      fail(ErrorKind::invalid_argument, "search", "offsets that rise from 0 to the number of excluded rows", "others");
    }
    options.excluded = excluded->data();
    options.excluded_offsets = offsets;
  }
  Table<std::int64_t> found(asked.count, options.k);
  Table<float> scores(asked.count, options.k);
  {
    const Unlocked unlocked;
    knn::search(rows, asked, options, found.data, scores.data);
  }
  return nb::make_tuple(found.array, scores.array);
}

nb::object score_all(const Matrix& vectors, const FloatMatrix& queries, const std::string& metric,
                     const std::optional<Floats>& norms, const std::optional<Floats>& scales, unsigned threads) {
  const knn::Rows rows = rows_of(vectors, scales, norms);
  const knn::Queries asked = queries_of(queries, rows);
  const knn::Metric wanted = metric_of(metric);
  Table<float> scores(asked.count, rows.count);
  {
    const Unlocked unlocked;
    knn::score_all(rows, asked, wanted, threads, scores.data);
  }
  return scores.array;
}

nb::object ranks(const Matrix& vectors, const FloatMatrix& queries, const LongMatrix& candidates,
                 const std::string& metric, const std::optional<Longs>& left_out, const std::optional<Floats>& norms,
                 unsigned threads) {
  const knn::Rows rows = rows_of(vectors, std::nullopt, norms);
  const knn::Queries asked = queries_of(queries, rows);
  const knn::Metric wanted = metric_of(metric);
  check_length(candidates.shape(0), asked.count, "rows of candidates");
  if (left_out) check_length(left_out->shape(0), asked.count, "rows to leave out");
  Table<std::int64_t> found(asked.count, candidates.shape(1));
  {
    const Unlocked unlocked;
    knn::ranks(rows, asked, wanted, candidates.data(), candidates.shape(1), left_out ? left_out->data() : nullptr,
               threads, found.data);
  }
  return found.array;
}

nb::object row_norms(const Matrix& vectors, const std::optional<Floats>& scales, unsigned threads) {
  const knn::Rows rows = rows_of(vectors, scales, std::nullopt);
  std::vector<float> norms(rows.count);
  {
    const Unlocked unlocked;
    knn::row_norms(rows, threads, norms.data());
  }
  return to_array(std::move(norms));
}

}  // namespace

void register_knn(nb::module_& m) {
  m.def("knn_search", search, nb::arg("vectors"), nb::arg("queries"), nb::arg("k"), nb::kw_only(),
        nb::arg("metric") = "dot", nb::arg("begin") = 0, nb::arg("end") = SIZE_MAX, nb::arg("norms") = nb::none(),
        nb::arg("scales") = nb::none(), nb::arg("allowed") = nb::none(), nb::arg("excluded") = nb::none(),
        nb::arg("excluded_offsets") = nb::none(), nb::arg("threads") = 0,
        nb::sig("def knn_search(vectors: typing.Any, queries: typing.Any, k: int, *, metric: str = 'dot', begin: int = "
                "0, end: int = ..., norms: typing.Any = None, scales: typing.Any = None, allowed: typing.Any = None, "
                "excluded: typing.Any = None, excluded_offsets: typing.Any = None, threads: int = 0) -> "
                "tuple[typing.Any, typing.Any]"),
        "Rows (queries, k) int64 and scores (queries, k) float32, best first; -1 and NaN where rows run out.");
  m.def("knn_scores", score_all, nb::arg("vectors"), nb::arg("queries"), nb::kw_only(), nb::arg("metric") = "dot",
        nb::arg("norms") = nb::none(), nb::arg("scales") = nb::none(), nb::arg("threads") = 0,
        nb::sig("def knn_scores(vectors: typing.Any, queries: typing.Any, *, metric: str = 'dot', norms: typing.Any = "
                "None, scales: typing.Any = None, threads: int = 0) -> typing.Any"),
        "The score of every row, (queries, rows) float32.");
  m.def("knn_ranks", ranks, nb::arg("vectors"), nb::arg("queries"), nb::arg("candidates"), nb::kw_only(),
        nb::arg("metric") = "dot", nb::arg("left_out") = nb::none(), nb::arg("norms") = nb::none(),
        nb::arg("threads") = 0,
        nb::sig("def knn_ranks(vectors: typing.Any, queries: typing.Any, candidates: typing.Any, *, metric: str = "
                "'dot', left_out: typing.Any = None, norms: typing.Any = None, threads: int = 0) -> typing.Any"),
        "How many rows come before each of a query's candidates, (queries, candidates) int64, from 0.");
  m.def("knn_norms", row_norms, nb::arg("vectors"), nb::kw_only(), nb::arg("scales") = nb::none(),
        nb::arg("threads") = 0,
        nb::sig("def knn_norms(vectors: typing.Any, *, scales: typing.Any = None, threads: int = 0) -> typing.Any"),
        "The lengths of the rows, float32.");
}
