#include "tokenspace/decode_stream.hpp"

#include <chrono>

#include "harness.hpp"
#include "tokenspace/json.hpp"

using namespace tokenspace;

namespace {

// A word-level tokenizer over `words` (ids in order) with this decoder; "<s>" is special where it occurs.
std::shared_ptr<const Tokenizer> make(const std::vector<std::string>& words, const std::string& decoder) {
  std::string vocab;
  for (std::size_t i = 0; i < words.size(); ++i) {
    vocab += i == 0 ? "" : ",";
    append_json_string(vocab, words[i]);
    vocab += ":" + std::to_string(i);
  }
  return read_tokenizer_json(
      "{\"version\":\"1.0\",\"added_tokens\":[{\"id\":0,\"content\":\"<s>\",\"single_word\":false,\"lstrip\":false,"
      "\"rstrip\":false,\"normalized\":false,\"special\":true}],\"decoder\":" +
          decoder + ",\"model\":{\"type\":\"WordLevel\",\"vocab\":{" + vocab + "},\"unk_token\":\"<s>\"}}",
      "test");
}

// The chunks of a whole stream, "." for nothing, finish() behind "/".
std::string run(std::shared_ptr<const Tokenizer> tokenizer, const std::vector<std::uint32_t>& ids,
                std::vector<std::uint32_t> prefill = {}) {
  DecodeStream stream(std::move(tokenizer), true, prefill);
  std::string out;
  for (const std::uint32_t id : ids) out += "[" + stream.step(id).value_or(".") + "]";
  return out + "/" + stream.finish();
}

const char* const kByteLevel = "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true}";
const char* const kLlama =
    "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"▁\"},\"content\":\" \"},"
    "{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}";

}  // namespace

TEST("decode stream: byte-level characters come out whole") {
  const auto tokenizer = make({"<s>", "Ġa", "Ã", "©", "ä", "¸Ń"}, kByteLevel);
  CHECK_EQ(run(tokenizer, {1, 2, 3, 0, 4, 5, 99}), "[ a][.][é][.][.][中][.]/");
  CHECK_EQ(run(tokenizer, {1, 2}), "[ a][.]/\uFFFD");
  CHECK_EQ(run(tokenizer, {2, 1, 3}), "[.][\uFFFD a][.]/\uFFFD");
  CHECK_EQ(run(tokenizer, {3, 1}, {1, 2}), "[ aé][ a]/");
}

TEST("decode stream: spaces depend on the token before") {
  const auto tokenizer = make({"<s>", "▁a", "▁b", "<0xC3>", "<0xA9>", "<0xFF>"}, kLlama);
  CHECK_EQ(run(tokenizer, {0, 1, 2, 3, 4, 1}), "[.][a][ b][.][é][ a]/");
  CHECK_EQ(run(tokenizer, {1, 5, 4, 1}), "[a][.][.][\uFFFD\uFFFD a]/");
  CHECK_EQ(run(tokenizer, {2}, {1}), "[ b]/");
  const auto wordpiece = make({"<s>", "a", "##b", "c"}, "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}");
  CHECK_EQ(run(wordpiece, {1, 2, 3}), "[a][b][ c]/");
  CHECK_EQ(run(make({"<s>", "a", "b"}, "null"), {1, 2, 1}), "[a][ b][ a]/");
}

TEST("decode stream: a run broken behind shown text decodes by itself") {
  const auto tokenizer = make({"<s>", "x", "<0xC3>", "<0xA9>", "<0xFF>"}, kLlama);
  CHECK_EQ(run(tokenizer, {2, 3, 4, 1}), "[.][é][.][\uFFFDx]/");
  CHECK_EQ(run(tokenizer, {2, 3, 2}), "[.][é][.]/\uFFFD");
}

TEST("decode stream: long holds stay linear") {
  const auto bytes = make({"<s>", "Ã"}, kByteLevel);
  const auto runs = make({"<s>", "<0xFF>", "<0x61>"}, kLlama);
  const auto pads = make({"<s>", "<pad>", "a"},
                         "{\"type\":\"CTC\",\"pad_token\":\"<pad>\",\"word_delimiter_token\":\"|\",\"cleanup\":false}");
  const auto start = std::chrono::steady_clock::now();
  DecodeStream by_bytes(bytes, false), by_runs(runs, false), by_pads(pads, false);
  (void)by_runs.step(1);
  for (int i = 0; i < 100000; ++i) {
    (void)by_bytes.step(1);
    (void)by_runs.step(2);
    (void)by_pads.step(1 + static_cast<std::uint32_t>(i % 7 == 0));
  }
  CHECK_EQ(by_bytes.finish().size(), std::size_t{300000});
  CHECK_EQ(by_runs.finish().size(), std::size_t{300003});
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
}
