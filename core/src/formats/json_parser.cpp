// The parser behind JsonDocument: one pass, no recursion, the strictness of serde_json 1.0 (which reads tokenizer.json
// in the reference): RFC 8259 grammar, valid UTF-8, no lone surrogate escapes, at most 127 levels, numbers within
// double.
#include <array>
#include <bit>
#include <cstring>
#include <new>

#include "json_number.hpp"
#include "json_storage.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {
namespace {

constexpr std::size_t kMaxDepth = 127;
constexpr std::size_t kMaxBytes = 0xFFFFFFF0u;

// Eight bytes at once: a mask with bit 7 of each byte that is '"', '\\' or below 0x20 (exact for the lowest such byte,
// which is the only one looked at).
inline std::uint64_t special_bytes(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
  const std::uint64_t quote = word ^ (ones * '"');
  const std::uint64_t backslash = word ^ (ones * '\\');
  return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | ((word - ones * 0x20) & ~word)) & high;
}

inline unsigned lowest_byte(std::uint64_t mask) {
  return static_cast<unsigned>(__builtin_ctzll(mask)) >> 3;
}

class Parser {
 public:
  explicit Parser(JsonStorage& storage)
      : storage_(storage),
        text_(storage.text.data()),
        size_(static_cast<std::uint32_t>(storage.text.size())),
        nodes_(storage.nodes.get()) {}

  std::uint32_t run() {
    bool in_object = false;
    while (true) {
      if (!value()) continue;  // a container opened and its first value follows
      while (true) {
        if (depth_ == 0) {
          skip_space();
          if (at_ != size_) error("the end of the document after its value");
          return used_;
        }
        JsonNode& top = nodes_[stack_[depth_ - 1]];
        in_object = text_[top.begin] == '{';
        skip_space();
        const char c = peek();
        if (c == ',') {
          ++at_;
          if (in_object) {
            skip_space();
            key();
          }
          ++top.count;
          break;
        }
        if (c != (in_object ? '}' : ']')) error(in_object ? "',' or '}' in an object" : "',' or ']' in an array");
        close(top);
      }
    }
  }

 private:
  // The text is a std::string, so the byte behind the end is readable and 0, which no rule accepts.
  char peek() const { return text_[at_]; }

  void skip_space() {
    while (true) {
      const char c = text_[at_];
      if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
      ++at_;
    }
  }

  JsonNode& open_node() {
    JsonNode& node = nodes_[used_++];
    node = JsonNode{at_, 0, 0, 0};
    return node;
  }

  void close(JsonNode& container) {
    ++at_;
    container.end = at_;
    container.link = used_;
    --depth_;
  }

  // Reads a scalar or an empty container (true), or opens a container whose first member or element follows (false).
  bool value() {
    skip_space();
    switch (peek()) {
      case '"':
        string();
        return true;
      case '{':
      case '[':
        return open_container();
      case 't':
        word("true");
        return true;
      case 'f':
        word("false");
        return true;
      case 'n':
        word("null");
        return true;
      default:
        number();
        return true;
    }
  }

  bool open_container() {
    if (depth_ == kMaxDepth) error("at most " + std::to_string(kMaxDepth) + " nested arrays and objects");
    const bool object = peek() == '{';
    stack_[depth_++] = used_;
    JsonNode& node = open_node();
    ++at_;
    skip_space();
    if (peek() == (object ? '}' : ']')) {
      close(node);
      return true;
    }
    node.count = 1;
    if (object) key();
    return false;
  }

  void key() {
    if (peek() != '"') error("a key in double quotes");
    string();
    skip_space();
    if (peek() != ':') error("':' after a key");
    ++at_;
  }

  void word(std::string_view literal) {
    JsonNode& node = open_node();
    if (std::string_view(text_ + at_, size_ - at_).substr(0, literal.size()) != literal) error("a value");
    at_ += static_cast<std::uint32_t>(literal.size());
    node.end = at_;
  }

  std::uint32_t digits() {
    const std::uint32_t start = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ - start;
  }

  void number() {
    JsonNode& node = open_node();
    if (peek() == '-') ++at_;
    const bool zero = peek() == '0';
    const std::uint32_t whole = digits();
    if (whole == 0) error(node.begin == at_ ? "a value" : "a digit");
    if (zero && whole > 1) {
      at_ = at_ - whole + 1;
      error("no digit after a leading zero");
    }
    if (peek() == '.') {
      ++at_;
      if (digits() == 0) error("a digit after '.'");
    }
    const bool exponent = peek() == 'e' || peek() == 'E';
    if (exponent) {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (digits() == 0) error("a digit in the exponent");
    }
    node.end = at_;
    // Fewer than 300 digits without an exponent cannot leave double's range.
    if (exponent || at_ - node.begin > 300) {
      double ignored = 0;
      if (!json_number::to_double(std::string_view(text_ + node.begin, at_ - node.begin), ignored)) {
        at_ = node.begin;
        error("a number within the range of double");
      }
    }
  }

  // Moves to the first '"', '\\' or control byte at or after `at_`.
  void skip_plain() {
    while (size_ - at_ >= 8) {
      std::uint64_t word;
      std::memcpy(&word, text_ + at_, 8);
      if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
      if (const std::uint64_t mask = special_bytes(word)) {
        at_ += lowest_byte(mask);
        return;
      }
      at_ += 8;
    }
    while (at_ != size_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"' || c == '\\' || c < 0x20) return;
      ++at_;
    }
  }

  void string() {
    JsonNode& node = open_node();
    ++at_;
    const std::uint32_t start = at_;
    skip_plain();
    if (peek() == '\\') {
      escaped_string(node, start);
    } else if (peek() != '"') {
      error("a string's closing quote; control characters need an escape");
    }
    ++at_;
    node.end = at_;
  }

  void escaped_string(JsonNode& node, std::uint32_t start) {
    std::string& out = storage_.decoded;
    const std::size_t place = out.size();
    // Decoding only shrinks, and an escaped string takes 5 bytes of source with its separator: the pool fits 32 bits.
    node.link = static_cast<std::uint32_t>(place);
    node.count = 1;
    out.append(4, '\0');
    while (true) {
      out.append(text_ + start, at_ - start);
      if (peek() == '"') break;
      if (peek() != '\\') error("a string's closing quote; control characters need an escape");
      escape(out);
      start = at_;
      skip_plain();
    }
    const auto length = static_cast<std::uint32_t>(out.size() - place - 4);
    std::memcpy(out.data() + place, &length, 4);
  }

  void escape(std::string& out) {
    ++at_;
    const char c = peek();
    static constexpr std::string_view names = "\"\\/bfnrt";
    static constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    if (c != 'u') {
      const std::size_t which = c == '\0' ? std::string_view::npos : names.find(c);
      if (which == std::string_view::npos) error("one of \" \\ / b f n r t u after a backslash");
      out.push_back(values[which]);
      ++at_;
      return;
    }
    ++at_;
    const std::uint32_t start = at_;
    char32_t unit = hex4();
    if (unit >= 0xD800 && unit < 0xE000) {
      const bool paired = unit < 0xDC00 && peek() == '\\' && text_[at_ + 1] == 'u';
      if (paired) {
        at_ += 2;
        const char32_t low = hex4();
        if (low >= 0xDC00 && low < 0xE000) {
          utf8::append(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
          return;
        }
      }
      at_ = start;
      error("a surrogate escape as half of a pair");
    }
    utf8::append(out, unit);
  }

  char32_t hex4() {
    char32_t value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      const char lower = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') {
        value = value << 4 | static_cast<char32_t>(c - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        value = value << 4 | static_cast<char32_t>(lower - 'a' + 10);
      } else {
        error("four hexadecimal digits");
      }
    }
    return value;
  }

  [[noreturn]] void error(std::string_view expected) const {
    std::string received = "the end of the document";
    if (at_ < size_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      const std::size_t length = utf8::sequence_length(c);
      if (c >= 0x20 && c != 0x7F && length <= size_ - at_) {
        received = "'" + std::string(text_ + at_, length) + "'";
      } else {
        static constexpr char hex[] = "0123456789abcdef";
        received = std::string("byte 0x") + hex[c >> 4] + hex[c & 15];
      }
    }
    fail(ErrorKind::format, "read " + storage_.name, std::string(expected) + " at " + storage_.place(at_), received);
  }

  JsonStorage& storage_;
  const char* text_;
  const std::uint32_t size_;
  JsonNode* nodes_;
  std::uint32_t used_ = 0;
  std::uint32_t at_ = 0;
  std::size_t depth_ = 0;
  std::array<std::uint32_t, kMaxDepth> stack_{};
};

}  // namespace

void parse_json(JsonStorage& storage) {
  const std::string& text = storage.text;
  if (text.size() > kMaxBytes) {
    fail(ErrorKind::limit, "read " + storage.name, "at most " + std::to_string(kMaxBytes) + " bytes of JSON",
         std::to_string(text.size()) + " bytes");
  }
  if (!utf8::is_valid(text)) {
    std::size_t byte = 0;
    while (byte < text.size()) {
      const std::size_t length = utf8::valid_sequence_length(std::string_view(text).substr(byte));
      if (length == 0) break;
      byte += length;
    }
    fail(ErrorKind::format, "read " + storage.name, "UTF-8 text", "an invalid sequence at byte " + std::to_string(byte),
         "converting the file to UTF-8");
  }
  // Every value but the root is followed by at least one byte of punctuation, so half the bytes bounds the nodes that
  // are complete; where a malformed text breaks off, as many containers as may nest are still open.
  const std::size_t capacity = text.size() / 2 + 2 + kMaxDepth + 1;
  storage.nodes.reset(static_cast<JsonNode*>(std::malloc(capacity * sizeof(JsonNode))));
  if (storage.nodes == nullptr) throw std::bad_alloc();
  const std::size_t used = Parser(storage).run();
  if (void* smaller = std::realloc(storage.nodes.get(), used * sizeof(JsonNode))) {
    (void)storage.nodes.release();
    storage.nodes.reset(static_cast<JsonNode*>(smaller));
  }
}

}  // namespace tokenspace
