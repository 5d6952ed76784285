// Training: counted words, the counter that fills them, and the BPE trainer. Calls run with the GIL released; whoever
// wants to stop one calls TrainControl.cancel() from another thread, and it raises KeyboardInterrupt.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <set>

#include "handles.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/train_bpe.hpp"
#include "tokenspace/train_count.hpp"
#include "tokenspace/utf8.hpp"
#include "train_binding.hpp"

using namespace tokenspace;

namespace {

std::shared_ptr<train::WordCounts> words_from(nb::handle items) {
  auto words = std::make_shared<train::WordCounts>();
  for (nb::handle item : nb::iter(items)) {
    const auto [word, count] = nb::cast<std::pair<nb::object, std::uint64_t>>(item);
    Texts texts;
    const auto view = nb::isinstance<nb::bytes>(word)
                          ? std::string_view(nb::cast<nb::bytes>(word).c_str(), nb::cast<nb::bytes>(word).size())
                          : texts.add(word, "WordCounts word");
    if (!view.empty() && count != 0) words->add(view, count);
  }
  return words;
}

void save_words(const SharedWords& self, const std::string& path) {
  const nb::gil_scoped_release release;
  train::save_words(*self.words, path);
}

SharedWords load_words(const std::string& path, bool raw_bytes) {
  const nb::gil_scoped_release release;
  return {std::make_shared<train::WordCounts>(train::load_words(path)), raw_bytes};
}

std::pair<std::uint64_t, std::uint64_t> count_lines(nb::bytes block) {
  const train::LineCounts counts = train::count_lines({block.c_str(), block.size()});
  return {counts.lines, counts.empty};
}

using WordList = nb::typed<nb::list, nb::typed<nb::tuple, nb::bytes, nb::int_>>;

// [(word, count)], words as bytes, in byte order.
WordList sorted_items(const SharedWords& self) {
  std::vector<std::size_t> order(self.words->size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return self.words->word(a) < self.words->word(b); });
  WordList out;
  for (const std::size_t i : order) out.append(nb::make_tuple(to_bytes(self.words->word(i)), self.words->counts[i]));
  return out;
}

// At most `most` [(word, count)] of `least` to `longest` bytes, the most frequent first, of equal ones the first in
// byte order.
WordList most_frequent(const SharedWords& self, std::size_t most, std::size_t least, std::size_t longest) {
  const train::WordCounts& words = *self.words;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t bytes = words.word(i).size();
    if (bytes >= least && bytes <= longest) order.push_back(i);
  }
  const std::size_t kept = std::min(most, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                    [&](std::size_t a, std::size_t b) {
                      if (words.counts[a] != words.counts[b]) return words.counts[a] > words.counts[b];
                      return words.word(a) < words.word(b);
                    });
  WordList out;
  for (std::size_t i = 0; i < kept; ++i) {
    out.append(nb::make_tuple(to_bytes(words.word(order[i])), words.counts[order[i]]));
  }
  return out;
}

class Counter {
 public:
  Counter(const Handle& pipeline, unsigned threads, std::size_t memory_budget, std::string folder)
      : counter_(pipeline.tokenizer, {threads, memory_budget, std::move(folder)}) {}

  void add_lines(nb::bytes block, std::uint64_t weight, const train::Control& control) {
    const std::string_view view(block.c_str(), block.size());
    const nb::gil_scoped_release release;
    counter_.add_lines(view, weight, control);
  }
  void add_texts(nb::handle list, std::uint64_t weight, const train::Control& control) {
    Texts texts;
    std::vector<std::string_view> views;
    texts.add_all(list, "train texts", views);
    const nb::gil_scoped_release release;
    counter_.add_texts(views, weight, control);
  }
  SharedWords finish(train::Control& control) {
    const nb::gil_scoped_release release;
    return {std::make_shared<train::WordCounts>(counter_.finish(control)), counter_.raw_bytes()};
  }
  nb::typed<nb::dict, nb::str, nb::int_> stats() const {
    const train::CountStats& stats = counter_.stats();
    nb::typed<nb::dict, nb::str, nb::int_> out;
    out["texts"] = stats.texts;
    out["bytes"] = stats.bytes;
    out["spilled_runs"] = stats.spilled_runs;
    out["spilled_bytes"] = stats.spilled_bytes;
    return out;
  }

 private:
  train::PieceCounter counter_;
};

nb::object bpe_result(const train::BpeResult& result) {
  nb::list vocab;
  for (const std::string& text : result.vocab) vocab.append(to_str(text));
  nb::list merges;
  for (const train::BpeMerge& merge : result.merges) {
    merges.append(nb::make_tuple(merge.left, merge.right, merge.result, merge.count));
  }
  return nb::make_tuple(vocab, merges);
}

train::BpeOptions bpe_options(std::size_t vocab_size, std::uint64_t min_frequency,
                              std::optional<std::size_t> max_token_length, std::optional<std::size_t> max_token_words) {
  train::BpeOptions options;
  options.vocab_size = vocab_size;
  options.min_frequency = min_frequency;
  options.max_token_length = max_token_length;
  options.max_token_words = max_token_words;
  return options;
}

nb::object train_bpe(const SharedWords& words, train::Control& control, std::size_t vocab_size,
                     std::uint64_t min_frequency, std::vector<std::string> special_tokens,
                     std::optional<std::size_t> limit_alphabet, double character_coverage,
                     const std::vector<std::string>& initial_alphabet,
                     std::optional<std::string> continuing_subword_prefix,
                     std::optional<std::string> end_of_word_suffix, std::optional<std::size_t> max_token_length,
                     bool byte_order, train::MergeLog* log) {
  train::BpeOptions options = bpe_options(vocab_size, min_frequency, max_token_length, std::nullopt);
  options.special_tokens = std::move(special_tokens);
  options.limit_alphabet = limit_alphabet;
  options.character_coverage = character_coverage;
  for (const std::string& text : initial_alphabet) {
    const char* p = text.data();
    if (!text.empty()) options.initial_alphabet.push_back(utf8::decode_unchecked(p));
  }
  options.continuing_subword_prefix = std::move(continuing_subword_prefix);
  options.end_of_word_suffix = std::move(end_of_word_suffix);
  options.raw_bytes = words.raw_bytes;
  options.byte_order = byte_order;
  options.log = log;
  train::BpeResult result;
  {
    const nb::gil_scoped_release release;
    result = train::train_bpe(*words.words, options, control);
  }
  return bpe_result(result);
}

nb::object extend_bpe(const SharedWords& words, const Handle& tokenizer, train::Control& control,
                      std::size_t vocab_size, std::uint64_t min_frequency, std::optional<std::size_t> max_token_length,
                      std::optional<std::size_t> max_token_words, train::MergeLog* log) {
  train::BpeOptions options = bpe_options(vocab_size, min_frequency, max_token_length, max_token_words);
  options.log = log;
  options.raw_bytes = words.raw_bytes;
  train::BpeResult result;
  {
    const nb::gil_scoped_release release;
    result = train::extend_bpe(*words.words, *tokenizer.tokenizer, options, control);
  }
  return bpe_result(result);
}

using MergeDict = nb::typed<nb::dict, nb::str, nb::any>;

// The merges since the last call, a dict each; "pairs" are (left, right, count).
nb::typed<nb::list, MergeDict> take_merges(train::MergeLog& self) {
  nb::typed<nb::list, MergeDict> out;
  for (const train::LoggedMerge& merge : self.take()) {
    nb::list pairs;
    for (const auto& pair : merge.pairs) {
      pairs.append(nb::make_tuple(to_str(pair.left), to_str(pair.right), pair.count));
    }
    MergeDict one;
    one["left"] = to_str(merge.left);
    one["right"] = to_str(merge.right);
    one["token"] = to_str(merge.token);
    one["left_id"] = merge.left_id;
    one["right_id"] = merge.right_id;
    one["token_id"] = merge.result_id;
    one["is_new"] = merge.is_new;
    one["count"] = merge.count;
    one["corpus_tokens"] = merge.corpus_tokens;
    one["vocabulary"] = merge.vocabulary;
    one["pairs"] = pairs;
    out.append(one);
  }
  return out;
}

void translate(const std::exception_ptr& pointer, void*) {
  try {
    std::rethrow_exception(pointer);
  } catch (const train::Cancelled&) {
    PyErr_SetNone(PyExc_KeyboardInterrupt);
  }
}

}  // namespace

void register_train(nb::module_& m) {
  nb::register_exception_translator(translate, nullptr);

  nb::class_<train::Control>(m, "TrainControl")
      .def(nb::init<>())
      .def_prop_ro("stage", [](const train::Control& self) { return std::string(self.stage.load()); })
      .def_prop_ro("done", [](const train::Control& self) { return self.done.load(); })
      .def_prop_ro("total", [](const train::Control& self) { return self.total.load(); })
      .def_prop_ro("cancelled", &train::Control::cancelled)
      .def_prop_ro("paused", &train::Control::paused)
      .def_prop_ro("sleeping", &train::Control::sleeping)
      // `stage` is one of few names: what the core points at must outlive the control.
      .def(
          "begin",
          [](train::Control& self, const std::string& stage, std::uint64_t total) {
            static std::mutex mutex;
            static std::set<std::string> names;
            const std::lock_guard lock(mutex);
            self.begin(names.insert(stage).first->c_str(), total);
          },
          nb::arg("stage"), nb::arg("total"))
      .def("cancel", &train::Control::cancel)
      .def("pause", &train::Control::pause)
      .def("resume", &train::Control::resume);

  nb::class_<train::MergeLog>(m, "MergeLog")
      .def(nb::init<std::size_t, std::size_t>(), nb::arg("steps") = 0, nb::arg("pairs") = 10)
      .def("take", &take_merges)
      .def_prop_ro("start_tokens", &train::MergeLog::start_tokens);

  nb::class_<SharedWords>(m, "WordCounts")
      .def(
          "__init__",
          [](SharedWords* self, nb::handle items, bool raw_bytes) {
            new (self) SharedWords{words_from(items), raw_bytes};
          },
          nb::arg("items"), nb::arg("raw_bytes") = false)
      .def("__len__", [](const SharedWords& self) { return self.words->size(); })
      .def_ro("raw_bytes", &SharedWords::raw_bytes)
      .def("save", &save_words, nb::arg("path"))
      .def_static("load", &load_words, nb::arg("path"), nb::arg("raw_bytes"))
      .def("sorted_items", &sorted_items)
      .def("most_frequent", &most_frequent, nb::arg("most"), nb::arg("least") = 1,
           nb::arg("longest") = std::numeric_limits<std::size_t>::max());

  nb::class_<Counter>(m, "PieceCounter")
      .def(nb::init<const Handle&, unsigned, std::size_t, std::string>(), nb::arg("pipeline"), nb::arg("threads"),
           nb::arg("memory_budget"), nb::arg("folder"))
      .def("add_lines", &Counter::add_lines, nb::arg("block"), nb::arg("weight"), nb::arg("control"))
      .def("add_texts", &Counter::add_texts, nb::arg("texts"), nb::arg("weight"), nb::arg("control"))
      .def("finish", &Counter::finish, nb::arg("control"))
      .def_prop_ro("stats", &Counter::stats);

  m.def("count_lines", &count_lines, nb::arg("block"));
  m.def("train_bpe", &train_bpe, nb::arg("words"), nb::arg("control"), nb::arg("vocab_size"),
        nb::arg("min_frequency") = 0, nb::arg("special_tokens") = std::vector<std::string>(),
        nb::arg("limit_alphabet") = nb::none(), nb::arg("character_coverage") = 1.0,
        nb::arg("initial_alphabet") = std::vector<std::string>(), nb::arg("continuing_subword_prefix") = nb::none(),
        nb::arg("end_of_word_suffix") = nb::none(), nb::arg("max_token_length") = nb::none(),
        nb::arg("byte_order") = false, nb::arg("log").none() = nb::none());
  m.def("extend_bpe", &extend_bpe, nb::arg("words"), nb::arg("tokenizer"), nb::arg("control"), nb::arg("vocab_size"),
        nb::arg("min_frequency") = 0, nb::arg("max_token_length") = nb::none(), nb::arg("max_token_words") = nb::none(),
        nb::arg("log").none() = nb::none());
}
