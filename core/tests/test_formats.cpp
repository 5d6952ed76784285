// Readers of .tiktoken, vocab.txt, vocab.json + merges.txt, CLIP and tekken files, on files made here.
#include <string>
#include <vector>

#include "../src/formats/base64.hpp"
#include "harness.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/tokenizer.hpp"

using namespace tokenspace;

namespace {

std::vector<std::uint32_t> ids(const Tokenizer& tokenizer, std::string_view text, bool special = false,
                               SpecialPolicy policy = SpecialPolicy::allow) {
  EncodeOptions options;
  options.add_special_tokens = special;
  options.special = policy;
  return tokenizer.encode(Sequence{text, {}, false}, nullptr, options).ids;
}

using Ids = std::vector<std::uint32_t>;

template <class Read>
std::string message(Read read) {
  try {
    (void)read();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

bool mentions(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string rank_file(const std::vector<std::string>& merged) {
  std::string out;
  for (int byte = 0; byte < 256; ++byte) {
    out += base64_encode(std::string(1, static_cast<char>(byte))) + " " + std::to_string(byte) + "\n";
  }
  for (std::size_t i = 0; i < merged.size(); ++i)
    out += base64_encode(merged[i]) + " " + std::to_string(256 + i) + "\n";
  return out;
}

std::shared_ptr<const Tokenizer> tiktoken(const std::string& file) {
  return read_tiktoken(file, "x.tiktoken", " ?\\w+| ?[^\\w\\s]+|\\s+", {{"<|end|>", 1000}});
}

std::string byte_vocab_json(std::string more) {
  std::string out = "{";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    append_json_string(out, bytes_to_chars(std::string_view(&c, 1)));
    out += ":" + std::to_string(byte) + ",";
  }
  return out + more + "}";
}

}  // namespace

TEST("formats: base64 accepts only itself") {
  for (const std::string text : {"", "a", "ab", "abc", "abcd"})
    CHECK_EQ(base64_decode(base64_encode(text)).value_or("?"), text);
  CHECK(!base64_decode("A"));
  CHECK(!base64_decode("AA=A"));
  CHECK(!base64_decode("AB=="));  // bits left over
  CHECK(!base64_decode("A*=="));
  CHECK(!base64_decode("===="));
}

TEST("formats: tiktoken merges by rank and keeps special ids") {
  const auto t = tiktoken(rank_file({"ab", "abc", " a"}));
  CHECK_EQ(ids(*t, "abc ab<|end|>"), (Ids{257, ' ', 256, 1000}));  // "ab" before " a"
  CHECK_EQ(ids(*t, "<|end|>", false, SpecialPolicy::as_text).size(), std::size_t{7});
  CHECK_EQ(t->decode(Ids{257, 1000}, false), "abc<|end|>");
  CHECK_EQ(t->decode(Ids{257, 1000}, true), "abc");
  CHECK_EQ(ids(*read_tokenizer_json(t->to_json(), "again.json"), "abc ab"), ids(*t, "abc ab"));
}

TEST("formats: tiktoken refusals name the line") {
  CHECK(mentions(message([] { return tiktoken("QQ== 0\nQg== x\n"); }), "line 2"));
  CHECK(mentions(message([] { return tiktoken("QQ==\n"); }), "a rank on each line"));
  CHECK(mentions(message([] { return tiktoken("Q 0\n"); }), "base64"));
  CHECK(mentions(message([] { return tiktoken("QQ== 0\nQg== 0\n"); }), "each rank once"));
  CHECK(mentions(message([] { return tiktoken("QQ== 0\nQQ== 1\n"); }), "each token once"));
  CHECK(mentions(message([] { return tiktoken("QQ== 4000000000\n"); }), "4000000000"));
  CHECK(mentions(message([] { return tiktoken("\n\n"); }), "none"));
  // A hole is legal: p50k_base has one where a special token sits.
  CHECK_EQ(tiktoken("QQ== 0\r\n\r\nQg== 2\r\n")->id_bound(), 1001u);
}

TEST("formats: vocab.txt is BERT") {
  const std::string vocab = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\n##lo\nworld\n,\n\xE4\xB8\xAD\r\n";
  const auto t = read_bert_vocab(vocab, "vocab.txt", BertOptions{});
  CHECK_EQ(ids(*t, "Hello, H\xC3\x89llolo \xE4\xB8\xADWORLD zz", true), (Ids{2, 5, 8, 5, 6, 9, 7, 1, 3}));
  CHECK_EQ(t->decode(Ids{2, 5, 8, 5, 6, 3}, true), "hello, hellolo");
  BertOptions cased;
  cased.lowercase = false;
  CHECK_EQ(ids(*read_bert_vocab(vocab, "vocab.txt", cased), "Hello"), (Ids{1}));
  CHECK(mentions(message([] { return read_bert_vocab("a\nb\n", "vocab.txt", BertOptions{}); }), "[UNK]"));
  CHECK(mentions(message([] { return read_bert_vocab("[UNK]\n\xFF\n", "vocab.txt", BertOptions{}); }), "byte at 6"));
  const auto unnamed = read_bert_vocab("[UNK]\nhi\n", "vocab.txt", BertOptions{});  // [CLS] and [SEP] get ids behind
  CHECK_EQ(ids(*unnamed, "hi", true), (Ids{*unnamed->token_to_id("[CLS]"), 1, *unnamed->token_to_id("[SEP]")}));
}

TEST("formats: vocab.json with merges.txt") {
  const std::string vocab = byte_vocab_json("\"th\":256,\"the\":257,\"\xC4\xA0the\":258");
  ByteLevelOptions options;
  AddedToken end;
  end.content = "<|endoftext|>";
  end.special = true;
  options.special.push_back(end);
  const auto t = read_vocab_merges(vocab, "#version: 0.2\nt h\nth e\n\xC4\xA0 the\n#version again\n\n", "gpt", options);
  CHECK_EQ(ids(*t, "the the<|endoftext|>"), (Ids{257, 258, 259}));
  CHECK_EQ(t->decode(Ids{257, 258}, true), "the the");
  CHECK(mentions(message([&] { return read_vocab_merges(vocab, "t h\nx\n", "gpt", options); }), "line 2"));
  CHECK(mentions(message([&] { return read_vocab_merges(vocab, "t  h\n", "gpt", options); }), "one space"));
  CHECK(mentions(message([&] { return read_vocab_merges(vocab, "q q\n", "gpt", options); }), "vocabulary"));
  CHECK(mentions(message([&] { return read_vocab_merges(std::string(100, '['), "", "gpt", options); }), "[read gpt]"));
  CHECK(mentions(message([&] { return read_vocab_merges("[1]", "t h\n", "gpt", options); }), "object"));
  CHECK(mentions(message([&] { return read_vocab_merges("{\"a\":-1}", "", "gpt", options); }), "[read gpt]"));
}

TEST("formats: CLIP numbers bytes, word ends, merges and two special tokens") {
  const auto t = read_clip("\"bpe_simple_vocab_16e6.txt#version: 0.2\nh i</w>\nt h\n", "clip");
  CHECK_EQ(t->id_bound(), 516u);
  CHECK_EQ(t->token_to_id("hi</w>").value_or(0), 512u);
  CHECK_EQ(ids(*t, "Hi  HI!", true), (Ids{514, 512, 512, 256, 515}));
  CHECK_EQ(t->decode(Ids{514, 512, 512, 256, 515}, true), "hi hi !");
  // What Python's strip() takes goes at the ends only; 219 and 475 are U+001F within and at the end of a word.
  CHECK_EQ(t->decode(Ids{219, 475, 512, 475, 512, 475}, true), "hi \x1F hi");
  CHECK_EQ(*t->id_to_bytes(512), "hi ");
  CHECK(mentions(message([] { return read_clip("h i\n", "clip"); }), "#version"));
  CHECK(mentions(message([] { return read_clip("", "clip"); }), "#version"));
}

TEST("formats: tekken puts special tokens first") {
  std::string vocab;
  for (int byte = 0; byte < 256; ++byte) {
    vocab += R"({"rank":)" + std::to_string(byte) + R"(,"token_bytes":")" +
             base64_encode(std::string(1, static_cast<char>(byte))) + "\"},";
  }
  const std::string head =
      R"({"config":{"pattern":"\\w+|\\W","default_vocab_size":259,"default_num_special_tokens":2},"vocab":[)" + vocab;
  const std::string tail = R"(,"special_tokens":[{"rank":1,"token_str":"</s>","is_control":true}]})";
  const auto t = read_tekken(head + R"({"rank":256,"token_bytes":"YWI="},{"rank":257,"token_bytes":"YmE="}])" + tail,
                             "tekken.json");
  CHECK_EQ(ids(*t, "ab</s>"), (Ids{258, 1}));
  CHECK_EQ(ids(*t, "aab", false, t->parts().default_special), (Ids{99, 258}));
  CHECK_EQ(t->id_to_token(0).value_or(""), "<SPECIAL_0>");
  CHECK(t->parts().default_special == SpecialPolicy::as_text);
  CHECK_EQ(t->decode(Ids{258, 1}, true), "ab");
  CHECK(mentions(message([&] { return read_tekken(head + R"({"rank":7,"token_bytes":"YWI="}]})", "tekken.json"); }),
                 "rank 7"));
  CHECK(mentions(message([&] {
                   return read_tekken(
                       R"({"config":{"pattern":"a","default_vocab_size":9,"default_num_special_tokens":2},"vocab":[]})",
                       "t");
                 }),
                 "0 entries"));
  CHECK(mentions(message([&] { return read_tekken("{}", "t"); }), "config"));
}

TEST("formats: the byte tokenizer") {
  const auto t = make_byte_tokenizer();
  CHECK_EQ(ids(*t, std::string_view("a\0\xC3\xA9", 4)), (Ids{'a', 0, 0xC3, 0xA9}));
  CHECK_EQ(t->decode_bytes(Ids{0xC3, 'x'}, true), "\xC3x");
  CHECK_EQ(t->id_bound(), 256u);
}
