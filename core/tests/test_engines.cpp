// The fast engines against the general path, over the small tokenizers of the fuzz targets: fixed texts that once
// differed, and pseudo-random ones, the same in every run.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../fuzz/compare_engines.hpp"
#include "../fuzz/fuzz_text.hpp"
#include "harness.hpp"

namespace {

const std::vector<fuzz::EngineCase>& cases() {
  static const std::vector<fuzz::EngineCase> made = fuzz::engine_cases();
  return made;
}

void check(const fuzz::EngineCase& tested, const std::string& text) {
  for (const bool added : {true, false}) {
    for (const auto policy : {tokenspace::SpecialPolicy::allow, tokenspace::SpecialPolicy::as_text}) {
      tokenspace::EncodeOptions options;
      options.add_special_tokens = added;
      options.special = policy;
      const char* problem = fuzz::difference(tested, {text, text}, options);
      if (problem != nullptr)
        harness::report(__FILE__, __LINE__, tested.name + ": " + problem + " in \"" + text + "\"");
    }
  }
}

}  // namespace

TEST("engines: texts that once differed") {
  const std::string_view texts[] = {
      "\xC2\xB2 >",      // a rule whose replacement ends with a space
      "\xE2\x80\x8Bn ",  // a first character that vanishes
      "\xE2\x80\x8B\xE2\x80\x8B a <s>\xE2\x80\x8B ab",
      "\xF3\xB4\x84\x88\xC3\x91\xE6\xA6\xAC a",  // removed from the front, so that nothing stands at offset 0
  };
  for (const fuzz::EngineCase& tested : cases()) {
    for (const std::string_view text : texts) check(tested, std::string(text));
  }
}

TEST("engines: pseudo-random texts") {
  std::uint32_t state = 5;
  for (const fuzz::EngineCase& tested : cases()) {
    for (int round = 0; round < 40; ++round) {
      std::string bytes(1 + round * 2, '\0');
      for (char& byte : bytes) {
        state = state * 1664525u + 1013904223u;
        byte = static_cast<char>(state >> 24);
      }
      check(tested, fuzz::text_of(bytes, round % 8 != 0));
    }
  }
}
