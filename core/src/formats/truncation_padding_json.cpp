// The "truncation" and "padding" objects of tokenizer.json (tokenizers 0.23.3).
#include "tokenspace/encoding.hpp"
#include "tokenspace/error.hpp"

namespace tokenspace {
namespace {

[[noreturn]] void wrong(Json value, std::string_view expected, std::string_view received) {
  fail(ErrorKind::format, "read " + value.document_name(), expected,
       std::string(received) + " at byte " + std::to_string(value.position()));
}

std::size_t as_size(Json value) {
  const std::int64_t number = value.as_int();
  if (number < 0) wrong(value, "a number of at least 0", std::to_string(number));
  return static_cast<std::size_t>(number);
}

Direction direction_from(Json value) {
  const std::string_view text = value.as_string();
  if (text == "Left") return Direction::left;
  if (text == "Right") return Direction::right;
  wrong(value, "a direction, \"Left\" or \"Right\"", text);
}

std::string_view direction_name(Direction direction) {
  return direction == Direction::left ? "Left" : "Right";
}

}  // namespace

std::optional<Truncation> truncation_from_json(Json config) {
  if (!config.has_value()) return std::nullopt;
  Truncation out;
  if (const Json direction = config.find("direction"); direction.present()) out.direction = direction_from(direction);
  out.max_length = as_size(config.at("max_length"));
  out.stride = as_size(config.at("stride"));
  const Json strategy = config.at("strategy");
  const std::string_view text = strategy.as_string();
  if (text == "LongestFirst") {
    out.strategy = TruncationStrategy::longest_first;
  } else if (text == "OnlyFirst") {
    out.strategy = TruncationStrategy::only_first;
  } else if (text == "OnlySecond") {
    out.strategy = TruncationStrategy::only_second;
  } else {
    wrong(strategy, "a strategy, \"LongestFirst\", \"OnlyFirst\" or \"OnlySecond\"", text);
  }
  return out;
}

std::optional<Padding> padding_from_json(Json config) {
  if (!config.has_value()) return std::nullopt;
  Padding out;
  const Json strategy = config.at("strategy");
  if (strategy.is_object()) {
    if (strategy.size() != 1) wrong(strategy, "{\"Fixed\": n}", "an object of another form");
    out.fixed_length = as_size(strategy.at("Fixed"));
  } else if (strategy.as_string() != "BatchLongest") {
    wrong(strategy, "\"BatchLongest\" or {\"Fixed\": n}", strategy.as_string());
  }
  out.direction = direction_from(config.at("direction"));
  if (const Json multiple = config.find("pad_to_multiple_of"); multiple.has_value())
    out.multiple_of = as_size(multiple);
  out.pad_id = config.at("pad_id").as_u32();
  out.pad_type_id = config.at("pad_type_id").as_u32();
  out.pad_token = std::string(config.at("pad_token").as_string());
  return out;
}

std::string to_json(const std::optional<Truncation>& truncation) {
  if (!truncation) return "null";
  std::string out = "{\"direction\":\"";
  out.append(direction_name(truncation->direction)).append("\",\"max_length\":");
  out.append(std::to_string(truncation->max_length)).append(",\"strategy\":\"");
  switch (truncation->strategy) {
    case TruncationStrategy::longest_first:
      out.append("LongestFirst");
      break;
    case TruncationStrategy::only_first:
      out.append("OnlyFirst");
      break;
    case TruncationStrategy::only_second:
      out.append("OnlySecond");
      break;
  }
  out.append("\",\"stride\":").append(std::to_string(truncation->stride)).push_back('}');
  return out;
}

std::string to_json(const std::optional<Padding>& padding) {
  if (!padding) return "null";
  std::string out = "{\"strategy\":";
  if (padding->fixed_length) {
    out.append("{\"Fixed\":").append(std::to_string(*padding->fixed_length)).push_back('}');
  } else {
    out.append("\"BatchLongest\"");
  }
  out.append(",\"direction\":\"").append(direction_name(padding->direction)).append("\",\"pad_to_multiple_of\":");
  out.append(padding->multiple_of ? std::to_string(*padding->multiple_of) : "null");
  out.append(",\"pad_id\":").append(std::to_string(padding->pad_id));
  out.append(",\"pad_type_id\":").append(std::to_string(padding->pad_type_id)).append(",\"pad_token\":");
  append_json_string(out, padding->pad_token);
  out.push_back('}');
  return out;
}

}  // namespace tokenspace
