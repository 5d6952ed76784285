// fastText: hashing of n-grams, the dictionary, the model file and the classifier. Words are bytes here: files hold
// what need not be UTF-8.
#include <nanobind/ndarray.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <numeric>

#include "arrays.hpp"
#include "interrupts.hpp"
#include "text.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/fasttext_bin.hpp"
#include "tokenspace/fasttext_classifier.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/watch.hpp"
#include "tokenspace/word2vec.hpp"

using namespace tokenspace;

namespace {

using FloatMatrix = nb::ndarray<float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using FileBytes = nb::ndarray<const std::uint8_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

std::string_view view_of(const nb::bytes& bytes) {
  return {bytes.c_str(), bytes.size()};
}

// The rows of every word of a list, one after another, and where each word's end.
nb::object ngram_buckets(nb::handle words, int min_n, int max_n, std::uint32_t bucket) {
  nb::object tuple = to_tuple(words, "ngram_buckets");
  std::vector<std::uint32_t> buckets;
  Buffer<std::int64_t> ends;
  std::string marked;
  const Py_ssize_t size = PyTuple_Size(tuple.ptr());
  ends.reserve(static_cast<std::size_t>(size));
  for (Py_ssize_t i = 0; i < size; ++i) {
    const nb::handle word = PyTuple_GetItem(tuple.ptr(), i);
    Texts texts;
    const std::string_view view =
        nb::isinstance<nb::bytes>(word) ? view_of(nb::borrow<nb::bytes>(word)) : texts.add(word, "ngram_buckets word");
    fasttext::append_buckets(view, {min_n, max_n}, bucket, marked, buckets);
    ends.push_back(static_cast<std::int64_t>(buckets.size()));
  }
  return nb::make_tuple(to_array(std::move(buckets)), to_array(std::move(ends)));
}

using Offsets = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Parts = nb::ndarray<const std::uint32_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

void mean_of_bags(FloatMatrix words, FloatMatrix rows, Offsets offsets, Parts parts, FloatMatrix out,
                  unsigned threads) {
  const std::size_t dim = words.shape(1);
  if (rows.shape(1) != dim || out.shape(1) != dim || out.shape(0) != words.shape(0)) {
    fail(ErrorKind::invalid_argument, "mean of bags", "matrices of one width", "others");
  }
  const vectors::BagConfig bags{
      {rows.data(), rows.shape(0)}, {offsets.data(), offsets.shape(0)}, {parts.data(), parts.shape(0)}, {}};
  const Unlocked unlocked;
  vectors::mean_of_bags({words.data(), words.shape(0)}, bags, dim, out.data(), threads);
}

nb::typed<nb::list, nb::bytes> entries(const fasttext::Dictionary& self, std::size_t begin, std::size_t end) {
  nb::typed<nb::list, nb::bytes> out;
  for (std::size_t i = begin; i < end; ++i) out.append(to_bytes(self.entry(i)));
  return out;
}

struct Bin {
  FileBytes owner;
  std::string name;
  fasttext::BinFile file;
  std::shared_ptr<fasttext::Dictionary> dictionary;
};

Bin* open_bin(FileBytes bytes, std::string name, const std::string& label) {
  auto out = std::make_unique<Bin>();
  out->owner = std::move(bytes);
  out->name = std::move(name);
  const std::string_view view(reinterpret_cast<const char*>(out->owner.data()), out->owner.size());
  {
    const Unlocked unlocked;
    out->file = fasttext::read_bin(view, out->name);
    const fasttext::BinArguments& a = out->file.arguments;
    const fasttext::DictionaryOptions options{
        {a.minn, a.maxn}, static_cast<std::uint32_t>(a.bucket), a.word_ngrams, label};
    auto dictionary = std::make_shared<fasttext::Dictionary>(options);
    for (std::size_t i = 0; i < out->file.entries.size(); ++i) {
      const fasttext::BinEntry& entry = out->file.entries[i];
      if (dictionary->find(entry.word) >= 0) {
        fail(ErrorKind::format, "read " + out->name, "words that differ",
             "the word " + std::string(entry.word) + " twice");
      }
      dictionary->add(entry.word, entry.count, i >= out->file.words);
    }
    if (out->file.is_pruned) dictionary->prune(out->file.pruned);
    dictionary->set_tokens(out->file.tokens);
    dictionary->finish();
    out->dictionary = std::move(dictionary);
  }
  return out.release();
}

nb::typed<nb::dict, nb::str, nb::object> arguments(const Bin& self) {
  const fasttext::BinArguments& a = self.file.arguments;
  nb::typed<nb::dict, nb::str, nb::object> out;
  out["dim"] = a.dim;
  out["ws"] = a.ws;
  out["epoch"] = a.epoch;
  out["minCount"] = a.min_count;
  out["neg"] = a.neg;
  out["wordNgrams"] = a.word_ngrams;
  out["loss"] = a.loss;
  out["model"] = a.model;
  out["bucket"] = a.bucket;
  out["minn"] = a.minn;
  out["maxn"] = a.maxn;
  out["lrUpdateRate"] = a.lr_update_rate;
  out["t"] = a.t;
  return out;
}

nb::typed<nb::tuple, nb::int_, nb::int_> shape(const Bin& self, bool output) {
  const fasttext::BinMatrix& matrix = output ? self.file.output : self.file.input;
  return nb::typed<nb::tuple, nb::int_, nb::int_>(nb::make_tuple(matrix.rows, matrix.columns));
}

// Fills `out` with the rows from `first` on.
void copy_rows(const Bin& self, bool output, std::uint64_t first, FloatMatrix out) {
  const fasttext::BinMatrix& matrix = output ? self.file.output : self.file.input;
  const std::uint64_t rows = out.shape(0);
  if (out.shape(1) != matrix.columns || first > matrix.rows || rows > matrix.rows - first) {
    fail(ErrorKind::invalid_argument, "read " + self.name, "room for rows of the matrix", "another shape");
  }
  float* to = out.data();
  const nb::gil_scoped_release release;
  for (std::uint64_t i = 0; i < rows; ++i) fasttext::copy_row(self.file, matrix, first + i, to + i * matrix.columns);
}

// The matrices stay where they are: the Python object that owns them is held.
struct Trained {
  std::shared_ptr<fasttext::Dictionary> dictionary;
  FloatMatrix input, output;
  fasttext::Classifier classifier;
};

fasttext::Matrix matrix_of(const FloatMatrix& array, std::size_t rows, const char* what) {
  if (array.shape(0) != rows) {
    fail(ErrorKind::invalid_argument, what, std::to_string(rows) + " rows", std::to_string(array.shape(0)));
  }
  return {array.data(), array.shape(0), array.shape(1)};
}

Trained* make_classifier(std::shared_ptr<fasttext::Dictionary> dictionary, FloatMatrix input, FloatMatrix output,
                         int loss, int negatives, double rate, std::uint64_t epochs, std::uint64_t seed,
                         unsigned threads) {
  if (input.shape(1) != output.shape(1) || loss < 1 || loss > 4) {
    fail(ErrorKind::invalid_argument, "classifier", "matrices of one width and a loss of 1 to 4", "others");
  }
  const fasttext::Matrix in = matrix_of(input, dictionary->rows(), "classifier input");
  const fasttext::Matrix out = matrix_of(output, dictionary->labels(), "classifier output");
  const fasttext::ClassifierOptions options{static_cast<fasttext::Loss>(loss), negatives, rate, epochs, seed, threads};
  fasttext::Classifier classifier(*dictionary, in, out, options);
  return new Trained{std::move(dictionary), std::move(input), std::move(output), std::move(classifier)};
}

// Predictions of many lines: probabilities and label ids, one line after another, and where each line's end.
struct Predictions {
  std::vector<std::vector<fasttext::Classifier::Prediction>> lines;

  nb::object arrays() const {
    Buffer<float> p;
    Buffer<std::uint32_t> labels;
    Buffer<std::int64_t> ends;
    for (const auto& line : lines) {
      for (const auto& [probability, label] : line) {
        p.push_back(probability);
        labels.push_back(label);
      }
      ends.push_back(static_cast<std::int64_t>(p.size()));
    }
    return nb::make_tuple(to_array(std::move(p)), to_array(std::move(labels)), to_array(std::move(ends)));
  }
};

nb::object predict_texts(const Trained& self, nb::handle list, std::size_t k, float threshold, unsigned threads) {
  Texts texts;
  std::vector<std::string_view> views;
  texts.add_all(list, "predict", views);
  Predictions out;
  {
    const Unlocked unlocked;
    out.lines.resize(views.size());
    parallel_for(views.size(), 16, resolve_threads(threads), [&](std::size_t begin, std::size_t end, unsigned) {
      std::vector<std::uint32_t> rows;
      std::string line;
      for (std::size_t i = begin; i < end; ++i) {
        if (i % 16 == 0) look_up();
        // The model was trained on lines with their ends.
        line.assign(views[i]).push_back('\n');
        fasttext::Lines lines;
        self.dictionary->read_lines(line, lines);
        self.classifier.check(lines);
        self.dictionary->expand(lines, 0, rows);
        self.classifier.predict(rows, k, threshold, out.lines[i]);
      }
    });
  }
  return out.arrays();
}

nb::object predict_lines(const Trained& self, const fasttext::Lines& lines, std::size_t k, float threshold,
                         unsigned threads) {
  self.classifier.check(lines);
  Predictions out;
  {
    const Unlocked unlocked;
    out.lines.resize(lines.size());
    parallel_for(lines.size(), 16, resolve_threads(threads), [&](std::size_t begin, std::size_t end, unsigned) {
      std::vector<std::uint32_t> rows;
      for (std::size_t i = begin; i < end; ++i) {
        if (i % 16 == 0) look_up();
        self.dictionary->expand(lines, i, rows);
        self.classifier.predict(rows, k, threshold, out.lines[i]);
      }
    });
  }
  return out.arrays();
}

void register_dictionary(nb::module_& m) {
  nb::class_<fasttext::Lines>(m, "FastTextLines")
      .def("__len__", &fasttext::Lines::size)
      .def_prop_ro("bytes", &fasttext::Lines::bytes)
      .def_prop_ro("tokens",
                   [](const fasttext::Lines& self) {
                     return std::accumulate(self.read.begin(), self.read.end(), std::uint64_t{0});
                   })
      .def_prop_ro("filled",
                   [](const fasttext::Lines& self) {
                     // Whether a line has a token that is no label.
                     Buffer<std::uint8_t> filled;
                     std::uint64_t begin = 0;
                     for (const std::uint64_t end : self.token_ends) {
                       filled.push_back(end != begin);
                       begin = end;
                     }
                     return to_array(std::move(filled));
                   })
      .def_prop_ro("labels", [](const fasttext::Lines& self) { return to_array(self.labels); })
      .def_prop_ro("label_ends", [](const fasttext::Lines& self) { return to_array(self.label_ends); });

  using fasttext::Dictionary;
  nb::class_<Dictionary>(m, "FastTextDictionary")
      .def(
          "__init__",
          [](Dictionary* self, int minn, int maxn, std::uint32_t bucket, int word_ngrams, std::string label) {
            new (self) Dictionary({{minn, maxn}, bucket, word_ngrams, std::move(label)});
          },
          nb::arg("minn"), nb::arg("maxn"), nb::arg("bucket"), nb::arg("word_ngrams"), nb::arg("label"))
      .def(
          "count",
          [](Dictionary& self, nb::bytes text) {
            const std::string_view view = view_of(text);
            const Unlocked unlocked;
            self.count(view);
          },
          nb::arg("text"))
      .def(
          "finish",
          [](Dictionary& self, std::uint64_t min_count, std::uint64_t min_count_label) {
            const Unlocked unlocked;
            self.finish(min_count, min_count_label);
          },
          nb::arg("min_count"), nb::arg("min_count_label"))
      .def(
          "add",
          [](Dictionary& self, nb::bytes word, std::uint64_t count, bool is_label) {
            self.add(view_of(word), count, is_label);
          },
          nb::arg("word"), nb::arg("count"), nb::arg("is_label"))
      .def_prop_ro("words", [](const Dictionary& self) { return entries(self, 0, self.words()); })
      .def_prop_ro("labels",
                   [](const Dictionary& self) { return entries(self, self.words(), self.words() + self.labels()); })
      .def_prop_ro("word_count", &Dictionary::words)
      .def_prop_ro("label_count", &Dictionary::labels)
      .def_prop_ro("rows", &Dictionary::rows)
      .def_prop_ro("pruned", &Dictionary::is_pruned)
      .def_prop_ro("label", [](const Dictionary& self) { return self.options().label; })
      .def_prop_ro("tokens", &Dictionary::tokens)
      .def_prop_ro("counts",
                   [](const Dictionary& self) {
                     Buffer<std::uint64_t> counts;
                     for (std::size_t i = 0; i < self.words() + self.labels(); ++i)
                       counts.push_back(self.entry_count(i));
                     return to_array(std::move(counts));
                   })
      .def(
          "find", [](const Dictionary& self, nb::bytes word) { return self.find(view_of(word)); }, nb::arg("word"))
      .def(
          "word_rows",
          [](const Dictionary& self, nb::bytes word) {
            std::vector<std::uint32_t> rows;
            self.append_rows(view_of(word), rows);
            return to_array(std::move(rows));
          },
          nb::arg("word"))
      .def(
          "read_lines",
          [](const Dictionary& self, nb::bytes text) {
            const std::string_view view = view_of(text);
            fasttext::Lines lines;
            const Unlocked unlocked;
            self.read_lines(view, lines);
            return lines;
          },
          nb::arg("text"))
      .def(
          "line_rows",
          [](const Dictionary& self, const fasttext::Lines& lines, std::size_t line) {
            if (line >= lines.size()) fail(ErrorKind::invalid_argument, "line_rows", "a line", std::to_string(line));
            self.check(lines);
            std::vector<std::uint32_t> rows;
            self.expand(lines, line, rows);
            return to_array(std::move(rows));
          },
          nb::arg("lines"), nb::arg("line"));
}

}  // namespace

void register_fasttext(nb::module_& m) {
  m.def("ngram_buckets", &ngram_buckets, nb::arg("words"), nb::arg("min_n"), nb::arg("max_n"), nb::arg("bucket"));
  m.def("mean_of_bags", &mean_of_bags, nb::arg("words").noconvert(), nb::arg("rows").noconvert(), nb::arg("offsets"),
        nb::arg("parts"), nb::arg("out").noconvert(), nb::arg("threads") = 0);
  register_dictionary(m);

  nb::class_<Bin>(m, "FastTextBin")
      .def(nb::new_(&open_bin), nb::arg("bytes"), nb::arg("name"), nb::arg("label"))
      .def_prop_ro("version", [](const Bin& self) { return self.file.version; })
      .def_prop_ro("arguments", &arguments)
      .def_prop_ro("quantized", [](const Bin& self) { return self.file.input.quantized; })
      .def_prop_ro("dictionary", [](const Bin& self) { return self.dictionary; })
      .def("shape", &shape, nb::arg("output"))
      .def("copy_rows", &copy_rows, nb::arg("output"), nb::arg("first"), nb::arg("out").noconvert());

  nb::class_<Trained>(m, "FastTextClassifierCore")
      .def(nb::new_(&make_classifier), nb::arg("dictionary"), nb::arg("input").noconvert(),
           nb::arg("output").noconvert(), nb::arg("loss"), nb::arg("negatives"), nb::arg("rate"), nb::arg("epochs"),
           nb::arg("seed"), nb::arg("threads"))
      .def(
          "train",
          [](Trained& self, const fasttext::Lines& lines, std::uint64_t epoch, std::uint64_t tokens_before,
             train::Control& control) {
            const nb::gil_scoped_release release;
            return self.classifier.train(lines, epoch, tokens_before, control);
          },
          nb::arg("lines"), nb::arg("epoch"), nb::arg("tokens_before"), nb::arg("control"))
      .def("predict_texts", &predict_texts, nb::arg("texts"), nb::arg("k"), nb::arg("threshold"), nb::arg("threads"))
      .def("predict_lines", &predict_lines, nb::arg("lines"), nb::arg("k"), nb::arg("threshold"), nb::arg("threads"));
}
