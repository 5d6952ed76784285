// _core.FullEncoding: everything about one encoded text or pair, converted when asked for.
#include <optional>

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string_view.h>

#include "arrays.hpp"
#include "handles.hpp"

using namespace tokenspace;

namespace {

nb::object tokens_of(const FullEncoding& self) {
  const Encoding& e = self.value;
  nb::object list = nb::steal(PyList_New(static_cast<Py_ssize_t>(e.size())));
  if (!list.is_valid()) nb::raise_python_error();
  auto override_ = e.token_texts.begin();
  for (std::size_t i = 0; i < e.size(); ++i) {
    nb::object text;
    while (override_ != e.token_texts.end() && override_->first < i) ++override_;
    if (override_ != e.token_texts.end() && override_->first == i) {
      text = to_str(override_->second);
    } else {
      auto token = self.source->tokenizer->id_to_token(e.ids[i]);
      text = to_str(token ? *token : std::string());
    }
    PyList_SetItem(list.ptr(), static_cast<Py_ssize_t>(i), text.release().ptr());
  }
  return list;
}

nb::object spans_to_list(const std::vector<Span>& spans) {
  nb::object list = nb::steal(PyList_New(static_cast<Py_ssize_t>(spans.size())));
  if (!list.is_valid()) nb::raise_python_error();
  for (std::size_t i = 0; i < spans.size(); ++i) {
    nb::object pair = nb::make_tuple(spans[i].begin, spans[i].end);
    PyList_SetItem(list.ptr(), static_cast<Py_ssize_t>(i), pair.release().ptr());
  }
  return list;
}

// Word ids or sequence ids: a list of int or None.
template <class T, class IsNone>
nb::object optional_list(const std::vector<T>& values, IsNone is_none) {
  nb::object list = nb::steal(PyList_New(static_cast<Py_ssize_t>(values.size())));
  if (!list.is_valid()) nb::raise_python_error();
  for (std::size_t i = 0; i < values.size(); ++i) {
    nb::object item = nb::none();
    if (!is_none(values[i])) item = nb::int_(values[i]);
    PyList_SetItem(list.ptr(), static_cast<Py_ssize_t>(i), item.release().ptr());
  }
  return list;
}

Direction to_direction(std::string_view name) {
  return name == "left" ? Direction::left : Direction::right;
}

}  // namespace

nb::object make_encoding(Encoding encoding, std::shared_ptr<const Source> source) {
  return nb::cast(std::make_unique<FullEncoding>(FullEncoding{std::move(encoding), std::move(source)}).release(),
                  nb::rv_policy::take_ownership);
}

void register_encoding(nb::module_& m) {
  nb::class_<FullEncoding>(m, "FullEncoding")
      .def("__len__", [](const FullEncoding& self) { return self.value.size(); })
      .def_prop_ro("ids", [](const FullEncoding& self) { return to_list(self.value.ids); })
      .def_prop_ro("ids_array", [](const FullEncoding& self) { return to_array(self.value.ids); })
      .def_prop_ro("type_ids", [](const FullEncoding& self) { return to_list(self.value.type_ids); })
      .def_prop_ro("tokens", &tokens_of)
      .def_prop_ro("byte_offsets", [](const FullEncoding& self) { return spans_to_list(self.value.offsets); })
      .def_prop_ro("offsets", [](const FullEncoding& self) { return spans_to_list(self.value.char_offsets); })
      .def_prop_ro("byte_spans", [](const FullEncoding& self) { return to_array(self.value.offsets); })
      .def_prop_ro("spans", [](const FullEncoding& self) { return to_array(self.value.char_offsets); })
      .def_prop_ro("word_ids",
                   [](const FullEncoding& self) {
                     return optional_list(self.value.words, [](std::uint32_t w) { return w == kNoWord; });
                   })
      .def_prop_ro("sequence_ids",
                   [](const FullEncoding& self) {
                     return optional_list(self.value.sequence_ids(), [](std::int32_t s) { return s < 0; });
                   })
      .def_prop_ro("special_tokens_mask",
                   [](const FullEncoding& self) { return to_list(self.value.special_tokens_mask); })
      .def_prop_ro("attention_mask", [](const FullEncoding& self) { return to_list(self.value.attention_mask); })
      .def_prop_ro("sequence_ranges",
                   [](const FullEncoding& self) -> nb::object {
                     nb::list out;
                     for (const auto& [id, range] : self.value.sequence_ranges) {
                       out.append(nb::make_tuple(id, range.begin, range.end));
                     }
                     return out;
                   })
      .def_prop_ro("overflowing",
                   [](const FullEncoding& self) -> nb::object {
                     nb::list out;
                     for (const Encoding& part : self.value.overflowing) out.append(make_encoding(part, self.source));
                     return out;
                   })
      .def(
          "truncated",
          [](const FullEncoding& self, std::size_t max_length, std::size_t stride, std::string_view direction) {
            Encoding copy = self.value;
            copy.truncate(max_length, stride, to_direction(direction));
            return make_encoding(std::move(copy), self.source);
          },
          nb::arg("max_length"), nb::arg("stride"), nb::arg("direction"))
      .def(
          "padded",
          [](const FullEncoding& self, std::size_t length, std::string_view direction, std::uint32_t pad_id,
             std::uint32_t pad_type_id, std::string_view pad_token) {
            Encoding copy = self.value;
            copy.pad(length, pad_id, pad_type_id, pad_token, to_direction(direction));
            return make_encoding(std::move(copy), self.source);
          },
          nb::arg("length"), nb::arg("direction"), nb::arg("pad_id"), nb::arg("pad_type_id"), nb::arg("pad_token"));
}
