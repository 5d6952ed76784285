// The table of a static text encoder over NumPy arrays, which are read where they lie.
#include <nanobind/stl/optional.h>

#include <algorithm>
#include <string>

#include "arrays.hpp"
#include "interrupts.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/token_table.hpp"
#include "tokenspace/token_table_train.hpp"

using namespace tokenspace;

namespace {

using Matrix = nb::ndarray<nb::ro, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Floats = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Ids = nb::ndarray<const std::uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Trained = nb::ndarray<float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using FloatMatrix = nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Longs = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

constexpr const char* kOperation = "token table";

nn::RowType type_of(const Matrix& rows) {
  const auto type = rows.dtype();
  const bool real = type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Float);
  const bool integer = type.code == static_cast<std::uint8_t>(nb::dlpack::dtype_code::Int);
  if (real && type.bits == 32) return nn::RowType::float32;
  if (real && type.bits == 16) return nn::RowType::float16;
  if (integer && type.bits == 8) return nn::RowType::int8;
  fail(ErrorKind::invalid_argument, kOperation, "rows of float32, float16 or int8",
       std::to_string(type.bits) + "-bit numbers of another kind", "`.astype(\"float32\")`");
}

nn::Bags bags_of(const Ids& ids, const Longs& row_offsets) {
  const std::size_t texts = row_offsets.shape(0) == 0 ? 0 : row_offsets.shape(0) - 1;
  const std::int64_t* offsets = row_offsets.data();
  if (row_offsets.shape(0) == 0 || offsets[0] != 0 || !std::is_sorted(offsets, offsets + texts + 1) ||
      offsets[texts] != static_cast<std::int64_t>(ids.shape(0))) {
    fail(ErrorKind::invalid_argument, kOperation, "row_offsets that rise from 0 to the number of ids", "others");
  }
  return {ids.data(), offsets, texts};
}

void check_shape(std::size_t rows, std::size_t columns, std::size_t expected_rows, std::size_t expected_columns,
                 const char* what) {
  if (rows == expected_rows && columns == expected_columns) return;
  fail(
      ErrorKind::invalid_argument, kOperation,
      std::string(what) + " of shape (" + std::to_string(expected_rows) + ", " + std::to_string(expected_columns) + ")",
      "(" + std::to_string(rows) + ", " + std::to_string(columns) + ")");
}

void adam_step(const Trained& rows, const Trained& first, const Trained& second, const Ids& ids,
               const Longs& row_offsets, const FloatMatrix& gradients, std::uint64_t step, float rate,
               unsigned threads) {
  const nn::Bags bags = bags_of(ids, row_offsets);
  const std::size_t n = rows.shape(0), d = rows.shape(1);
  check_shape(first.shape(0), first.shape(1), n, d, "first moments");
  check_shape(second.shape(0), second.shape(1), n, d, "second moments");
  check_shape(gradients.shape(0), gradients.shape(1), bags.count, d, "gradients");
  if (step == 0) fail(ErrorKind::invalid_argument, kOperation, "a step of 1 or more", "0");
  const Unlocked unlocked;
  nn::adam_step({rows.data(), first.data(), second.data(), n, d}, bags, gradients.data(),
                {.number = step, .rate = rate}, threads);
}

// Keeps the arrays alive; immutable, shared by threads.
class Table {
 public:
  Table(Matrix rows, std::optional<Floats> factors, std::optional<Ids> mapping, std::optional<std::uint32_t> dropped)
      : rows_(std::move(rows)), factors_(std::move(factors)), mapping_(std::move(mapping)) {
    table_.type = type_of(rows_);
    table_.rows = rows_.data();
    table_.row_count = rows_.shape(0);
    table_.dimensions = rows_.shape(1);
    table_.vocabulary_size = mapping_ ? mapping_->shape(0) : table_.row_count;
    if (mapping_) {
      table_.mapping = mapping_->data();
      const auto* end = table_.mapping + table_.vocabulary_size;
      const auto* wrong = std::find_if(table_.mapping, end, [&](std::uint32_t row) { return row >= table_.row_count; });
      if (wrong != end) {
        fail(ErrorKind::invalid_argument, kOperation, "rows below " + std::to_string(table_.row_count) + " in mapping",
             std::to_string(*wrong));
      }
    }
    if (factors_) {
      if (factors_->shape(0) != table_.vocabulary_size) {
        fail(ErrorKind::invalid_argument, kOperation, std::to_string(table_.vocabulary_size) + " factors",
             std::to_string(factors_->shape(0)));
      }
      table_.factors = factors_->data();
    }
    if (dropped) table_.dropped = *dropped;
  }

  nb::object mean(const Ids& ids, const Longs& row_offsets, bool normalize, unsigned threads) const {
    const nn::Bags bags = bags_of(ids, row_offsets);
    const std::size_t texts = bags.count;
    const std::size_t numbers = texts * table_.dimensions;
    auto out = std::make_unique_for_overwrite<float[]>(std::max<std::size_t>(1, numbers));
    {
      const Unlocked unlocked;
      nn::mean_rows(table_, bags, normalize, threads, out.get());
    }
    float* data = out.get();
    nb::capsule owner(out.release(), [](void* p) noexcept { delete[] static_cast<float*>(p); });
    return nb::cast(nb::ndarray<nb::numpy, float, nb::ndim<2>>(data, {texts, table_.dimensions}, owner));
  }

 private:
  Matrix rows_;
  std::optional<Floats> factors_;
  std::optional<Ids> mapping_;
  nn::TokenTable table_;
};

}  // namespace

void register_token_table(nb::module_& m) {
  nb::class_<Table>(m, "TokenTable",
                    "One row of numbers a token: token t stands for factors[t] * rows[mapping[t]]. The arrays are read "
                    "where they lie.")
      .def(nb::init<Matrix, std::optional<Floats>, std::optional<Ids>, std::optional<std::uint32_t>>(), nb::arg("rows"),
           nb::arg("factors") = nb::none(), nb::arg("mapping") = nb::none(), nb::kw_only(),
           nb::arg("dropped") = nb::none(),
           nb::sig("def __init__(self, rows: typing.Any, factors: typing.Any = None, mapping: typing.Any = None, *, "
                   "dropped: int | None = None) -> None"),
           "rows (n, dimension) float32, float16 or int8; factors float32, mapping uint32; `dropped` is left out.")
      .def("mean", &Table::mean, nb::arg("ids"), nb::arg("row_offsets"), nb::kw_only(), nb::arg("normalize") = false,
           nb::arg("threads") = 0,
           nb::sig("def mean(self, ids: typing.Any, row_offsets: typing.Any, *, normalize: bool = False, threads: int "
                   "= 0) -> typing.Any"),
           "The mean of the rows of each text's tokens, (texts, dimension) float32; zeros for a text without tokens.");
  m.def("token_table_step", adam_step, nb::arg("rows"), nb::arg("first"), nb::arg("second"), nb::arg("ids"),
        nb::arg("row_offsets"), nb::arg("gradients"), nb::kw_only(), nb::arg("step"), nb::arg("rate"),
        nb::arg("threads") = 0,
        nb::sig("def token_table_step(rows: typing.Any, first: typing.Any, second: typing.Any, ids: typing.Any, "
                "row_offsets: typing.Any, gradients: typing.Any, *, step: int, rate: float, threads: int = 0) -> None"),
        "A step of Adam on the rows of the texts' tokens, in place, from the gradients of the texts' means.");
}
