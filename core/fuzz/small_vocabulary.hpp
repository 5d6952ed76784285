// Small vocabularies grown from an alphabet by a fixed pseudo-random sequence: the same in every run, dense in tokens
// that overlap, so that short texts already meet merges in every order.
#pragma once

#include <cstdint>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz {

struct SmallVocabulary {
  std::vector<std::string> tokens;                          // by id
  std::vector<std::pair<std::string, std::string>> merges;  // by rank
};

// `joins`: how many merges to try; a token is at most 24 bytes.
inline SmallVocabulary grow(std::vector<std::string> alphabet, std::size_t joins, std::uint32_t seed,
                            const std::vector<std::string>& favourites) {
  SmallVocabulary out{std::move(alphabet), {}};
  std::vector<std::string> known = favourites;
  std::set<std::string> seen(out.tokens.begin(), out.tokens.end());
  const auto draw = [&seed](std::size_t n) {
    seed = seed * 1664525u + 1013904223u;
    return static_cast<std::size_t>(seed >> 8) % n;
  };
  for (std::size_t i = 0; i < joins; ++i) {
    const std::string left = known[draw(known.size())];
    const std::string right = known[draw(known.size())];
    if (left.size() + right.size() > 24 || !seen.insert(left + right).second) continue;
    out.tokens.push_back(left + right);
    out.merges.emplace_back(left, right);
    known.push_back(left + right);
  }
  return out;
}

inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      out.append(code);
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

// {"token": id, ...} with every token sent through `show`.
template <class Show>
std::string vocab_json(const std::vector<std::string>& tokens, Show show) {
  std::string out = "{";
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0) out += ',';
    out += quoted(show(tokens[i])) + ":" + std::to_string(i);
  }
  return out + "}";
}

template <class Show>
std::string merges_json(const SmallVocabulary& vocabulary, Show show) {
  std::string out = "[";
  for (const auto& [left, right] : vocabulary.merges) {
    if (out.size() > 1) out += ',';
    out += "[" + quoted(show(left)) + "," + quoted(show(right)) + "]";
  }
  return out + "]";
}

// [["token", score], ...]
inline std::string unigram_json(const std::vector<std::string>& tokens, std::uint32_t seed) {
  std::string out = "[";
  for (const std::string& token : tokens) {
    seed = seed * 1664525u + 1013904223u;
    if (out.size() > 1) out += ',';
    // Few distinct scores, so that paths tie.
    out += "[" + quoted(token) + ",-" + std::to_string(1 + (seed >> 8) % 40) + ".25]";
  }
  return out + "]";
}

inline std::vector<std::string> all_bytes() {
  std::vector<std::string> out;
  for (int byte = 0; byte < 256; ++byte) out.emplace_back(1, static_cast<char>(byte));
  return out;
}

inline std::vector<std::string> byte_tokens() {
  std::vector<std::string> out;
  for (unsigned byte = 0; byte < 256; ++byte) {
    char text[8];
    std::snprintf(text, sizeof text, "<0x%02X>", byte);
    out.emplace_back(text);
  }
  return out;
}

// Characters of fuzz::kPieces that the character vocabularies know; the others are unknown to them.
inline std::vector<std::string> letters(std::string_view space) {
  return {std::string(space),
          "a",
          "b",
          "c",
          "d",
          "e",
          "n",
          "t",
          "s",
          "'",
          ".",
          ",",
          "1",
          "2",
          "A",
          "<",
          "-",
          "_",
          "\n",
          "\xC3\xA9",
          "\xCC\x81",
          "\xE4\xB8\xAD",
          "\xE3\x82\xA2",
          "\xF0\x9F\x91\xA9"};
}

inline std::vector<std::string> favourite_letters(std::string_view space) {
  return {std::string(space), std::string(space), "a",  "a", "b", "c", "d", "e", "n", "t", "s", "'", "1", ".",
          "\xC3\xA9",         "\xE4\xB8\xAD",     "\n", "<"};
}

}  // namespace fuzz
