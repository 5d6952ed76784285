// Vectors of the core -> NumPy arrays that own the vector's memory (no copy), and ids out of Python sequences.
#pragma once

#include <nanobind/ndarray.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "module.hpp"
#include "tokenspace/span.hpp"

template <class T>
nb::object to_array(std::vector<T> values) {
  auto owned = std::make_unique<std::vector<T>>(std::move(values));
  std::vector<T>* vector = owned.get();
  // NumPy wants a pointer also for an empty array.
  if (vector->capacity() == 0) vector->reserve(1);
  nb::capsule owner(owned.release(), [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return nb::cast(nb::ndarray<nb::numpy, T, nb::ndim<1>>(vector->data(), {vector->size()}, owner));
}

// Spans as an (n, 2) array of uint32.
inline nb::object to_array(std::vector<tokenspace::Span> spans) {
  static_assert(sizeof(tokenspace::Span) == 2 * sizeof(std::uint32_t));
  auto owned = std::make_unique<std::vector<tokenspace::Span>>(std::move(spans));
  auto* vector = owned.get();
  if (vector->capacity() == 0) vector->reserve(1);
  nb::capsule owner(owned.release(), [](void* p) noexcept { delete static_cast<std::vector<tokenspace::Span>*>(p); });
  return nb::cast(nb::ndarray<nb::numpy, std::uint32_t, nb::shape<-1, 2>>(
      reinterpret_cast<std::uint32_t*>(vector->data()), {vector->size(), 2}, owner));
}

// Token ids from a list, tuple, NumPy array, tensor or iterable of integers. Throws ArgumentError for negative
// numbers, numbers above 2^32 - 1 and anything that is not an integer.
std::vector<std::uint32_t> read_ids(nb::handle ids, const char* what);

// A list of small integers (masks, type ids, word ids).
template <class T>
nb::object to_list(const std::vector<T>& values) {
  nb::object list = nb::steal(PyList_New(static_cast<Py_ssize_t>(values.size())));
  if (!list.is_valid()) nb::raise_python_error();
  for (std::size_t i = 0; i < values.size(); ++i) {
    PyObject* number = PyLong_FromLongLong(static_cast<long long>(values[i]));
    if (number == nullptr) nb::raise_python_error();
    PyList_SetItem(list.ptr(), static_cast<Py_ssize_t>(i), number);
  }
  return list;
}
