// Files of word vectors: bytes <-> rows of NumPy arrays. Works with the GIL released, Ctrl-C ends it.
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>

#include <optional>

#include "interrupts.hpp"
#include "text.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/vector_formats.hpp"

using namespace tokenspace;

namespace {

// NumPy's view of bytes or of a mapped file: nothing is copied.
using Bytes = nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <class T>
using Rows = nb::ndarray<T, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

std::string_view view(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// (words, index of the first that could not be decoded or -1, rows with values that are not finite, bytes consumed).
// A word that could not be decoded is left as bytes.
using WordList = nb::typed<nb::list, nb::object>;
using Parsed = std::tuple<WordList, std::int64_t, std::size_t, std::size_t>;

Parsed to_python(const vectors::ParsedRows& parsed, std::string_view block, const std::string& encoding,
                 const std::string& errors) {
  auto words = nb::steal<WordList>(PyList_New(static_cast<Py_ssize_t>(parsed.words.size())));
  if (!words.is_valid()) nb::raise_python_error();
  const bool utf8 = encoding == "utf-8";
  std::int64_t bad = -1;
  for (std::size_t i = 0; i < parsed.words.size(); ++i) {
    const char* data = block.data() + parsed.words[i].begin;
    const auto size = static_cast<Py_ssize_t>(parsed.words[i].size);
    PyObject* word = utf8 ? PyUnicode_DecodeUTF8(data, size, errors.c_str())
                          : PyUnicode_Decode(data, size, encoding.c_str(), errors.c_str());
    if (word == nullptr) {
      if (!PyErr_ExceptionMatches(PyExc_UnicodeError)) nb::raise_python_error();
      PyErr_Clear();
      if (bad < 0) bad = static_cast<std::int64_t>(i);
      word = PyBytes_FromStringAndSize(data, size);
      if (word == nullptr) nb::raise_python_error();
    }
    PyList_SetItem(words.ptr(), static_cast<Py_ssize_t>(i), word);
  }
  return {words, bad, parsed.not_finite, parsed.bytes};
}

template <class T>
Parsed parse_text(const Bytes& block, Rows<T> rows, std::uint64_t first_line, const std::string& encoding,
                  const std::string& errors, unsigned threads) {
  vectors::ParsedRows parsed;
  {
    const Unlocked unlocked;
    parsed = vectors::parse_text<T>(view(block), rows.shape(1), {rows.data(), rows.size()}, first_line, threads);
  }
  return to_python(parsed, view(block), encoding, errors);
}

Parsed parse_binary(const Bytes& block, Rows<float> rows, const std::string& encoding, const std::string& errors) {
  vectors::ParsedRows parsed;
  {
    const Unlocked unlocked;
    parsed = vectors::parse_binary(view(block), rows.shape(1), {rows.data(), rows.size()});
  }
  return to_python(parsed, view(block), encoding, errors);
}

std::tuple<std::size_t, std::size_t, std::size_t> count_rows(const Bytes& block, std::size_t limit) {
  const Unlocked unlocked;
  const vectors::RowCount count = vectors::count_rows(view(block), limit);
  return {count.rows, count.lines, count.bytes};
}

nb::object format_rows(nb::handle words, const Rows<const float>& rows, nb::handle prefix, bool binary,
                       unsigned threads) {
  Texts texts;
  std::vector<std::string_view> views;
  const std::string_view front = texts.add(prefix, "write vectors prefix");
  texts.add_all(words, "write vectors words", views);
  if (views.size() != rows.shape(0)) {
    fail(ErrorKind::invalid_argument, "write vectors", std::to_string(rows.shape(0)) + " words",
         std::to_string(views.size()));
  }
  std::string out;
  {
    const Unlocked unlocked;
    const std::span<const float> values(rows.data(), rows.size());
    out = binary ? vectors::format_binary(views, values, rows.shape(1), front)
                 : vectors::format_text(views, values, rows.shape(1), front, threads);
  }
  return to_bytes(out);
}

}  // namespace

void register_vector_formats(nb::module_& m) {
  m.def("count_vector_rows", &count_rows, nb::arg("block"), nb::arg("limit"),
        "(rows, lines, bytes) of the first `limit` lines that hold anything.");
  m.def("count_vector_values", [](const Bytes& line) { return vectors::count_values(view(line)); }, nb::arg("line"));
  m.def("parse_vector_text", &parse_text<float>, nb::arg("block"), nb::arg("rows").noconvert(), nb::arg("first_line"),
        nb::arg("encoding") = "utf-8", nb::arg("errors") = "strict", nb::arg("threads") = 0);
  m.def("parse_vector_text", &parse_text<double>, nb::arg("block"), nb::arg("rows").noconvert(), nb::arg("first_line"),
        nb::arg("encoding") = "utf-8", nb::arg("errors") = "strict", nb::arg("threads") = 0);
  m.def("parse_vector_binary", &parse_binary, nb::arg("block"), nb::arg("rows").noconvert(),
        nb::arg("encoding") = "utf-8", nb::arg("errors") = "strict");
  m.def("format_vector_rows", &format_rows, nb::arg("words"), nb::arg("rows"), nb::arg("prefix"), nb::arg("binary"),
        nb::arg("threads") = 0);
}
