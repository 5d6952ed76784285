// Sentences -> counted words and ids. Calls release the GIL and may be interrupted by Ctrl-C.
#include "tokenspace/word_ids.hpp"

#include <nanobind/stl/string.h>

#include "arrays.hpp"
#include "interrupts.hpp"
#include "text.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/huffman.hpp"

using namespace tokenspace;

namespace {

using StrList = nb::typed<nb::list, nb::str>;

// Words keep lone surrogates: a str that Python allows is a key like any other.
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

nb::object word_to_str(std::string_view word) {
  nb::object result =
      nb::steal(PyUnicode_DecodeUTF8(word.data(), static_cast<Py_ssize_t>(word.size()), "surrogatepass"));
  if (!result.is_valid()) nb::raise_python_error();
  return result;
}

// A list of sentences, each an iterable of str. Copied: another thread may change the lists while the GIL is released.
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

void count_lines(WordCounter& self, const nb::bytes& block, bool keep_empty) {
  const std::string_view view(block.c_str(), block.size());
  const Unlocked unlocked;
  self.add_lines(view, keep_empty);
}

void count_sentences(WordCounter& self, nb::handle sentences) {
  const TokenLists lists = read_sentences(sentences);
  const Unlocked unlocked;
  self.add_sentences(lists);
}

nb::tuple finish(WordCounter& self, std::uint64_t least) {
  CountedWords result;
  {
    const Unlocked unlocked;
    result = self.finish(least);
  }
  nb::list words;
  for (std::size_t i = 0; i < result.words.size(); ++i) words.append(word_to_str(result.words.word(i)));
  return nb::make_tuple(words, to_array(std::move(result.words.counts)), result.dropped_words,
                        result.dropped_occurrences);
}

nb::tuple encoded(EncodedSentences&& result) {
  return nb::make_tuple(to_array(std::move(result.ids)), to_array(std::move(result.offsets)), result.words);
}

nb::tuple encode_lines(const WordEncoder& self, const nb::bytes& block, bool keep_empty, unsigned threads) {
  const std::string_view view(block.c_str(), block.size());
  EncodedSentences result;
  {
    const Unlocked unlocked;
    result = self.encode_lines(view, keep_empty, threads);
  }
  return encoded(std::move(result));
}

nb::tuple encode_sentences(const WordEncoder& self, nb::handle sentences, unsigned threads) {
  const TokenLists lists = read_sentences(sentences);
  EncodedSentences result;
  {
    const Unlocked unlocked;
    result = self.encode_sentences(lists, threads);
  }
  return encoded(std::move(result));
}

nb::tuple huffman(nb::ndarray<const std::uint64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> counts) {
  HuffmanCodes result;
  {
    const nb::gil_scoped_release release;
    result = huffman_codes({counts.data(), counts.shape(0)});
  }
  return nb::make_tuple(to_array(std::move(result.codes)), to_array(std::move(result.points)),
                        to_array(std::move(result.offsets)));
}

}  // namespace

void register_word_ids(nb::module_& m) {
  nb::class_<WordCounter>(m, "WordCounter")
      .def(
          "__init__",
          [](WordCounter* self, unsigned threads, std::size_t memory_budget, std::string folder,
             std::size_t max_words) {
            new (self) WordCounter(WordCounterOptions{threads, memory_budget, std::move(folder), max_words});
          },
          nb::arg("threads") = 0, nb::arg("memory_budget") = std::size_t{2} << 30, nb::arg("folder") = "",
          nb::arg("max_words") = 0)
      .def("add_lines", &count_lines, nb::arg("block"), nb::arg("keep_empty") = false)
      .def("add_sentences", &count_sentences, nb::arg("sentences"))
      .def(
          "finish", &finish, nb::arg("least") = 1,
          nb::sig("def finish(self, least: int = 1) -> tuple[list[str], numpy.typing.NDArray[numpy.uint64], int, int]"))
      .def_prop_ro("words", &WordCounter::words)
      .def_prop_ro("sentences", &WordCounter::sentences)
      .def_prop_ro("forgotten", &WordCounter::forgotten);
  nb::class_<WordEncoder>(m, "WordEncoder")
      .def(
          "__init__", [](WordEncoder* self, nb::handle words) { new (self) WordEncoder(read_words(words)); },
          nb::arg("words"))
      .def("__len__", &WordEncoder::size)
      .def("encode_lines", &encode_lines, nb::arg("block"), nb::arg("keep_empty") = false, nb::arg("threads") = 0,
           nb::sig("def encode_lines(self, block: bytes, keep_empty: bool = False, threads: int = 0) -> "
                   "tuple[numpy.typing.NDArray[numpy.int32], numpy.typing.NDArray[numpy.int64], int]"))
      .def("encode_sentences", &encode_sentences, nb::arg("sentences"), nb::arg("threads") = 0,
           nb::sig("def encode_sentences(self, sentences: object, threads: int = 0) -> "
                   "tuple[numpy.typing.NDArray[numpy.int32], numpy.typing.NDArray[numpy.int64], int]"));
  m.def("huffman_codes", &huffman, nb::arg("counts"),
        nb::sig("def huffman_codes(counts: numpy.typing.NDArray[numpy.uint64]) -> "
                "tuple[numpy.typing.NDArray[numpy.uint8], numpy.typing.NDArray[numpy.int32], "
                "numpy.typing.NDArray[numpy.int64]]"));
}
