// _core.Tokenizer, first half: encoding. The second half (decoding, vocabulary, parts) is vocabulary.cpp.
#include "tokenizer_binding.hpp"

#include "arrays.hpp"
#include "interrupts.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

const IdTable& Handle::ids() const {
  std::call_once(once_, [this] { ids_ = std::make_unique<IdTable>(tokenizer->id_bound()); });
  return *ids_;
}

nb::object make_handle(std::shared_ptr<const Tokenizer> tokenizer) {
  auto handle = std::make_unique<Handle>(std::move(tokenizer));
  return nb::cast(handle.release(), nb::rv_policy::take_ownership);
}

namespace {

Buffer<std::uint32_t> ids_of(const Handle& self, nb::handle text, const Options& options) {
  Texts texts;
  const std::string_view view = texts.add(text, "encode text");
  Buffer<std::uint32_t> ids;
  const Unlocked unlocked;
  self.tokenizer->encode_ids(view, options.value, ids);
  return ids;
}

BatchIds batch_ids(const Handle& self, const Texts&, std::span<const std::string_view> views, const Options& options,
                   OffsetUnit unit, unsigned threads) {
  BatchIds all;
  all.row_ends.reserve(views.size());
  for (const std::string_view view : views) all.expected_bytes += view.size();
  in_slices(views, [&](std::size_t first, std::size_t last) {
    self.tokenizer->encode_batch_ids(views.subspan(first, last - first), options.value, unit, threads, all);
  });
  return all;
}

OffsetUnit unit_of(std::string_view name) {
  if (name == "none") return OffsetUnit::none;
  if (name == "bytes") return OffsetUnit::bytes;
  if (name == "chars") return OffsetUnit::code_points;
  fail(ErrorKind::invalid_argument, "offsets", "None, 'chars' or 'bytes'", name);
}

nb::object encode_batch(const Handle& self, nb::handle texts, const Options& options, std::string_view offsets,
                        unsigned threads) {
  const OffsetUnit unit = unit_of(offsets);
  Texts held;
  std::vector<std::string_view> views;
  held.add_all(texts, "encode_batch texts", views);
  BatchIds batch = batch_ids(self, held, views, options, unit, threads);
  std::vector<std::int64_t> rows;
  rows.reserve(batch.row_ends.size() + 1);
  rows.push_back(0);
  for (std::uint64_t end : batch.row_ends) rows.push_back(static_cast<std::int64_t>(end));
  nb::object spans = unit == OffsetUnit::none ? nb::none() : to_array(std::move(batch.offsets));
  return nb::make_tuple(to_array(std::move(batch.ids)), to_array(std::move(rows)), spans);
}

// A million new lists would set off the cycle collector again and again, which then walks every id; they hold no
// cycles.
class CollectorPause {
 public:
  CollectorPause() : was_enabled_(PyGC_Disable() != 0) {}
  ~CollectorPause() {
    if (was_enabled_) PyGC_Enable();
  }
  CollectorPause(const CollectorPause&) = delete;
  CollectorPause& operator=(const CollectorPause&) = delete;

 private:
  bool was_enabled_;
};

nb::object encode_batch_lists(const Handle& self, nb::handle texts, const Options& options, unsigned threads) {
  Texts held;
  std::vector<std::string_view> views;
  held.add_all(texts, "encode_batch texts", views);
  const BatchIds batch = batch_ids(self, held, views, options, OffsetUnit::none, threads);
  const IdTable& table = self.ids();
  const CollectorPause pause;
  nb::object rows = nb::steal(PyList_New(static_cast<Py_ssize_t>(batch.row_ends.size())));
  if (!rows.is_valid()) nb::raise_python_error();
  std::uint64_t begin = 0;
  for (std::size_t i = 0; i < batch.row_ends.size(); ++i) {
    const std::uint64_t end = batch.row_ends[i];
    nb::object row = table.list(std::span(batch.ids).subspan(begin, end - begin));
    PyList_SetItem(rows.ptr(), static_cast<Py_ssize_t>(i), row.release().ptr());
    begin = end;
  }
  return rows;
}

// (text) or (text, pair), or lists of words when `is_split`.
std::shared_ptr<Source> make_source(const Handle& self, nb::handle first, nb::handle second, bool is_split) {
  auto source = std::make_shared<Source>();
  source->tokenizer = self.tokenizer;
  source->is_split = is_split;
  source->has_pair = !second.is_none();
  for (int which = 0; which < (source->has_pair ? 2 : 1); ++which) {
    nb::handle given = which == 0 ? first : second;
    if (is_split) {
      source->texts.add_all(given, "encode words", source->words[which]);
    } else {
      source->words[which].push_back(source->texts.add(given, which == 0 ? "encode text" : "encode pair"));
    }
  }
  return source;
}

nb::object encode(const Handle& self, nb::handle text, nb::handle pair, const Options& options, bool is_split) {
  auto source = make_source(self, text, pair, is_split);
  Encoding encoding;
  {
    const Unlocked unlocked;
    const Sequence first = source->sequence(0);
    const Sequence second = source->has_pair ? source->sequence(1) : Sequence{};
    encoding = self.tokenizer->encode(first, source->has_pair ? &second : nullptr, options.value);
  }
  return make_encoding(std::move(encoding), std::move(source));
}

nb::object encode_many(const Handle& self, nb::handle inputs, const Options& options, bool is_split, unsigned threads) {
  nb::object tuple = to_tuple(inputs, "encode_batch inputs");
  std::vector<std::shared_ptr<Source>> sources;
  std::vector<std::pair<Sequence, std::optional<Sequence>>> sequences;
  for (Py_ssize_t i = 0; i < PyTuple_Size(tuple.ptr()); ++i) {
    nb::handle item = PyTuple_GetItem(tuple.ptr(), i);
    nb::object pair = to_tuple(item, "encode_batch inputs: (text, pair)");
    if (PyTuple_Size(pair.ptr()) != 2) {
      fail(ErrorKind::invalid_argument, "encode_batch inputs", "(text, pair or None) tuples",
           std::to_string(PyTuple_Size(pair.ptr())) + " elements");
    }
    sources.push_back(make_source(self, PyTuple_GetItem(pair.ptr(), 0), PyTuple_GetItem(pair.ptr(), 1), is_split));
    const Source& source = *sources.back();
    sequences.emplace_back(source.sequence(0),
                           source.has_pair ? std::optional<Sequence>(source.sequence(1)) : std::nullopt);
  }
  std::vector<Encoding> encodings;
  {
    const Unlocked unlocked;
    encodings = self.tokenizer->encode_batch(sequences, options.value, threads);
  }
  nb::list out;
  for (std::size_t i = 0; i < encodings.size(); ++i) out.append(make_encoding(std::move(encodings[i]), sources[i]));
  return out;
}

std::uint64_t count(const Handle& self, nb::handle text, const Options& options) {
  Texts texts;
  const std::string_view view = texts.add(text, "count text");
  const Unlocked unlocked;
  return self.tokenizer->count(view, options.value);
}

nb::object count_batch(const Handle& self, nb::handle texts, const Options& options, unsigned threads) {
  Texts held;
  std::vector<std::string_view> views;
  held.add_all(texts, "count_batch texts", views);
  std::vector<std::int64_t> counts;
  counts.reserve(views.size());
  in_slices(views, [&](std::size_t first, std::size_t last) {
    const auto part = self.tokenizer->count_batch(std::span<const std::string_view>(views).subspan(first, last - first),
                                                  options.value, threads);
    counts.insert(counts.end(), part.begin(), part.end());
  });
  return to_array(std::move(counts));
}

// [(ids, byte spans, score)], best first.
nb::object alternatives(const Handle& self, nb::handle text, std::size_t n) {
  Texts texts;
  const std::string_view view = texts.add(text, "encodings text");
  std::vector<Segmentation> found;
  {
    const Unlocked unlocked;
    found = self.tokenizer->alternatives(view, n);
  }
  nb::list out;
  for (const Segmentation& segmentation : found) {
    std::vector<std::uint32_t> ids;
    nb::list spans;
    for (const ModelToken& token : segmentation.tokens) {
      ids.push_back(token.id);
      spans.append(nb::make_tuple(token.span.begin, token.span.end));
    }
    out.append(nb::make_tuple(self.ids().list(ids), spans, segmentation.score));
  }
  return out;
}

}  // namespace

void bind_encoding_methods(nb::class_<Handle>& c) {
  c.def(
       "encode_array",
       [](const Handle& self, nb::handle text, const Options& options) {
         return to_array(ids_of(self, text, options));
       },
       nb::arg("text").none(), nb::arg("options"))
      .def(
          "encode_list",
          [](const Handle& self, nb::handle text, const Options& options) {
            return self.ids().list(ids_of(self, text, options));
          },
          nb::arg("text").none(), nb::arg("options"))
      .def("encode", &encode, nb::arg("text").none(), nb::arg("pair").none(), nb::arg("options"), nb::arg("is_split"))
      .def("encode_many", &encode_many, nb::arg("inputs").none(), nb::arg("options"), nb::arg("is_split"),
           nb::arg("threads"))
      .def("encode_batch", &encode_batch, nb::arg("texts").none(), nb::arg("options"), nb::arg("offsets"),
           nb::arg("threads"))
      .def("encode_batch_lists", &encode_batch_lists, nb::arg("texts").none(), nb::arg("options"), nb::arg("threads"))
      .def("count", &count, nb::arg("text").none(), nb::arg("options"))
      .def("count_batch", &count_batch, nb::arg("texts").none(), nb::arg("options"), nb::arg("threads"))
      .def("alternatives", &alternatives, nb::arg("text").none(), nb::arg("n"))
      .def(
          "id_list", [](const Handle& self, nb::handle ids) { return self.ids().list(read_ids(ids, "ids")); },
          nb::arg("ids").none(), "A list of the ids of an array, from the table of integers.");
}
