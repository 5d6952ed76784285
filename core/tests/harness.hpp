// A test harness of one page: TEST("name") { CHECK(condition); CHECK_EQ(actual, expected); }
// Every test_*.cpp links into one program; it prints each failure and ends with "N passed, M failed".
#pragma once

#include <exception>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace harness {

struct Case {
  std::string name;
  std::function<void()> body;
};

inline std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

inline int& failures_in_case() {
  static int count = 0;
  return count;
}

struct Register {
  Register(std::string name, std::function<void()> body) { cases().push_back({std::move(name), std::move(body)}); }
};

inline void report(const char* file, int line, const std::string& text) {
  ++failures_in_case();
  std::cerr << file << ":" << line << ": " << text << "\n";
}

template <class T>
std::string show(const T& value) {
  if constexpr (requires(std::ostream& out) { out << value; }) {
    std::ostringstream out;
    out << value;
    return out.str();
  } else {
    return "<value>";
  }
}

}  // namespace harness

#define HARNESS_JOIN_(a, b) a##b
#define HARNESS_JOIN(a, b) HARNESS_JOIN_(a, b)
#define TEST(name)                                                                                       \
  static void HARNESS_JOIN(test_, __LINE__)();                                                           \
  static const harness::Register HARNESS_JOIN(register_, __LINE__)(name, HARNESS_JOIN(test_, __LINE__)); \
  static void HARNESS_JOIN(test_, __LINE__)()
#define CHECK(condition)                                                          \
  do {                                                                            \
    if (!(condition)) harness::report(__FILE__, __LINE__, "failed: " #condition); \
  } while (false)
#define CHECK_EQ(actual, expected)                                                                                   \
  do {                                                                                                               \
    const auto harness_a = (actual);                                                                                 \
    const auto harness_b = (expected);                                                                               \
    if (!(harness_a == harness_b))                                                                                   \
      harness::report(__FILE__, __LINE__,                                                                            \
                      "failed: " #actual " == " #expected ", received " + harness::show(harness_a) + ", expected " + \
                          harness::show(harness_b));                                                                 \
  } while (false)
#define CHECK_THROWS(expression)                                                            \
  do {                                                                                      \
    bool harness_threw = false;                                                             \
    try {                                                                                   \
      (void)(expression);                                                                   \
    } catch (const std::exception&) {                                                       \
      harness_threw = true;                                                                 \
    }                                                                                       \
    if (!harness_threw) harness::report(__FILE__, __LINE__, "did not throw: " #expression); \
  } while (false)
