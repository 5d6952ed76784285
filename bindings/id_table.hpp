// One Python int per token id, made once. Creating integers dominates the time of returning ids as lists; with this
// table an element costs one reference count.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "module.hpp"

class IdTable {
 public:
  explicit IdTable(std::uint32_t bound);
  ~IdTable();
  IdTable(const IdTable&) = delete;
  IdTable& operator=(const IdTable&) = delete;

  nb::object list(std::span<const std::uint32_t> ids) const;

 private:
  // Claims beyond this (a file may name an id of 4 thousand million) are not tabulated.
  static constexpr std::uint32_t kMaxEntries = 1u << 21;
  std::uint32_t size_;
  // Filled on first use of each id; atomic for the free-threaded build.
  std::unique_ptr<std::atomic<PyObject*>[]> entries_;
  PyObject* make(std::uint32_t id) const;
};
