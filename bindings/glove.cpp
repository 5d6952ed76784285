// GloVe: co-occurrence counts and training on NumPy matrices. Calls release the GIL; TrainControl.cancel() stops them.
#include "tokenspace/glove.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include "arrays.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

using Ids = nb::ndarray<const std::int32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Offsets = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Matrix = nb::ndarray<float, nb::c_contig, nb::device::cpu>;

void add(Cooccurrences& self, Ids ids, Offsets offsets, train::Control& control) {
  const nb::gil_scoped_release release;
  self.add({ids.data(), ids.shape(0)}, {offsets.data(), offsets.shape(0)}, control);
}

nb::tuple to_arrays(Cooccurrences& self, train::Control& control) {
  Buffer<std::uint32_t> rows, columns;
  Buffer<double> counts;
  {
    const nb::gil_scoped_release release;
    self.drain(control, [&](std::uint32_t row, std::uint32_t column, double count) {
      rows.push_back(row);
      columns.push_back(column);
      counts.push_back(count);
    });
  }
  return nb::make_tuple(to_array(std::move(rows)), to_array(std::move(columns)), to_array(std::move(counts)));
}

float* checked(const Matrix& matrix, std::size_t rows, std::size_t columns, const char* name) {
  const bool fits = columns == 0 ? matrix.ndim() == 1 && matrix.shape(0) == rows
                                 : matrix.ndim() == 2 && matrix.shape(0) == rows && matrix.shape(1) == columns;
  if (!fits) fail(ErrorKind::invalid_argument, "GloVe", "matrices of equal shapes", std::string("others: ") + name);
  return matrix.data();
}

double train_epoch(GloveRecords& self, Matrix words, Matrix contexts, Matrix word_biases, Matrix context_biases,
                   Matrix word_squares, Matrix context_squares, Matrix word_bias_squares, Matrix context_bias_squares,
                   float eta, float clip, std::uint64_t epoch, train::Control& control) {
  if (words.ndim() != 2 || words.shape(1) == 0) {
    fail(ErrorKind::invalid_argument, "GloVe", "a matrix of word vectors", "another array");
  }
  const std::size_t rows = words.shape(0), columns = words.shape(1);
  const GloveMatrices matrices{checked(words, rows, columns, "words"),
                               checked(contexts, rows, columns, "contexts"),
                               checked(word_biases, rows, 0, "word_biases"),
                               checked(context_biases, rows, 0, "context_biases"),
                               checked(word_squares, rows, columns, "word_squares"),
                               checked(context_squares, rows, columns, "context_squares"),
                               checked(word_bias_squares, rows, 0, "word_bias_squares"),
                               checked(context_bias_squares, rows, 0, "context_bias_squares"),
                               static_cast<std::uint32_t>(rows),
                               static_cast<std::uint32_t>(columns)};
  const nb::gil_scoped_release release;
  return self.train_epoch(matrices, eta, clip, epoch, control);
}

}  // namespace

void register_glove(nb::module_& m) {
  nb::class_<Cooccurrences>(m, "Cooccurrences")
      .def(
          "__init__",
          [](Cooccurrences* self, std::uint32_t vocab_size, std::uint32_t window, bool symmetric, bool weighted,
             unsigned threads, std::size_t memory_budget, std::string folder) {
            new (self) Cooccurrences(CooccurrenceOptions{vocab_size, window, symmetric, weighted, threads,
                                                         memory_budget, std::move(folder)});
          },
          nb::arg("vocab_size"), nb::arg("window") = 15, nb::arg("symmetric") = true, nb::arg("weighted") = true,
          nb::arg("threads") = 0, nb::arg("memory_budget") = std::size_t{1} << 30, nb::arg("folder") = "")
      .def("add", &add, nb::arg("ids"), nb::arg("offsets"), nb::arg("control"),
           nb::sig("def add(self, ids: numpy.typing.NDArray[numpy.int32], offsets: numpy.typing.NDArray[numpy.int64], "
                   "control: TrainControl) -> None"))
      .def("to_arrays", &to_arrays, nb::arg("control"),
           nb::sig("def to_arrays(self, control: TrainControl) -> tuple[numpy.typing.NDArray[numpy.uint32], "
                   "numpy.typing.NDArray[numpy.uint32], numpy.typing.NDArray[numpy.float64]]"))
      .def_prop_ro("spilled_bytes", &Cooccurrences::spilled_bytes);
  nb::class_<GloveRecords>(m, "GloveRecords")
      .def(
          "__init__",
          [](GloveRecords* self, Cooccurrences& counts, train::Control& control, float x_max, float alpha,
             std::uint64_t seed, unsigned threads, std::size_t memory_budget, std::string folder) {
            const nb::gil_scoped_release release;
            new (self) GloveRecords(counts, GloveOptions{x_max, alpha, seed, threads, memory_budget, std::move(folder)},
                                    control);
          },
          nb::arg("counts"), nb::arg("control"), nb::arg("x_max") = 100.0f, nb::arg("alpha") = 0.75f,
          nb::arg("seed") = 1, nb::arg("threads") = 0, nb::arg("memory_budget") = std::size_t{1} << 30,
          nb::arg("folder") = "")
      .def("__len__", &GloveRecords::size)
      .def("train_epoch", &train_epoch, nb::arg("words").noconvert(), nb::arg("contexts").noconvert(),
           nb::arg("word_biases").noconvert(), nb::arg("context_biases").noconvert(),
           nb::arg("word_squares").noconvert(), nb::arg("context_squares").noconvert(),
           nb::arg("word_bias_squares").noconvert(), nb::arg("context_bias_squares").noconvert(), nb::arg("eta"),
           nb::arg("clip"), nb::arg("epoch"), nb::arg("control"),
           nb::sig("def train_epoch(self, words: numpy.typing.NDArray[numpy.float32], "
                   "contexts: numpy.typing.NDArray[numpy.float32], word_biases: numpy.typing.NDArray[numpy.float32], "
                   "context_biases: numpy.typing.NDArray[numpy.float32], "
                   "word_squares: numpy.typing.NDArray[numpy.float32], "
                   "context_squares: numpy.typing.NDArray[numpy.float32], "
                   "word_bias_squares: numpy.typing.NDArray[numpy.float32], "
                   "context_bias_squares: numpy.typing.NDArray[numpy.float32], eta: float, clip: float, epoch: int, "
                   "control: TrainControl) -> float"));
}
