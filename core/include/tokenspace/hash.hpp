// Hashing of short byte strings and integer pairs for the tables of the core (not for untrusted files' integrity).
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace tokenspace {

// 64x64 -> 128 bit multiply, folded: the mixing step of wyhash (Wang Yi, 2019).
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t load64(const char* p) {
  std::uint64_t value;
  std::memcpy(&value, p, 8);
  return value;
}

inline std::uint64_t load32(const char* p) {
  std::uint32_t value;
  std::memcpy(&value, p, 4);
  return value;
}

inline constexpr std::uint64_t kHashSeed0 = 0x9E3779B97F4A7C15ull;
inline constexpr std::uint64_t kHashSeed1 = 0xD1B54A32D192ED03ull;

inline std::uint64_t hash_bytes(const char* p, std::size_t n) {
  std::uint64_t state = kHashSeed0 ^ n;
  const char* end = p + n;
  if (n >= 16) {
    const char* last = end - 16;
    for (; p < last; p += 16) state = mix(load64(p) ^ state, load64(p + 8) ^ kHashSeed1);
    p = last;
    return mix(load64(p) ^ state, load64(p + 8) ^ kHashSeed1 ^ n);
  }
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (n >= 8) {
    a = load64(p);
    b = load64(end - 8);
  } else if (n >= 4) {
    a = load32(p);
    b = load32(end - 4);
  } else if (n > 0) {
    a = static_cast<unsigned char>(p[0]) | static_cast<std::uint64_t>(static_cast<unsigned char>(p[n / 2])) << 8 |
        static_cast<std::uint64_t>(static_cast<unsigned char>(end[-1])) << 16;
  }
  return mix(a ^ state, b ^ kHashSeed1 ^ n);
}

inline std::uint64_t hash_bytes(std::string_view text) {
  return hash_bytes(text.data(), text.size());
}

inline std::uint64_t hash_u64(std::uint64_t key) {
  return mix(key ^ kHashSeed0, kHashSeed1);
}

}  // namespace tokenspace
