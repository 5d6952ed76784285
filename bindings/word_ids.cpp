// Sentences -> counted words and ids. Calls release the GIL and may be interrupted by Ctrl-C.
#include "tokenspace/word_ids.hpp"

#include <nanobind/stl/string.h>

#include "arrays.hpp"
#include "interrupts.hpp"
#include "sentences.hpp"
#include "tokenspace/huffman.hpp"

using namespace tokenspace;

namespace {

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
