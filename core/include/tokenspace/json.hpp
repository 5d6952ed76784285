// A small read-only JSON document: RFC 8259, positions kept for error messages, bounded nesting (127 levels, as
// serde_json) and memory (a document of n bytes needs at most about 24 n bytes). Strings without escapes are views into
// the source.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tokenspace {

struct JsonStorage;  // nodes and decoded strings, owned by JsonDocument

// A light handle into a JsonDocument; valid as long as the document lives. A default-constructed handle is "missing".
class Json {
 public:
  enum class Type : std::uint8_t { missing, null, boolean, number, string, array, object };

  Json() = default;
  Type type() const;
  bool present() const { return storage_ != nullptr; }                  // the key existed (its value may be null)
  bool has_value() const { return present() && type() != Type::null; }  // existed and is not null
  bool is_string() const { return type() == Type::string; }
  bool is_array() const { return type() == Type::array; }
  bool is_object() const { return type() == Type::object; }

  // Each throws Error(format) "[read NAME] expected <type> at <path or byte>, received ..." when the type differs.
  bool as_bool() const;
  double as_double() const;
  std::int64_t as_int() const;   // integral numbers in int64 range only
  std::uint32_t as_u32() const;  // 0..2^32-1
  std::string_view as_string() const;

  std::size_t size() const;                  // elements of an array or members of an object, else Error(format)
  Json operator[](std::size_t index) const;  // array element
  std::pair<std::string_view, Json> member(std::size_t index) const;  // object member in document order
  Json find(std::string_view key) const;  // last member with this key, or missing (also when not an object)
  Json at(std::string_view key) const;    // find, but Error(format) when missing

  // O(1) sequential walk over array elements / object members:  for (auto it = j.begin(); it; it.next()) it.key(),
  // it.value()
  class Iterator;
  Iterator begin() const;  // empty when missing; Error(format) when neither array nor object

  std::size_t position() const;     // byte offset in the source, for messages
  std::string_view source() const;  // the exact source text of this value (used to write components back unchanged)
  const std::string& document_name() const;

 private:
  friend class JsonDocument;
  Json(const JsonStorage* storage, std::uint32_t node) : storage_(storage), node_(node) {}
  const JsonStorage* storage_ = nullptr;
  std::uint32_t node_ = 0;
};

class Json::Iterator {
 public:
  explicit operator bool() const { return left_ > 0; }
  void next();
  std::string_view key() const;  // "" in arrays
  Json value() const;

 private:
  friend class Json;
  const JsonStorage* storage_ = nullptr;
  std::uint32_t node_ = 0;  // key node in objects, value node in arrays
  std::uint32_t left_ = 0;
  bool object_ = false;
};

class JsonDocument {
 public:
  // `name` appears in messages (a file name). Takes the text over. Throws Error(format) with line, column and byte.
  static JsonDocument parse(std::string text, std::string name);
  ~JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  Json root() const;

 private:
  JsonDocument();
  std::unique_ptr<JsonStorage> storage_;
};

// Appends `text` as a JSON string literal (quotes included, UTF-8 kept, control characters escaped).
void append_json_string(std::string& out, std::string_view text);

}  // namespace tokenspace
