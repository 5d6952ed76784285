#include "harness.hpp"
#include "tokenspace/decoder.hpp"

using namespace tokenspace;

namespace {

std::shared_ptr<const Decoder> read(std::string text) {
  const JsonDocument document = JsonDocument::parse(std::move(text), "test");
  return decoder_from_json(document.root());
}

std::string json_of(std::string text) {
  return read(std::move(text))->json();
}

std::string decode(const char* config, std::vector<std::string> tokens) {
  return read(config)->decode(std::move(tokens));
}

}  // namespace

TEST("decoders: the byte alphabet is a bijection") {
  for (int byte = 0; byte < 256; ++byte) CHECK_EQ(char_to_byte(byte_to_char(static_cast<unsigned char>(byte))), byte);
  CHECK_EQ(bytes_to_chars(" \n\xC3"), "ĠĊÃ");
  CHECK_EQ(char_to_byte(0x4E2D), -1);
  CHECK_EQ(char_to_byte(0xAD), -1);
}

TEST("decoders: ByteLevel joins bytes, keeps foreign tokens, mends UTF-8") {
  const char* config = "{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true}";
  CHECK_EQ(decode(config, {"a", "ĠÃ", "©"}), "a é");
  CHECK_EQ(decode(config, {"Ã", "中Ġ"}), "\uFFFD中Ġ");
  CHECK(read(config)->is_byte_concatenation());
}

TEST("decoders: WordPiece, BPEDecoder, CTC") {
  CHECK_EQ(decode("{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}", {"##do", "##ing", ".", "n't"}),
           "##doing.n't");
  CHECK_EQ(decode("{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":false}", {"a", ".", "##b"}), "a .b");
  CHECK_EQ(decode("{\"type\":\"BPEDecoder\",\"suffix\":\"</w>\"}", {"a</w>", "b</w></w>", "c</w>"}), "a b  c");
  CHECK_EQ(decode("{\"type\":\"BPEDecoder\",\"suffix\":\"</w>\"}", {}), "");
  const char* ctc = "{\"type\":\"CTC\",\"pad_token\":\"<pad>\",\"word_delimiter_token\":\"|\",\"cleanup\":true}";
  CHECK_EQ(decode(ctc, {"h", "h", "<pad>", "h", "|", "|", "i"}), "hh i");
}

TEST("decoders: Metaspace drops every mark of the first token") {
  const char* always = "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"always\",\"split\":true}";
  CHECK_EQ(decode(always, {"▁a▁b", "▁c"}), "ab c");
  CHECK_EQ(
      decode("{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"add_prefix_space\":false,\"prepend_scheme\":\"never\"}",
             {"▁a", "▁c"}),
      " a c");
  CHECK_THROWS(read("{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"add_prefix_space\":false}"));
  CHECK_THROWS(read("{\"type\":\"Metaspace\",\"replacement\":\"ab\"}"));
}

TEST("decoders: ByteFallback gives one U+FFFD a byte of a run that is not UTF-8") {
  const char* config = "{\"type\":\"ByteFallback\"}";
  CHECK_EQ(decode(config, {"<0xC3>", "<0xA9>", "x"}), "éx");
  CHECK_EQ(decode(config, {"<0xFF>", "<0xC3>", "<0xA9>", "x"}), "\uFFFD\uFFFD\uFFFDx");
  CHECK_EQ(decode(config, {"<0x+A>", "<0xG0>", "<0x61"}), "\n<0xG0><0x61");
}

TEST("decoders: Strip is defined where the reference panics") {
  const char* config = "{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":2}";
  CHECK_EQ(decode(config, {"  a   "}), " a ");
  CHECK_EQ(decode(config, {""}), "");
  CHECK_EQ(decode(config, {"  "}), "");
}

TEST("decoders: Replace, Fuse, Sequence") {
  CHECK_EQ(decode("{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"-\"}", {"ab", ""}), "-a-b-");
  const char* llama =
      "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Replace\",\"pattern\":{\"String\":\"▁\"},\"content\":\" \"},"
      "{\"type\":\"ByteFallback\"},{\"type\":\"Fuse\"},{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]}";
  CHECK_EQ(decode(llama, {"▁a", "▁▁b", "<0x0A>"}), "a  b\n");
  CHECK_EQ(json_of(llama), llama);
  CHECK(read(llama)->holds_invalid_runs());
}

TEST("decoders: without a known type the fields decide, in the reference's order") {
  CHECK_EQ(json_of("{\"suffix\":\"x\",\"prefix\":\"##\",\"cleanup\":true}"),
           "{\"type\":\"BPEDecoder\",\"suffix\":\"x\"}");
  CHECK_EQ(json_of("{\"type\":\"Foo\",\"prefix\":\"##\",\"cleanup\":true}"),
           "{\"type\":\"WordPiece\",\"prefix\":\"##\",\"cleanup\":true}");
  CHECK(read("null") == nullptr);
  for (const char* bad : {"1", "{}", "{\"type\":\"BPEDecoder\"}", "{\"type\":\"Sequence\",\"decoders\":[null]}",
                          "{\"type\":\"Replace\",\"pattern\":{},\"content\":\"\"}",
                          "{\"type\":\"Strip\",\"content\":\"\",\"start\":0,\"stop\":0}",
                          "{\"type\":\"Strip\",\"content\":\"a\",\"start\":-1,\"stop\":0}",
                          "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(\"},\"content\":\"\"}"}) {
    CHECK_THROWS(read(bad));
  }
}
