// What a JsonDocument holds: the source and one 16-byte node per value and per object key, in document order.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "tokenspace/json.hpp"

namespace tokenspace {

// The kind of value is the first byte of its text, so a node needs no tag.
struct JsonNode {
  std::uint32_t begin = 0;  // in the source; quotes and brackets included
  std::uint32_t end = 0;
  std::uint32_t link = 0;   // containers: index behind the last descendant; escaped strings: place in `decoded`
  std::uint32_t count = 0;  // containers: elements or members; strings: 1 when escaped
};

struct JsonFree {
  void operator()(JsonNode* nodes) const { std::free(nodes); }
};

struct JsonStorage {
  std::string text;
  std::string name;
  std::unique_ptr<JsonNode[], JsonFree> nodes;  // malloc: pages never written cost nothing, and it can shrink in place
  std::string decoded;                          // of each escaped string: 4 bytes length, then its text

  std::string_view string_at(std::uint32_t node) const;
  std::uint32_t after(std::uint32_t node) const;  // index of the next sibling
  // "line 3, column 5 (byte 77)"; columns count code points from 1.
  std::string place(std::size_t byte) const;
};

// Fills storage.nodes and storage.decoded from storage.text. Throws Error(format) or Error(limit).
void parse_json(JsonStorage& storage);

}  // namespace tokenspace
