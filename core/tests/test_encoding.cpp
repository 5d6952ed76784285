#include "tokenspace/encoding.hpp"

#include "harness.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

Encoding numbers(std::uint32_t count, std::uint32_t first = 0) {
  Encoding e;
  for (std::uint32_t i = 0; i < count; ++i) {
    e.ids.push_back(first + i);
    e.offsets.push_back({i, i + 1});
    e.char_offsets.push_back({i, i + 1});
    e.words.push_back(i);
  }
  e.type_ids.assign(count, 0);
  e.special_tokens_mask.assign(count, 0);
  e.attention_mask.assign(count, 1);
  return e;
}

std::string ids(const Encoding& e) {
  std::string out;
  for (const std::uint32_t id : e.ids) out += (out.empty() ? "" : " ") + std::to_string(id);
  return out;
}

std::string windows(const Encoding& e) {
  std::string out = ids(e);
  for (const Encoding& other : e.overflowing) out += " | " + ids(other);
  return out;
}

}  // namespace

TEST("truncate: windows step by max_length - stride, from the end when the left is cut") {
  Encoding e = numbers(7);
  e.truncate(3, 1, Direction::right);
  CHECK_EQ(windows(e), "0 1 2 | 2 3 4 | 4 5 6");
  e = numbers(8);
  e.truncate(3, 1, Direction::left);
  CHECK_EQ(windows(e), "5 6 7 | 3 4 5 | 1 2 3 | 0 1");
  e = numbers(3);
  e.truncate(0, 5, Direction::right);
  CHECK_EQ(windows(e), " | 0 1 2");
  e = numbers(5);
  CHECK_THROWS(e.truncate(2, 2, Direction::right));
}

TEST("truncate: token texts move with their tokens") {
  Encoding e = numbers(5);
  e.token_texts = {{1, "one"}, {3, "three"}};
  e.truncate(3, 0, Direction::right);
  CHECK_EQ(e.token_texts.size(), std::size_t{1});
  CHECK_EQ(e.overflowing[0].token_texts[0].first, 0U);
  CHECK_EQ(e.overflowing[0].token_texts[0].second, "three");
}

TEST("pad: both sides, every window, masks and ranges") {
  Encoding e = numbers(2);
  e.set_sequence_id(0);
  e.overflowing.push_back(numbers(1));
  e.pad(4, 9, 7, "[PAD]", Direction::left);
  CHECK_EQ(ids(e), "9 9 0 1");
  CHECK_EQ(ids(e.overflowing[0]), "9 9 9 0");
  CHECK_EQ(e.type_ids[0], 7U);
  CHECK_EQ(e.words[0], kNoWord);
  CHECK_EQ(int{e.special_tokens_mask[0]}, 1);
  CHECK_EQ(int{e.attention_mask[1]}, 0);
  CHECK(e.sequence_ranges[0].second == (Span{2, 4}));
  const std::vector<std::int32_t> sequences = e.sequence_ids();
  CHECK_EQ(sequences[0], -1);
  CHECK_EQ(sequences[3], 0);
  e.pad(5, 8, 0, "x", Direction::right);
  CHECK_EQ(e.token_texts.back().first, 4U);
  CHECK_THROWS(e.pad(std::size_t{1} << 40, 0, 0, "", Direction::right));
}

TEST("merge: windows meet windows, ranges and offsets move") {
  Encoding a = numbers(1, 10);
  a.overflowing = {numbers(1, 20)};
  Encoding b = numbers(1, 30);
  b.set_sequence_id(1);
  b.overflowing = {numbers(1, 40)};
  a.merge_with(b, false);
  CHECK_EQ(windows(a), "10 30 | 20 30 | 20 40 | 10 40");
  CHECK_EQ(windows(a.overflowing[0]), "20 30 | 20 40");
  CHECK(a.sequence_ranges[0].second == (Span{1, 2}));
  Encoding grown = numbers(2);
  grown.merge_with(numbers(1), true);
  CHECK(grown.offsets[2] == (Span{2, 3}));
}

TEST("truncate a pair: longest first shortens the longer side, then halves") {
  const auto cut = [](std::uint32_t first, std::uint32_t second, std::size_t max_length) {
    Encoding a = numbers(first), b = numbers(second);
    Truncation truncation;
    truncation.max_length = max_length;
    truncate_encodings(a, &b, truncation);
    return std::to_string(a.size()) + "+" + std::to_string(b.size());
  };
  CHECK_EQ(cut(2, 6, 6), "2+4");
  CHECK_EQ(cut(6, 2, 6), "4+2");
  CHECK_EQ(cut(6, 6, 7), "3+4");
  CHECK_EQ(cut(7, 6, 7), "4+3");
  CHECK_EQ(cut(6, 6, 0), "0+0");
  Encoding a = numbers(2), b = numbers(5);
  Truncation only_first;
  only_first.max_length = 3;
  only_first.strategy = TruncationStrategy::only_first;
  CHECK_THROWS(truncate_encodings(a, &b, only_first));
  only_first.strategy = TruncationStrategy::only_second;
  truncate_encodings(a, &b, only_first);
  CHECK_EQ(b.size(), std::size_t{1});
  CHECK_THROWS(truncate_encodings(b = numbers(9), nullptr, only_first));
}

TEST("truncation and padding: json and back, refusals") {
  const auto parse = [](std::string text) { return JsonDocument::parse(std::move(text), "test"); };
  const std::string truncation = "{\"direction\":\"Left\",\"max_length\":8,\"strategy\":\"OnlySecond\",\"stride\":2}";
  const JsonDocument t = parse(truncation);
  CHECK_EQ(to_json(truncation_from_json(t.root())), truncation);
  const std::string padding =
      "{\"strategy\":{\"Fixed\":4},\"direction\":\"Right\",\"pad_to_multiple_of\":null,\"pad_id\":3,\"pad_type_id\":0,"
      "\"pad_token\":\"[PAD]\"}";
  const JsonDocument p = parse(padding);
  CHECK_EQ(to_json(padding_from_json(p.root())), padding);
  CHECK_EQ(to_json(padding_from_json(parse("null").root())), "null");
  for (const char* bad : {"1", "[]", "{\"max_length\":-1,\"strategy\":\"LongestFirst\",\"stride\":0}",
                          "{\"max_length\":1,\"strategy\":\"longest_first\",\"stride\":0}"}) {
    const JsonDocument document = parse(bad);
    CHECK_THROWS(truncation_from_json(document.root()));
    CHECK_THROWS(padding_from_json(document.root()));
  }
}
