// The readers: bytes in memory -> _core.Tokenizer. All of them run with the GIL released.
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "handles.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

// A view of any object that gives a contiguous read-only buffer (bytes, mmap).
class BufferView {
 public:
  explicit BufferView(nb::handle object) {
    if (PyBytes_Check(object.ptr())) {
      char* data = nullptr;
      Py_ssize_t size = 0;
      if (PyBytes_AsStringAndSize(object.ptr(), &data, &size) != 0) nb::raise_python_error();
      view_ = {data, static_cast<std::size_t>(size)};
      return;
    }
    bytes_ = nb::steal(PyBytes_FromObject(object.ptr()));
    if (!bytes_.is_valid()) nb::raise_python_error();
    char* data = nullptr;
    Py_ssize_t size = 0;
    if (PyBytes_AsStringAndSize(bytes_.ptr(), &data, &size) != 0) nb::raise_python_error();
    view_ = {data, static_cast<std::size_t>(size)};
  }
  std::string_view view() const { return view_; }

 private:
  nb::object bytes_;
  std::string_view view_;
};

template <class Read>
nb::object load(Read read) {
  std::shared_ptr<const Tokenizer> tokenizer;
  {
    nb::gil_scoped_release release;
    tokenizer = read();
  }
  return make_handle(std::move(tokenizer));
}

}  // namespace

void register_formats(nb::module_& m) {
  m.def(
      "read_tokenizer_json",
      [](nb::handle data, std::string name) {
        BufferView buffer(data);
        return load([&] { return read_tokenizer_json(std::string(buffer.view()), std::move(name)); });
      },
      nb::arg("data"), nb::arg("name"));
  m.def(
      "read_tiktoken",
      [](nb::handle data, std::string name, std::string pattern,
         std::vector<std::pair<std::string, std::uint32_t>> special) {
        BufferView buffer(data);
        return load(
            [&] { return read_tiktoken(buffer.view(), std::move(name), std::move(pattern), std::move(special)); });
      },
      nb::arg("data"), nb::arg("name"), nb::arg("pattern"), nb::arg("special"));
  m.def(
      "read_sentencepiece",
      [](nb::handle data, std::string name) {
        BufferView buffer(data);
        return load([&] { return read_sentencepiece(buffer.view(), std::move(name)); });
      },
      nb::arg("data"), nb::arg("name"));
  m.def(
      "read_bert_vocab",
      [](nb::handle data, std::string name, bool lowercase, bool tokenize_chinese_chars,
         std::optional<bool> strip_accents, std::string unk, std::string sep, std::string cls, std::string pad,
         std::string mask) {
        BufferView buffer(data);
        BertOptions options;
        options.lowercase = lowercase;
        options.tokenize_chinese_chars = tokenize_chinese_chars;
        options.strip_accents = strip_accents;
        options.unk = std::move(unk);
        options.sep = std::move(sep);
        options.cls = std::move(cls);
        options.pad = std::move(pad);
        options.mask = std::move(mask);
        return load([&] { return read_bert_vocab(buffer.view(), std::move(name), options); });
      },
      nb::arg("data"), nb::arg("name"), nb::arg("lowercase") = true, nb::arg("tokenize_chinese_chars") = true,
      nb::arg("strip_accents") = nb::none(), nb::arg("unk") = "[UNK]", nb::arg("sep") = "[SEP]",
      nb::arg("cls") = "[CLS]", nb::arg("pad") = "[PAD]", nb::arg("mask") = "[MASK]");
  m.def(
      "read_vocab_merges",
      [](nb::handle vocab, nb::handle merges, std::string name, bool add_prefix_space, bool trim_offsets,
         const std::vector<std::string>& special) {
        BufferView vocab_buffer(vocab), merges_buffer(merges);
        ByteLevelOptions options;
        options.add_prefix_space = add_prefix_space;
        options.trim_offsets = trim_offsets;
        for (const std::string& content : special) {
          AddedToken token;
          token.content = content;
          token.normalized = false;
          token.special = true;
          options.special.push_back(std::move(token));
        }
        return load([&] {
          return read_vocab_merges(std::string(vocab_buffer.view()), merges_buffer.view(), std::move(name), options);
        });
      },
      nb::arg("vocab"), nb::arg("merges"), nb::arg("name"), nb::arg("add_prefix_space") = false,
      nb::arg("trim_offsets") = false, nb::arg("special") = std::vector<std::string>{});
  m.def(
      "read_clip",
      [](nb::handle data, std::string name) {
        BufferView buffer(data);
        return load([&] { return read_clip(buffer.view(), std::move(name)); });
      },
      nb::arg("data"), nb::arg("name"));
  m.def(
      "read_tekken",
      [](nb::handle data, std::string name) {
        BufferView buffer(data);
        return load([&] { return read_tekken(std::string(buffer.view()), std::move(name)); });
      },
      nb::arg("data"), nb::arg("name"));
  m.def("make_byte_tokenizer", [] { return make_handle(make_byte_tokenizer()); });
  m.def(
      "write_compiled",
      [](const Handle& tokenizer, nb::handle digest) {
        BufferView buffer(digest);
        std::string out;
        {
          nb::gil_scoped_release release;
          out = write_compiled(*tokenizer.tokenizer, buffer.view());
        }
        return to_bytes(out);
      },
      nb::arg("tokenizer"), nb::arg("digest"));
  m.def(
      "read_compiled",
      [](const std::string& path, std::string name) {
        return load([&] { return read_compiled_file(path, std::move(name)); });
      },
      nb::arg("path"), nb::arg("name"));
}
