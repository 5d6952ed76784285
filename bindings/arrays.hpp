// Vectors of the core -> NumPy arrays that own the vector's memory (no copy), and ids out of Python sequences.
#pragma once

#include <nanobind/ndarray.h>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "module.hpp"
#include "tokenspace/span.hpp"

// `values`: a vector or Buffer of numbers, or of Spans: those become an (n, 2) array of uint32.
template <class Values>
nb::object to_array(Values values) {
  using T = std::remove_cvref_t<decltype(*values.data())>;
  auto owned = std::make_unique<Values>(std::move(values));
  Values* held = owned.get();
  // NumPy wants a pointer also for an empty array.
  static T nothing[1] = {};
  T* data = held->size() != 0 ? held->data() : nothing;
  nb::capsule owner(owned.release(), [](void* p) noexcept { delete static_cast<Values*>(p); });
  if constexpr (std::is_same_v<T, tokenspace::Span>) {
    static_assert(sizeof(T) == 2 * sizeof(std::uint32_t));
    return nb::cast(nb::ndarray<nb::numpy, std::uint32_t, nb::shape<-1, 2>>(reinterpret_cast<std::uint32_t*>(data),
                                                                            {held->size(), 2}, owner));
  } else {
    return nb::cast(nb::ndarray<nb::numpy, T, nb::ndim<1>>(data, {held->size()}, owner));
  }
}

// Token ids from a list, tuple, NumPy array, tensor or iterable of integers. Throws ArgumentError for negative
// numbers, numbers above 2^32 - 1 and anything that is not an integer.
std::vector<std::uint32_t> read_ids(nb::handle ids, const char* what);

// One id; the same errors.
std::uint32_t read_id(nb::handle id, const char* what);

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
