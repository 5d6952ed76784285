#include "text.hpp"

#include <nanobind/stl/string.h>

#include "tokenspace/error.hpp"
#include "tokenspace/span.hpp"
#include "tokenspace/utf8.hpp"

using tokenspace::ErrorKind;
using tokenspace::fail;

std::string python_type_name(nb::handle object) {
  nb::object name = nb::steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(object.ptr())), "__name__"));
  if (!name.is_valid()) nb::raise_python_error();
  return nb::cast<std::string>(name);
}

std::string_view Texts::view_of(nb::handle text, const char* what) {
  std::string_view view;
  if (PyUnicode_Check(text.ptr())) {
    Py_ssize_t size = 0;
    const char* data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
    if (data != nullptr) {
      view = {data, static_cast<std::size_t>(size)};
    } else {
      if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) nb::raise_python_error();
      PyErr_Clear();
      nb::object bytes = nb::steal(PyUnicode_AsEncodedString(text.ptr(), "utf-8", "surrogatepass"));
      if (!bytes.is_valid()) nb::raise_python_error();
      char* raw = nullptr;
      if (PyBytes_AsStringAndSize(bytes.ptr(), &raw, &size) != 0) nb::raise_python_error();
      std::string repaired(raw, static_cast<std::size_t>(size));
      // A surrogate passed through is ED A0..BF xx: three bytes, as long as U+FFFD is.
      for (std::size_t i = 0; i + 2 < repaired.size(); ++i) {
        if (static_cast<unsigned char>(repaired[i]) == 0xED && static_cast<unsigned char>(repaired[i + 1]) >= 0xA0) {
          repaired.replace(i, 3, "\xEF\xBF\xBD");
          i += 2;
        }
      }
      view = owned_.emplace_back(std::move(repaired));
    }
  } else if (PyBytes_Check(text.ptr())) {
    char* raw = nullptr;
    Py_ssize_t size = 0;
    if (PyBytes_AsStringAndSize(text.ptr(), &raw, &size) != 0) nb::raise_python_error();
    view = {raw, static_cast<std::size_t>(size)};
    if (!tokenspace::utf8::is_valid(view)) view = owned_.emplace_back(tokenspace::utf8::to_valid(view));
  } else {
    fail(ErrorKind::invalid_argument, what, "str", python_type_name(text));
  }
  if (view.size() > UINT32_MAX - 1) {
    fail(ErrorKind::limit, what, "at most 4294967294 bytes in one text", std::to_string(view.size()), "splitting it");
  }
  return view;
}

std::string_view Texts::add(nb::handle text, const char* what) {
  keep_.push_back(nb::borrow(text));
  return view_of(text, what);
}

void Texts::add_all(nb::handle texts, const char* what, std::vector<std::string_view>& views) {
  nb::object tuple = to_tuple(texts, what);
  const Py_ssize_t size = PyTuple_Size(tuple.ptr());
  views.reserve(views.size() + static_cast<std::size_t>(size));
  for (Py_ssize_t i = 0; i < size; ++i) views.push_back(view_of(PyTuple_GetItem(tuple.ptr(), i), what));
  keep_.push_back(std::move(tuple));
}

nb::object to_tuple(nb::handle items, const char* what) {
  if (PyUnicode_Check(items.ptr()) || PyBytes_Check(items.ptr())) {
    fail(ErrorKind::invalid_argument, what, "a list", python_type_name(items), "putting it in a list");
  }
  nb::object tuple = nb::steal(PySequence_Tuple(items.ptr()));
  if (!tuple.is_valid()) {
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) nb::raise_python_error();
    PyErr_Clear();
    fail(ErrorKind::invalid_argument, what, "a list", python_type_name(items));
  }
  return tuple;
}

nb::object to_str(std::string_view text) {
  nb::object result = nb::steal(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
  if (!result.is_valid()) nb::raise_python_error();
  return result;
}

nb::object to_bytes(std::string_view text) {
  nb::object result = nb::steal(PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
  if (!result.is_valid()) nb::raise_python_error();
  return result;
}
