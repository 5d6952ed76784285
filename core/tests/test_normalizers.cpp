#include <string>

#include "harness.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/normalizer.hpp"

using namespace tokenspace;

namespace {

std::shared_ptr<const Normalizer> read(const std::string& json) {
  return normalizer_from_json(JsonDocument::parse(json, "test").root());
}

std::string normalized(const std::string& json, std::string_view input) {
  AlignedText text(input);
  read(json)->normalize(text);
  return std::string(text.normalized());
}

std::string refusal(const std::string& json) {
  try {
    (void)read(json);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

std::string bert(const char* clean, const char* chinese, const char* accents, const char* lower) {
  return std::string(R"({"type":"BertNormalizer","clean_text":)") + clean + R"(,"handle_chinese_chars":)" + chinese +
         R"(,"strip_accents":)" + accents + R"(,"lowercase":)" + lower + "}";
}

std::string json_of(const std::string& json) {
  return read(json)->json();
}

}  // namespace

TEST("normalizers: BertNormalizer") {
  CHECK_EQ(normalized(bert("true", "true", "null", "true"), "H\xC3\x89llo\t\x01\xE4\xB8\xAD\xC2\xA0Z"),
           std::string("hello  \xE4\xB8\xAD  z"));
  CHECK_EQ(normalized(bert("false", "false", "false", "true"), "H\xC3\x89\t"), std::string("h\xC3\xA9\t"));
  CHECK_EQ(normalized(bert("true", "false", "true", "false"), "\xC3\x89\xEF\xBF\xBD"), std::string("E"));
  // A spacing mark is moved but not stripped, and marks meet over a removed control character.
  AlignedText text("2\xCC\xBB\xE1\xB7\xBB\x10\xCC\x8E");
  read(bert("true", "true", "true", "false"))->normalize(text);
  CHECK_EQ(text.normalized(), std::string_view("2\xE1\xB7\xBB"));
}

TEST("normalizers: small ones") {
  CHECK_EQ(normalized(R"({"type":"Strip","strip_left":true,"strip_right":false})", " a "), std::string("a "));
  CHECK_EQ(normalized(R"({"type":"StripAccents"})", "e\xCC\x81\xC3\xA9"), std::string("e\xC3\xA9"));
  CHECK_EQ(normalized(R"({"type":"NFKC"})", "\xEF\xAC\x81"), std::string("fi"));
  CHECK_EQ(normalized(R"({"type":"Lowercase"})", "\xCE\xA3\xCE\xA3"), std::string("\xCF\x83\xCF\x83"));
  CHECK_EQ(normalized(R"({"type":"Nmt"})", "a\x01\xE2\x80\x8B\xE2\x96\x81"), std::string("a  "));
  CHECK_EQ(normalized(R"({"type":"Prepend","prepend":"_"})", "a"), std::string("_a"));
  CHECK_EQ(normalized(R"({"type":"Prepend","prepend":"_"})", ""), std::string(""));
  CHECK_EQ(normalized(R"({"type":"ByteLevel"})", "a \xC3\xA9"), std::string("a\xC4\xA0\xC3\x83\xC2\xA9"));
  CHECK_EQ(normalized(R"({"type":"Replace","pattern":{"String":" "},"content":"__"})", "a b"), std::string("a__b"));
  CHECK_EQ(normalized(R"({"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "})", "a   b"), std::string("a b"));
  CHECK_EQ(normalized(R"({"type":"Replace","pattern":{"String":""},"content":"-"})", "ab"), std::string("-a-b-"));
  CHECK_EQ(normalized(R"({"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"}]})", "\xC3\xA9"),
           std::string("e"));
}

TEST("normalizers: a text that multiplies is refused before memory is gone") {
  std::string steps;
  for (int i = 0; i < 12; ++i) {
    steps +=
        std::string(i > 0 ? "," : "") + R"({"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaaaaaaaaaa"})";
  }
  bool refused = false;
  try {
    normalized(R"({"type":"Sequence","normalizers":[)" + steps + "]}", "ab");
  } catch (const Error& error) {
    refused = error.kind() == ErrorKind::limit;
  }
  CHECK(refused);
}

TEST("normalizers: files without type, and what they are written as") {
  CHECK(read("null") == nullptr);
  CHECK_EQ(json_of(R"({"clean_text":true,"handle_chinese_chars":false,"lowercase":true})"),
           bert("true", "false", "null", "true"));
  CHECK_EQ(
      json_of(
          R"({"type":"Bert","clean_text":true,"handle_chinese_chars":false,"strip_accents":null,"lowercase":true})"),
      bert("true", "false", "null", "true"));
  CHECK_EQ(json_of(R"({"strip_left":true,"strip_right":false,"x":1})"),
           std::string(R"({"type":"Strip","strip_left":true,"strip_right":false})"));
  CHECK_EQ(json_of(R"({"normalizers":[{"prepend":"x"}],"prepend":"y"})"),
           std::string(R"({"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"x"}]})"));
  CHECK_EQ(json_of(R"({"pattern":{"Regex":"a"},"content":"b"})"),
           std::string(R"({"type":"Replace","pattern":{"Regex":"a"},"content":"b"})"));
  CHECK_EQ(json_of(R"({"type":{"NFC":null}})"), std::string(R"({"type":"NFC"})"));
}

TEST("normalizers: refusals name document and place") {
  CHECK_EQ(refusal(R"({"type":"Strip","strip_left":1,"strip_right":true})"),
           std::string("[read test] expected a boolean at line 1, column 30 (byte 29), received a number"));
  for (const char* json :
       {"{}", "5", "[]", R"({"type":"Strip"})", R"({"type":"Nope"})", R"({"type":"Sequence","normalizers":[null]})",
        R"({"type":"Sequence","normalizers":{}})", R"({"type":"Replace","pattern":"a","content":""})",
        R"({"type":"Replace","pattern":{"Regex":"("},"content":""})",
        R"({"type":"Replace","pattern":{"String":"a","Regex":"b"},"content":""})", R"({"type":"Precompiled"})",
        R"({"type":"Precompiled","precompiled_charsmap":""})", R"({"type":"Precompiled","precompiled_charsmap":"AA"})",
        R"({"type":"Precompiled","precompiled_charsmap":"/////w=="})", R"({"precompiled_charsmap":"BAAAAAAAAAA="})"}) {
    CHECK(refusal(json) != "accepted");
  }
}

TEST("normalizers: a character map whose trie points outside matches nothing") {
  // One unit, offset far beyond the array.
  CHECK_EQ(normalized(R"({"type":"Precompiled","precompiled_charsmap":"BAAAAP////9h"})", "abc"), std::string("abc"));
  CHECK_EQ(normalized(R"({"type":"Precompiled","precompiled_charsmap":"AAAAAA=="})", "abc"), std::string("abc"));
}
