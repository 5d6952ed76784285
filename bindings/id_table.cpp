#include "id_table.hpp"

#include <algorithm>

IdTable::IdTable(std::uint32_t bound)
    : size_(std::min(bound, kMaxEntries)), entries_(std::make_unique<std::atomic<PyObject*>[]>(size_)) {}

IdTable::~IdTable() {
  for (std::uint32_t i = 0; i < size_; ++i) Py_XDECREF(entries_[i].load(std::memory_order_relaxed));
}

PyObject* IdTable::make(std::uint32_t id) const {
  PyObject* number = PyLong_FromUnsignedLong(id);
  if (number == nullptr) nb::raise_python_error();
  if (id >= size_) return number;
  PyObject* expected = nullptr;
  if (entries_[id].compare_exchange_strong(expected, number, std::memory_order_acq_rel)) {
    Py_INCREF(number);
    return number;
  }
  Py_DECREF(number);
  Py_INCREF(expected);
  return expected;
}

nb::object IdTable::list(std::span<const std::uint32_t> ids) const {
  nb::object result = nb::steal(PyList_New(static_cast<Py_ssize_t>(ids.size())));
  if (!result.is_valid()) nb::raise_python_error();
  PyObject* list = result.ptr();
  constexpr std::size_t kLook = std::size_t{1} << 20;  // ids between two looks for Ctrl-C
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i % kLook == kLook - 1 && PyErr_CheckSignals() != 0) nb::raise_python_error();
    const std::uint32_t id = ids[i];
    PyObject* number = id < size_ ? entries_[id].load(std::memory_order_acquire) : nullptr;
    if (number != nullptr) {
      Py_INCREF(number);
    } else {
      number = make(id);
    }
#ifdef Py_LIMITED_API
    PyList_SetItem(list, static_cast<Py_ssize_t>(i), number);
#else
    PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), number);
#endif
  }
  return result;
}
