#include "arrays.hpp"

#include "text.hpp"
#include "tokenspace/error.hpp"

using tokenspace::ErrorKind;
using tokenspace::fail;

namespace {

template <class T>
void copy_checked(const nb::ndarray<>& array, const char* what, std::vector<std::uint32_t>& out) {
  const T* data = static_cast<const T*>(array.data());
  const std::int64_t stride = array.stride(0);
  for (std::size_t i = 0; i < array.shape(0); ++i) {
    const T value = data[static_cast<std::int64_t>(i) * stride];
    if constexpr (std::is_signed_v<T>) {
      if (value < 0) fail(ErrorKind::invalid_argument, what, "token ids from 0 to 4294967295", std::to_string(value));
    }
    if constexpr (sizeof(T) == 8) {
      if (static_cast<std::uint64_t>(value) > UINT32_MAX) {
        fail(ErrorKind::invalid_argument, what, "token ids from 0 to 4294967295", std::to_string(value));
      }
    }
    out.push_back(static_cast<std::uint32_t>(value));
  }
}

bool read_array(nb::handle ids, const char* what, std::vector<std::uint32_t>& out) {
  nb::ndarray<> array;
  if (!nb::try_cast(ids, array) || array.ndim() != 1 || array.device_type() != nb::device::cpu::value) return false;
  out.reserve(array.shape(0));
  if (array.dtype() == nb::dtype<std::uint32_t>()) {
    copy_checked<std::uint32_t>(array, what, out);
  } else if (array.dtype() == nb::dtype<std::int64_t>()) {
    copy_checked<std::int64_t>(array, what, out);
  } else if (array.dtype() == nb::dtype<std::int32_t>()) {
    copy_checked<std::int32_t>(array, what, out);
  } else if (array.dtype() == nb::dtype<std::uint64_t>()) {
    copy_checked<std::uint64_t>(array, what, out);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::uint32_t read_id(nb::handle id, const char* what) {
  PyObject* object = id.ptr();
  nb::object index;
  if (!PyLong_Check(object)) {
    index = nb::steal(PyNumber_Index(object));
    if (!index.is_valid()) {
      PyErr_Clear();
      fail(ErrorKind::invalid_argument, what, "token ids (integers)", python_type_name(object));
    }
    object = index.ptr();
  }
  const long long value = PyLong_AsLongLong(object);
  if (value == -1 && PyErr_Occurred()) {
    PyErr_Clear();
    fail(ErrorKind::invalid_argument, what, "token ids from 0 to 4294967295", "an integer beyond 64 bits");
  }
  if (value < 0 || value > static_cast<long long>(UINT32_MAX)) {
    fail(ErrorKind::invalid_argument, what, "token ids from 0 to 4294967295", std::to_string(value));
  }
  return static_cast<std::uint32_t>(value);
}

std::vector<std::uint32_t> read_ids(nb::handle ids, const char* what) {
  std::vector<std::uint32_t> out;
  const bool sequence = PyList_Check(ids.ptr()) || PyTuple_Check(ids.ptr());
  if (!sequence && PyIndex_Check(ids.ptr()) && !nb::hasattr(ids, "__len__")) {
    out.push_back(read_id(ids, what));
    return out;
  }
  if (!sequence && read_array(ids, what, out)) return out;
  nb::object tuple = to_tuple(ids, what);
  const Py_ssize_t size = PyTuple_Size(tuple.ptr());
  out.reserve(static_cast<std::size_t>(size));
  for (Py_ssize_t i = 0; i < size; ++i) out.push_back(read_id(PyTuple_GetItem(tuple.ptr(), i), what));
  return out;
}
