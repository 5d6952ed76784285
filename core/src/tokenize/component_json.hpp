// What the readers of normalizer and pre-tokenizer objects share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tokenspace/aligned_text.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/regex.hpp"

namespace tokenspace::component_json {

// Error(format) "[read NAME] expected EXPECTED at byte N, received RECEIVED".
[[noreturn]] void refuse(Json at, std::string_view expected, std::string_view received);

// The value of "type" when it is a string; also the key of {"NFC": null}, which serde accepts for the same.
std::string_view type_of(Json config);

// A field that may be missing or null.
std::optional<bool> optional_bool(Json config, std::string_view key);
// A string of exactly one code point.
char32_t read_character(Json config, std::string_view key);
SplitBehavior behavior_from_json(Json value);
std::string_view behavior_name(SplitBehavior behavior);

// The {"String": ...} or {"Regex": ...} of Replace and Split.
struct Pattern {
  std::string text;
  bool is_regex = false;
  std::string json() const;
};
Pattern read_pattern(Json config);
// An empty String matches at every place, as the empty regular expression it becomes in the reference. `at` for
// messages.
std::optional<Regex> compile(const Pattern& pattern, Json at);

std::string quoted(std::string_view text);
inline std::string_view boolean(bool value) {
  return value ? "true" : "false";
}

}  // namespace tokenspace::component_json
