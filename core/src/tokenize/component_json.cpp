#include "component_json.hpp"

#include "tokenspace/utf8.hpp"

namespace tokenspace::component_json {

void refuse(Json at, std::string_view expected, std::string_view received) {
  fail(ErrorKind::format, "read " + at.document_name(),
       std::string(expected) + " at byte " + std::to_string(at.position()), received);
}

std::string_view type_of(Json config) {
  const Json type = config.find("type");
  if (type.is_string()) return type.as_string();
  if (type.is_object() && type.size() == 1) {
    const auto [name, value] = type.member(0);
    if (value.type() == Json::Type::null) return name;
  }
  return {};
}

std::optional<bool> optional_bool(Json config, std::string_view key) {
  const Json value = config.find(key);
  if (!value.has_value()) return std::nullopt;
  return value.as_bool();
}

char32_t read_character(Json config, std::string_view key) {
  const Json value = config.at(key);
  const std::string_view text = value.as_string();
  if (text.empty() || utf8::count_code_points(text) != 1) {
    refuse(value, "a string of one character", std::to_string(utf8::count_code_points(text)) + " characters");
  }
  const char* p = text.data();
  return utf8::decode_unchecked(p);
}

namespace {
constexpr std::string_view kBehaviors[] = {"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"};
}

SplitBehavior behavior_from_json(Json value) {
  const std::string_view name = value.as_string();
  for (std::size_t i = 0; i < std::size(kBehaviors); ++i) {
    if (kBehaviors[i] == name) return static_cast<SplitBehavior>(i);
  }
  refuse(value, "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous", quoted(name.substr(0, 40)));
}

std::string_view behavior_name(SplitBehavior behavior) {
  return kBehaviors[static_cast<std::size_t>(behavior)];
}

std::string Pattern::json() const {
  return std::string("{\"") + (is_regex ? "Regex" : "String") + "\":" + quoted(text) + "}";
}

Pattern read_pattern(Json config) {
  const Json value = config.at("pattern");
  if (!value.is_object() || value.size() != 1) refuse(value, "{\"String\": ...} or {\"Regex\": ...}", "something else");
  const auto [kind, text] = value.member(0);
  if (kind != "String" && kind != "Regex") refuse(value, "\"String\" or \"Regex\"", quoted(kind.substr(0, 40)));
  return {std::string(text.as_string()), kind == "Regex"};
}

std::optional<Regex> compile(const Pattern& pattern, Json at) {
  if (!pattern.is_regex && !pattern.text.empty()) return std::nullopt;
  try {
    return Regex(pattern.text);
  } catch (const Error& error) {
    fail(error.kind(), "read " + at.document_name(), "a regular expression at byte " + std::to_string(at.position()),
         error.what());
  }
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace tokenspace::component_json
