// tokenspace::Error -> the classes of tokenspace.errors, by kind.
#include <new>

#include "module.hpp"
#include "tokenspace/error.hpp"

namespace {

const char* class_name(tokenspace::ErrorKind kind) {
  switch (kind) {
    case tokenspace::ErrorKind::invalid_argument:
      return "ArgumentError";
    case tokenspace::ErrorKind::format:
      return "FormatError";
    case tokenspace::ErrorKind::unsupported:
      return "UnsupportedError";
    case tokenspace::ErrorKind::limit:
      return "LimitError";
    case tokenspace::ErrorKind::special_token:
      return "SpecialTokenError";
    case tokenspace::ErrorKind::io:
      return "FileError";
  }
  return "TokenspaceError";
}

void translate(const std::exception_ptr& pointer, void*) {
  try {
    std::rethrow_exception(pointer);
  } catch (const tokenspace::Error& error) {
    // A message may quote bytes of a malformed file: those that are not UTF-8 are shown as U+FFFD.
    const char* text = error.what();
    nb::object message =
        nb::steal(PyUnicode_DecodeUTF8(text, static_cast<Py_ssize_t>(std::char_traits<char>::length(text)), "replace"));
    nb::object type = nb::module_::import_("tokenspace.errors").attr(class_name(error.kind()));
    PyErr_SetObject(type.ptr(), message.ptr());
  }
}

}  // namespace

void register_errors(nb::module_&) {
  nb::register_exception_translator(translate, nullptr);
}
