// The byte layout of compiled tokenizers: docs/formats/compiled.md.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "tokenspace/error.hpp"

namespace tokenspace::compiled {

static_assert(std::endian::native == std::endian::little,
              "compiled tokenizers are little-endian; swap here for others");

inline constexpr std::string_view kMagic{"\x89TSC\r\n\x1a\n", 8};
inline constexpr std::uint32_t kVersion = 3;
inline constexpr std::size_t kHeader = 64;
inline constexpr std::size_t kChecksumAt = 24, kChecked = 32;

enum class ComponentKind : std::uint8_t { none = 0, json = 1, of_model = 2, rank_split = 3 };
enum class ModelKind : std::uint8_t {
  bpe = 1,
  wordpiece = 2,
  word_level = 3,
  unigram = 4,
  rank_bpe = 5,
  sentencepiece = 6
};

constexpr std::uint32_t tag(const char (&name)[5]) {
  return static_cast<std::uint32_t>(static_cast<unsigned char>(name[0])) |
         static_cast<std::uint32_t>(static_cast<unsigned char>(name[1])) << 8 |
         static_cast<std::uint32_t>(static_cast<unsigned char>(name[2])) << 16 |
         static_cast<std::uint32_t>(static_cast<unsigned char>(name[3])) << 24;
}

inline std::uint64_t checksum(std::string_view bytes) {
  constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ull;
  std::uint64_t lanes[4];
  for (std::uint64_t i = 0; i < 4; ++i) lanes[i] = bytes.size() + (i + 1) * kMultiplier;
  const auto block = [&lanes](const char* p) {
    for (int i = 0; i < 4; ++i) {
      std::uint64_t word;
      std::memcpy(&word, p + i * 8, 8);
      lanes[i] = std::rotl(lanes[i] ^ word, 29) * kMultiplier;
    }
  };
  std::size_t at = 0;
  for (; at + 32 <= bytes.size(); at += 32) block(bytes.data() + at);
  if (at < bytes.size()) {
    char rest[32] = {};
    std::memcpy(rest, bytes.data() + at, bytes.size() - at);
    block(rest);
  }
  std::uint64_t hash = 0;
  for (const std::uint64_t lane : lanes) hash = std::rotl(hash ^ lane, 29) * kMultiplier;
  return hash ^ hash >> 32;
}

// Appends numbers and texts to a payload.
class Writer {
 public:
  template <class T>
  void number(T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out_.append(bytes, sizeof(T));
  }
  void u8(std::uint8_t value) { number(value); }
  void u32(std::uint32_t value) { number(value); }
  void u64(std::uint64_t value) { number(value); }
  void f64(double value) { number(value); }
  void raw(std::string_view bytes) { out_.append(bytes); }
  void text(std::string_view bytes) {
    u32(static_cast<std::uint32_t>(bytes.size()));
    raw(bytes);
  }
  void option(const std::optional<std::string>& value) {
    u8(value ? 1 : 0);
    if (value) text(*value);
  }
  std::string_view bytes() const { return out_; }

 private:
  std::string out_;
};

// Reads a payload; every step is checked, and every error names the section.
class Reader {
 public:
  Reader() = default;
  Reader(std::string_view bytes, std::string operation) : bytes_(bytes), operation_(std::move(operation)) {}

  bool present() const { return bytes_.data() != nullptr; }
  std::size_t left() const { return bytes_.size() - at_; }

  template <class T>
  T number() {
    T value;
    std::memcpy(&value, raw(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::uint8_t u8() { return number<std::uint8_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::uint64_t u64() { return number<std::uint64_t>(); }
  double f64() { return number<double>(); }
  bool flag() {
    const std::uint8_t value = u8();
    if (value > 1) bad("a flag of 0 or 1", std::to_string(value));
    return value == 1;
  }
  std::string_view raw(std::size_t count) {
    if (count > left()) bad(std::to_string(count) + " more bytes", std::to_string(left()));
    const std::string_view out = bytes_.substr(at_, count);
    at_ += count;
    return out;
  }
  std::string_view text() { return raw(u32()); }
  std::optional<std::string> option() {
    if (!flag()) return std::nullopt;
    return std::string(text());
  }
  // A count of records of `size` bytes each that the rest of the payload can hold.
  std::size_t count(std::size_t size) {
    const std::uint32_t value = u32();
    if (value > left() / size) bad("a count that fits the section", std::to_string(value));
    return value;
  }
  void end() {
    if (left() != 0) bad("the end of the section", std::to_string(left()) + " more bytes");
  }
  [[noreturn]] void bad(std::string_view expected, std::string_view received) const {
    fail(ErrorKind::format, operation_, expected, received, "building the tokenizer from its source again");
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string operation_;
};

}  // namespace tokenspace::compiled
