#include "sentences.hpp"

#include "text.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

void append_utf8(PyObject* word, Buffer<char>& out) {
  if (!PyUnicode_Check(word)) {
    fail(ErrorKind::invalid_argument, "sentences", "words of type str", python_type_name(word),
         PyBytes_Check(word) ? ".decode()" : "str(word) for each");
  }
  Py_ssize_t size = 0;
  if (const char* data = PyUnicode_AsUTF8AndSize(word, &size)) {
    out.insert(out.end(), data, data + size);
    return;
  }
  if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) nb::raise_python_error();
  PyErr_Clear();
  const nb::object bytes = nb::steal(PyUnicode_AsEncodedString(word, "utf-8", "surrogatepass"));
  if (!bytes.is_valid()) nb::raise_python_error();
  char* raw = nullptr;
  if (PyBytes_AsStringAndSize(bytes.ptr(), &raw, &size) != 0) nb::raise_python_error();
  out.insert(out.end(), raw, raw + size);
}

}  // namespace

nb::object word_to_str(std::string_view word) {
  nb::object result =
      nb::steal(PyUnicode_DecodeUTF8(word.data(), static_cast<Py_ssize_t>(word.size()), "surrogatepass"));
  if (!result.is_valid()) nb::raise_python_error();
  return result;
}

TokenLists read_sentences(nb::handle sentences) {
  TokenLists out;
  const nb::object outer = to_tuple(sentences, "sentences");
  const Py_ssize_t count = PyTuple_Size(outer.ptr());
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* sentence = PyTuple_GetItem(outer.ptr(), i);
    const nb::object words = nb::steal(PySequence_Tuple(sentence));
    if (!words.is_valid()) {
      if (!PyErr_ExceptionMatches(PyExc_TypeError)) nb::raise_python_error();
      PyErr_Clear();
      fail(ErrorKind::invalid_argument, "sentences", "sentences that are lists of str", python_type_name(sentence));
    }
    const Py_ssize_t size = PyTuple_Size(words.ptr());
    for (Py_ssize_t j = 0; j < size; ++j) {
      append_utf8(PyTuple_GetItem(words.ptr(), j), out.text);
      out.word_ends.push_back(out.text.size());
    }
    out.sentence_ends.push_back(out.word_ends.size());
  }
  return out;
}

train::WordCounts read_words(nb::handle words) {
  train::WordCounts out;
  const nb::object tuple = to_tuple(words, "vocabulary");
  const Py_ssize_t count = PyTuple_Size(tuple.ptr());
  for (Py_ssize_t i = 0; i < count; ++i) {
    append_utf8(PyTuple_GetItem(tuple.ptr(), i), out.text);
    out.ends.push_back(out.text.size());
    out.counts.push_back(1);
  }
  return out;
}
