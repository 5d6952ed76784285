#include "harness.hpp"

int main(int argc, char** argv) {
  const std::string filter = argc > 1 ? argv[1] : "";
  int passed = 0;
  int failed = 0;
  for (const auto& test : harness::cases()) {
    if (!filter.empty() && test.name.find(filter) == std::string::npos) continue;
    harness::failures_in_case() = 0;
    try {
      test.body();
    } catch (const std::exception& error) {
      harness::report(test.name.c_str(), 0, std::string("threw: ") + error.what());
    }
    if (harness::failures_in_case() == 0) {
      ++passed;
    } else {
      ++failed;
      std::cerr << "FAILED " << test.name << "\n";
    }
  }
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}
