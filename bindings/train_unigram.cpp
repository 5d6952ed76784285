// The Unigram trainer: counted words in, pieces with log-probabilities out; states for checkpoints on the way.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <utility>

#include "handles.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/train_unigram.hpp"
#include "tokenspace/utf8.hpp"
#include "train_binding.hpp"

using namespace tokenspace;

namespace {

using StringList = nb::typed<nb::list, nb::str>;

StringList to_strings(const std::vector<std::string>& values) {
  StringList out;
  for (const std::string& value : values) out.append(to_str(value));
  return out;
}

train::UnigramModel train_unigram(const SharedWords& words, train::Control& control, train::UnigramOptions options,
                                  const train::UnigramState* resume, nb::handle checkpoint) {
  if (words.raw_bytes) {
    fail(ErrorKind::invalid_argument, "train_unigram", "words of characters", "raw bytes of a ByteLevel pre-tokenizer",
         "pre_tokenizer='sentencepiece', or model='bpe' for byte-level text");
  }
  train::UnigramCheckpoint callback;
  if (!checkpoint.is_none()) {
    callback = [&](const train::UnigramState& state) {
      const nb::gil_scoped_acquire hold;
      checkpoint(nb::cast(state));
    };
  }
  const nb::gil_scoped_release release;
  return train::train_unigram(*words.words, options, control, resume, callback);
}

}  // namespace

void register_train_unigram(nb::module_& m) {
  nb::class_<train::UnigramState>(m, "UnigramState")
      .def(
          "__init__",
          [](train::UnigramState* self, unsigned round, std::vector<std::string> pieces, std::vector<double> scores) {
            new (self) train::UnigramState{round, std::move(pieces), std::move(scores)};
          },
          nb::arg("round"), nb::arg("pieces"), nb::arg("scores"))
      .def_ro("round", &train::UnigramState::round)
      .def_prop_ro("pieces", [](const train::UnigramState& self) { return to_strings(self.pieces); })
      .def_ro("scores", &train::UnigramState::scores);

  nb::class_<train::UnigramModel>(m, "TrainedUnigram")
      .def_prop_ro("pieces", [](const train::UnigramModel& self) { return to_strings(self.pieces); })
      .def_ro("scores", &train::UnigramModel::scores)
      .def_ro("log_likelihood", &train::UnigramModel::log_likelihood)
      .def_ro("rounds", &train::UnigramModel::rounds);

  m.def(
      "split_words",
      [](const SharedWords& words, bool split_by_unicode_script, bool split_by_number, bool split_digits) {
        train::PieceRules rules;
        rules.split_by_unicode_script = split_by_unicode_script;
        rules.split_by_number = split_by_number;
        rules.split_digits = split_digits;
        const nb::gil_scoped_release release;
        return SharedWords{std::make_shared<train::WordCounts>(train::split_words(*words.words, rules, {}))};
      },
      nb::arg("words"), nb::arg("split_by_unicode_script"), nb::arg("split_by_number"), nb::arg("split_digits"));
  m.def(
      "train_unigram",
      [](const SharedWords& words, train::Control& control, std::size_t vocab_size, std::size_t seed_size,
         double shrinking_factor, double token_cost, unsigned sub_iterations, std::size_t max_piece_length,
         double character_coverage, nb::str required_characters, bool split_by_whitespace, bool split_by_unicode_script,
         bool split_by_number, bool split_digits, bool whitespace_as_suffix, bool allow_whitespace_only,
         unsigned threads, const train::UnigramState* resume, nb::object checkpoint) {
        train::UnigramOptions options;
        options.vocab_size = vocab_size;
        options.seed_size = seed_size;
        options.shrinking_factor = shrinking_factor;
        options.token_cost = token_cost;
        options.sub_iterations = sub_iterations;
        options.max_piece_length = max_piece_length;
        options.character_coverage = character_coverage;
        Texts texts;
        const std::string_view required = texts.add(required_characters, "required_characters");
        for (const char* p = required.data(); p != required.data() + required.size();) {
          options.required_characters.push_back(utf8::decode_unchecked(p));
        }
        options.rules = {split_by_whitespace, split_by_unicode_script, split_by_number,
                         split_digits,        whitespace_as_suffix,    allow_whitespace_only};
        options.threads = threads;
        return train_unigram(words, control, std::move(options), resume, checkpoint);
      },
      nb::arg("words"), nb::arg("control"), nb::arg("vocab_size") = 8000, nb::arg("seed_size") = 1'000'000,
      nb::arg("shrinking_factor") = 0.75, nb::arg("token_cost") = 1.0, nb::arg("sub_iterations") = 2,
      nb::arg("max_piece_length") = 16, nb::arg("character_coverage") = 1.0, nb::arg("required_characters") = "",
      nb::arg("split_by_whitespace") = true, nb::arg("split_by_unicode_script") = true,
      nb::arg("split_by_number") = true, nb::arg("split_digits") = false, nb::arg("whitespace_as_suffix") = false,
      nb::arg("allow_whitespace_only") = false, nb::arg("threads") = 0, nb::arg("resume") = nb::none(),
      nb::arg("checkpoint") = nb::none());
}
