// Words and neighbouring pairs -> counts. Calls release the GIL and may be interrupted by Ctrl-C.
#include "tokenspace/phrases.hpp"

#include <nanobind/stl/string.h>

#include "interrupts.hpp"
#include "sentences.hpp"

using namespace tokenspace;

namespace {

void add_lines(PhraseCounter& self, const nb::bytes& block) {
  const std::string_view view(block.c_str(), block.size());
  const Unlocked unlocked;
  self.add_lines(view);
}

void add_sentences(PhraseCounter& self, nb::handle sentences) {
  const TokenLists lists = read_sentences(sentences);
  const Unlocked unlocked;
  self.add_sentences(lists);
}

nb::typed<nb::dict, nb::str, nb::int_> finish(PhraseCounter& self) {
  CountedWords result;
  {
    const Unlocked unlocked;
    result = self.finish();
  }
  nb::typed<nb::dict, nb::str, nb::int_> out;
  for (std::size_t i = 0; i < result.words.size(); ++i) {
    out[word_to_str(result.words.word(i))] = result.words.counts[i];
  }
  return out;
}

}  // namespace

void register_phrases(nb::module_& m) {
  nb::class_<PhraseCounter>(m, "PhraseCounter")
      .def(
          "__init__",
          [](PhraseCounter* self, std::string delimiter, nb::handle connectors, std::size_t max_words,
             unsigned threads) {
            new (self)
                PhraseCounter(PhraseCounterOptions{std::move(delimiter), threads, max_words}, read_words(connectors));
          },
          nb::arg("delimiter"), nb::arg("connectors"), nb::arg("max_words") = 0, nb::arg("threads") = 0)
      .def("add_lines", &add_lines, nb::arg("block"))
      .def("add_sentences", &add_sentences, nb::arg("sentences"))
      .def("finish", &finish)
      .def_prop_ro("words", &PhraseCounter::words)
      .def_prop_ro("sentences", &PhraseCounter::sentences)
      .def_prop_ro("least_kept", &PhraseCounter::least_kept);
}
