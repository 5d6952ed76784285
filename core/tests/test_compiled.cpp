// Compiled tokenizers: what is written reads back the same, and no damage goes unnoticed or crashes.
#include <cstring>
#include <string>

#include "../src/formats/base64.hpp"
#include "../src/formats/compiled_format.hpp"
#include "harness.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/tokenizer.hpp"

using namespace tokenspace;

namespace {

const char* const kBpe =
    R"({"version":"1.0","truncation":{"direction":"Right","max_length":8,"strategy":"LongestFirst","stride":0},
"padding":null,"added_tokens":[{"id":9,"content":"<s>","single_word":false,"lstrip":true,"rstrip":false,"normalized":false,"special":true}],
"normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"Whitespace"},
"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[4],"tokens":["<s>"]}}},
"decoder":{"type":"BPEDecoder","suffix":"</w>"},
"model":{"type":"BPE","unk_token":"?","fuse_unk":true,"vocab":{"a":0,"b":1,"ab":2,"?":3},"merges":["a b"]}})";
const char* const kUnigram =
    R"({"version":"1.0","model":{"type":"Unigram","unk_id":0,"vocab":[["?",0.0],["a",-1.5],["aa",-2.0],["a",-9.0]]}})";
const char* const kWordPiece =
    R"({"version":"1.0","model":{"type":"WordPiece","unk_token":"?","continuing_subword_prefix":"##","max_input_chars_per_word":5,"vocab":{"?":0,"a":1,"##a":2}}})";
const char* const kWordLevel =
    R"({"version":"1.0","model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"abab":1}}})";

std::string compile(const char* json) {
  return write_compiled(*read_tokenizer_json(json, "t.json"), "digest");
}

bool same(const Tokenizer& a, const Tokenizer& b, std::string_view text) {
  const Encoding x = a.encode(Sequence{text, {}, false}, nullptr, EncodeOptions{});
  const Encoding y = b.encode(Sequence{text, {}, false}, nullptr, EncodeOptions{});
  return x.ids == y.ids && x.offsets == y.offsets && x.token_texts == y.token_texts &&
         a.decode(x.ids, false) == b.decode(y.ids, false);
}

// Writes the right size and checksum over a changed file, so that what lies behind them is tested.
std::string sealed(std::string file) {
  const std::uint64_t size = file.size();
  std::memcpy(file.data() + 16, &size, 8);
  const std::uint64_t sum = compiled::checksum(std::string_view(file).substr(32));
  std::memcpy(file.data() + 24, &sum, 8);
  return file;
}

}  // namespace

TEST("compiled: every model kind reads back the same") {
  for (const char* json : {kBpe, kUnigram, kWordPiece, kWordLevel}) {
    const auto original = read_tokenizer_json(json, "t.json");
    const std::string file = write_compiled(*original, "digest");
    const auto again = read_compiled(file, "t.tsc");
    for (const char* text : {"", "abab xa <s> aab", "aaaaaaaa", "ABAB"}) CHECK(same(*original, *again, text));
    CHECK_EQ(again->to_json(), original->to_json());
    CHECK_EQ(write_compiled(*again, "digest"), file);
  }
}

TEST("compiled: ranks keep their raw bytes and their special ids") {
  std::string ranks;
  for (int byte = 0; byte < 256; ++byte)
    ranks += base64_encode(std::string(1, static_cast<char>(byte))) + " " + std::to_string(byte) + "\n";
  ranks += base64_encode("ab") + " 300\n";
  const auto original = read_tiktoken(ranks, "x.tiktoken", "\\w+|\\W", {{"<|end|>", 400}});
  const auto again = read_compiled(write_compiled(*original, ""), "t.tsc");
  CHECK(same(*original, *again, "abba\xC3\xA9<|end|>x"));
  CHECK_EQ(again->token_to_id("<|end|>").value_or(0), 400u);
}

TEST("compiled: any changed byte and any cut is a format error") {
  const std::string file = compile(kBpe);
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string bad = file;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    CHECK_THROWS(read_compiled(bad, "bad.tsc"));
    CHECK_THROWS(read_compiled(std::string_view(file).substr(0, i), "bad.tsc"));
  }
}

TEST("compiled: damage behind a right checksum is an error or a harmless tokenizer") {
  for (const char* json : {kBpe, kUnigram, kWordPiece, kWordLevel}) {
    const std::string file = compile(json);
    for (std::size_t i = 64; i < file.size(); ++i) {
      for (const int change : {0x01, 0x80, 0xFF}) {
        std::string bad = file;
        bad[i] = static_cast<char>(bad[i] ^ change);
        bad = sealed(std::move(bad));
        try {
          const auto t = read_compiled(bad, "bad.tsc");
          (void)t->encode(Sequence{"abab a xx", {}, false}, nullptr, EncodeOptions{});
        } catch (const Error&) {
        }
      }
    }
  }
}
