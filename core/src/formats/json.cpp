// Access to a parsed document: Json handles, iteration, typed values and their errors.
#include "tokenspace/json.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "json_number.hpp"
#include "json_storage.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {
namespace {

std::string_view type_name(Json::Type type) {
  switch (type) {
    case Json::Type::missing:
      return "nothing";
    case Json::Type::null:
      return "null";
    case Json::Type::boolean:
      return "a boolean";
    case Json::Type::number:
      return "a number";
    case Json::Type::string:
      return "a string";
    case Json::Type::array:
      return "an array";
    case Json::Type::object:
      return "an object";
  }
  return "nothing";
}

[[noreturn]] void wrong_type(const JsonStorage* storage, std::size_t position, std::string_view expected,
                             Json::Type received) {
  if (storage == nullptr) fail(ErrorKind::format, "read JSON", expected, "nothing (the key is missing)");
  fail(ErrorKind::format, "read " + storage->name, std::string(expected) + " at " + storage->place(position),
       type_name(received));
}

// Digits with an optional sign and nothing else; "-0" is a float for serde_json.
bool is_integer(std::string_view number) {
  return number != "-0" && number.find_first_of(".eE") == std::string_view::npos;
}

}  // namespace

std::string_view JsonStorage::string_at(std::uint32_t node) const {
  const JsonNode& n = nodes[node];
  if (n.count == 0) return std::string_view(text).substr(n.begin + 1, n.end - n.begin - 2);
  std::uint32_t length = 0;
  std::memcpy(&length, decoded.data() + n.link, 4);
  return std::string_view(decoded).substr(n.link + 4, length);
}

std::uint32_t JsonStorage::after(std::uint32_t node) const {
  const JsonNode& n = nodes[node];
  const char first = text[n.begin];
  return first == '{' || first == '[' ? n.link : node + 1;
}

std::string JsonStorage::place(std::size_t byte) const {
  const std::string_view before = std::string_view(text).substr(0, byte);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  std::size_t column = 1;
  for (std::size_t i = start; i < before.size(); ++i) {
    column += utf8::is_continuation(static_cast<unsigned char>(before[i])) ? 0 : 1;
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column) + " (byte " + std::to_string(byte) + ")";
}

Json::Type Json::type() const {
  if (storage_ == nullptr) return Type::missing;
  switch (storage_->text[storage_->nodes[node_].begin]) {
    case '"':
      return Type::string;
    case '{':
      return Type::object;
    case '[':
      return Type::array;
    case 'n':
      return Type::null;
    case 't':
    case 'f':
      return Type::boolean;
    default:
      return Type::number;
  }
}

bool Json::as_bool() const {
  if (type() != Type::boolean) wrong_type(storage_, position(), "a boolean", type());
  return source()[0] == 't';
}

double Json::as_double() const {
  if (type() != Type::number) wrong_type(storage_, position(), "a number", type());
  double value = 0;
  json_number::to_double(source(), value);  // in range: the parser checked
  return value;
}

std::int64_t Json::as_int() const {
  if (type() != Type::number) wrong_type(storage_, position(), "an integer", type());
  const std::string_view digits = source();
  const bool negative = digits[0] == '-';
  const std::uint64_t limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
  bool fits = is_integer(digits);
  std::uint64_t magnitude = 0;
  for (std::size_t i = negative ? 1 : 0; fits && i < digits.size(); ++i) {
    const auto digit = static_cast<unsigned>(digits[i] - '0');
    fits = magnitude <= (limit - digit) / 10;
    magnitude = magnitude * 10 + digit;
  }
  if (!fits) {
    fail(ErrorKind::format, "read " + storage_->name, "a 64-bit integer at " + storage_->place(position()),
         digits.substr(0, 40));
  }
  return static_cast<std::int64_t>(negative ? std::uint64_t{0} - magnitude : magnitude);
}

std::uint32_t Json::as_u32() const {
  if (type() != Type::number) wrong_type(storage_, position(), "an integer", type());
  const std::string_view digits = source();
  std::uint64_t magnitude = 0;
  bool fits = digits.size() <= 10;
  for (std::size_t i = 0; fits && i < digits.size(); ++i) {
    fits = digits[i] >= '0' && digits[i] <= '9';
    magnitude = magnitude * 10 + static_cast<unsigned>(digits[i] - '0');
  }
  if (!fits || magnitude > std::numeric_limits<std::uint32_t>::max()) {
    fail(ErrorKind::format, "read " + storage_->name,
         "an integer from 0 to 4294967295 at " + storage_->place(position()), digits.substr(0, 40));
  }
  return static_cast<std::uint32_t>(magnitude);
}

std::string_view Json::as_string() const {
  if (type() != Type::string) wrong_type(storage_, position(), "a string", type());
  return storage_->string_at(node_);
}

std::size_t Json::size() const {
  if (!is_array() && !is_object()) wrong_type(storage_, position(), "an array or an object", type());
  return storage_->nodes[node_].count;
}

Json Json::operator[](std::size_t index) const {
  if (!is_array()) wrong_type(storage_, position(), "an array", type());
  const JsonNode& array = storage_->nodes[node_];
  if (index >= array.count) {
    fail(ErrorKind::format, "read " + storage_->name,
         "an array of more than " + std::to_string(index) + " elements at " + storage_->place(position()),
         std::to_string(array.count) + " elements");
  }
  std::uint32_t child = node_ + 1;
  if (array.link - child == array.count) return Json(storage_, child + static_cast<std::uint32_t>(index));
  for (; index > 0; --index) child = storage_->after(child);
  return Json(storage_, child);
}

std::pair<std::string_view, Json> Json::member(std::size_t index) const {
  if (!is_object()) wrong_type(storage_, position(), "an object", type());
  const JsonNode& object = storage_->nodes[node_];
  if (index >= object.count) {
    fail(ErrorKind::format, "read " + storage_->name,
         "an object of more than " + std::to_string(index) + " members at " + storage_->place(position()),
         std::to_string(object.count) + " members");
  }
  std::uint32_t key = node_ + 1;
  for (; index > 0; --index) key = storage_->after(key + 1);
  return {storage_->string_at(key), Json(storage_, key + 1)};
}

Json Json::find(std::string_view key) const {
  Json found;
  if (!is_object()) return found;
  std::uint32_t node = node_ + 1;
  for (std::uint32_t left = storage_->nodes[node_].count; left > 0; --left) {
    if (storage_->string_at(node) == key) found = Json(storage_, node + 1);
    node = storage_->after(node + 1);
  }
  return found;
}

Json Json::at(std::string_view key) const {
  if (!is_object()) wrong_type(storage_, position(), "an object with \"" + std::string(key) + "\"", type());
  const Json found = find(key);
  if (!found.present()) {
    fail(ErrorKind::format, "read " + storage_->name,
         "\"" + std::string(key) + "\" in the object at " + storage_->place(position()), "no such key");
  }
  return found;
}

Json::Iterator Json::begin() const {
  Iterator it;
  if (!present()) return it;
  it.left_ = static_cast<std::uint32_t>(size());
  it.storage_ = storage_;
  it.node_ = node_ + 1;
  it.object_ = is_object();
  return it;
}

std::size_t Json::position() const {
  return storage_ == nullptr ? 0 : storage_->nodes[node_].begin;
}

std::string_view Json::source() const {
  if (storage_ == nullptr) return {};
  const JsonNode& node = storage_->nodes[node_];
  return std::string_view(storage_->text).substr(node.begin, node.end - node.begin);
}

const std::string& Json::document_name() const {
  static const std::string none = "JSON";
  return storage_ == nullptr ? none : storage_->name;
}

void Json::Iterator::next() {
  node_ = storage_->after(object_ ? node_ + 1 : node_);
  --left_;
}

std::string_view Json::Iterator::key() const {
  return object_ ? storage_->string_at(node_) : std::string_view();
}

Json Json::Iterator::value() const {
  return Json(storage_, object_ ? node_ + 1 : node_);
}

JsonDocument::JsonDocument() : storage_(std::make_unique<JsonStorage>()) {}
JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

JsonDocument JsonDocument::parse(std::string text, std::string name) {
  JsonDocument document;
  document.storage_->text = std::move(text);
  document.storage_->name = std::move(name);
  parse_json(*document.storage_);
  return document;
}

Json JsonDocument::root() const {
  return Json(storage_.get(), 0);
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, done, i - done);
    done = i + 1;
    out.push_back('\\');
    switch (c) {
      case '"':
      case '\\':
        out.push_back(static_cast<char>(c));
        break;
      case '\b':
        out.push_back('b');
        break;
      case '\f':
        out.push_back('f');
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\r':
        out.push_back('r');
        break;
      case '\t':
        out.push_back('t');
        break;
      default:
        out.append("u00").push_back(hex[c >> 4]);
        out.push_back(hex[c & 15]);
    }
  }
  out.append(text, done);
  out.push_back('"');
}

}  // namespace tokenspace
