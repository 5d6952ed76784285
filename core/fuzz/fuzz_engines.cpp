// Any text through every kind of fast engine: ids, spans and counts equal those of the general path. The first byte
// picks the tokenizer, the second how the text is made and encoded.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "compare_engines.hpp"
#include "fuzz_text.hpp"

namespace {

constexpr std::size_t kLongest = 20000;  // bytes: several chunks of every engine

const std::vector<fuzz::EngineCase>& cases() {
  static const std::vector<fuzz::EngineCase> made = fuzz::engine_cases();
  return made;
}

}  // namespace

// Outside the time an input may take.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return cases().empty() ? 1 : 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const fuzz::EngineCase& tested = cases()[data[0] % cases().size()];
  const unsigned how = data[1];
  std::string text = fuzz::text_of(fuzz::view(data + 2, size - 2), how & 1);
  if ((how & 0xF0) == 0xF0 && !text.empty()) {  // long texts: chunks, and scores that lose their low bits
    const std::string once = text;
    while (text.size() + once.size() <= kLongest) text += once;
  }
  tokenspace::EncodeOptions options;
  options.add_special_tokens = (how & 2) != 0;
  options.special = (how & 4) != 0 ? tokenspace::SpecialPolicy::as_text : tokenspace::SpecialPolicy::allow;
  // Caches remember across inputs; a finding that needs that is found again only without the flag, so half clear them.
  if ((how & 8) != 0) tested.tokenizer->clear_cache();
  std::size_t middle = text.size() / 2;
  while (middle < text.size() && tokenspace::utf8::is_continuation(static_cast<unsigned char>(text[middle]))) ++middle;
  const std::string_view all = text;
  const char* problem = fuzz::difference(tested, {all, all.substr(0, middle), all.substr(middle), all}, options);
  if (problem != nullptr) {
    std::fprintf(stderr, "%s: %s\n", tested.name.c_str(), problem);
    std::abort();
  }
  return 0;
}
