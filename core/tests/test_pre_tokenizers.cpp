#include <string>

#include "harness.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/pre_tokenizer.hpp"

using namespace tokenspace;

namespace {

std::shared_ptr<const PreTokenizer> read(const std::string& json) {
  return pre_tokenizer_from_json(JsonDocument::parse(json, "test").root());
}

// "text@begin-end|..." of the pieces.
std::string pieces_of(const std::string& json, std::string_view input, std::uint32_t shift = 0) {
  std::vector<Piece> pieces;
  pieces.push_back({AlignedText(input, shift)});
  read(json)->pre_tokenize(pieces);
  std::string out;
  for (const Piece& piece : pieces) {
    const Span range = piece.text.original_range();
    out.append(piece.text.normalized()).append("@").append(std::to_string(range.begin));
    out.append("-").append(std::to_string(range.end)).append("|");
  }
  return out;
}

bool refused(const std::string& json) {
  try {
    (void)read(json);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::format;
  }
  return false;
}

std::string json_of(const std::string& json) {
  return read(json)->json();
}

}  // namespace

TEST("pre-tokenizers: by character") {
  CHECK_EQ(pieces_of(R"({"type":"BertPreTokenizer"})", "Hey, you\xC2\xA0!"),
           std::string("Hey@0-3|,@3-4|you@5-8|!@10-11|"));
  CHECK_EQ(pieces_of(R"({"type":"Whitespace"})", "a_b ?!c"), std::string("a_b@0-3|?!@4-6|c@6-7|"));
  CHECK_EQ(pieces_of(R"({"type":"WhitespaceSplit"})", " a, b\n"), std::string("a,@1-3|b@4-5|"));
  CHECK_EQ(pieces_of(R"({"type":"Digits","individual_digits":true})", "a12"), std::string("a@0-1|1@1-2|2@2-3|"));
  CHECK_EQ(pieces_of(R"({"type":"Digits","individual_digits":false})", "a12b"), std::string("a@0-1|12@1-3|b@3-4|"));
  CHECK_EQ(pieces_of(R"({"type":"Punctuation"})", "a..b"), std::string("a@0-1|.@1-2|.@2-3|b@3-4|"));
  CHECK_EQ(pieces_of(R"({"type":"Punctuation","behavior":"Contiguous"})", "a..b"), std::string("a@0-1|..@1-3|b@3-4|"));
  CHECK_EQ(pieces_of(R"({"type":"CharDelimiterSplit","delimiter":"-"})", "a--b"), std::string("a@0-1|b@3-4|"));
  CHECK_EQ(pieces_of(R"({"type":"FixedLength","length":2})", "a\xC3\xA9z"), std::string("a\xC3\xA9@0-3|z@3-4|"));
  CHECK_EQ(pieces_of(R"({"type":"FixedLength"})", ""), std::string(""));
}

TEST("pre-tokenizers: Split") {
  const auto split = [](const char* pattern, const char* behavior, const char* invert) {
    return std::string(R"({"type":"Split","pattern":)") + pattern + R"(,"behavior":")" + behavior + R"(","invert":)" +
           invert + "}";
  };
  CHECK_EQ(pieces_of(split(R"({"String":"."})", "Removed", "false"), "a.b"), std::string("a@0-1|b@2-3|"));
  CHECK_EQ(pieces_of(split(R"({"Regex":"\\w+"})", "Removed", "true"), "a b"), std::string("a@0-1|b@2-3|"));
  CHECK_EQ(pieces_of(split(R"({"Regex":"\\s+"})", "MergedWithPrevious", "false"), "a  b c"),
           std::string("a  @0-3|b @3-5|c@5-6|"));
  CHECK_EQ(pieces_of(split(R"({"String":""})", "Isolated", "false"), "ab"), std::string("a@0-1|b@1-2|"));
  CHECK_EQ(pieces_of(split(R"x({"Regex":"(?=B)"})x", "MergedWithNext", "false"), "aBc"), std::string("a@0-1|Bc@1-3|"));
}

TEST("pre-tokenizers: ByteLevel") {
  CHECK_EQ(pieces_of(R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true})", "I'm \xC3\xA9"),
           std::string("\xC4\xA0I@0-1|'m@1-3|\xC4\xA0\xC3\x83\xC2\xA9@3-6|"));
  CHECK_EQ(pieces_of(R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false})", "a b"),
           std::string("a\xC4\xA0"
                       "b@0-3|"));
}

TEST("pre-tokenizers: Metaspace") {
  const auto metaspace = [](const char* scheme, const char* split) {
    return std::string(R"({"type":"Metaspace","replacement":"_","prepend_scheme":")") + scheme + R"(","split":)" +
           split + "}";
  };
  CHECK_EQ(pieces_of(metaspace("always", "true"), "a  b"), std::string("_a@0-1|_@1-2|_b@2-4|"));
  CHECK_EQ(pieces_of(metaspace("never", "true"), "a b"), std::string("a@0-1|_b@1-3|"));
  CHECK_EQ(pieces_of(metaspace("first", "true"), "a", 0), std::string("_a@0-1|"));
  CHECK_EQ(pieces_of(metaspace("first", "true"), "a", 5), std::string("a@5-6|"));
  CHECK_EQ(pieces_of(metaspace("always", "false"), "a b"), std::string("_a_b@0-3|"));
  CHECK_EQ(pieces_of(metaspace("always", "true"), " a"), std::string("_a@0-2|"));
}

TEST("pre-tokenizers: UnicodeScripts drops what stands before the first script") {
  CHECK_EQ(pieces_of(R"({"type":"UnicodeScripts"})", " ab\xE4\xB8\xAD\xE3\x81\xAE \xE3\x82\xAB"),
           std::string("ab@1-3|\xE4\xB8\xAD\xE3\x81\xAE \xE3\x82\xAB@3-13|"));
  CHECK_EQ(pieces_of(R"({"type":"UnicodeScripts"})", "   "), std::string(""));
}

TEST("pre-tokenizers: added pieces pass through a sequence") {
  std::vector<Piece> pieces;
  pieces.push_back({AlignedText("<s>"), true, 7});
  pieces.push_back({AlignedText("a b", 3)});
  read(
      R"({"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}]})")
      ->pre_tokenize(pieces);
  CHECK_EQ(pieces.size(), std::size_t{3});
  CHECK(pieces[0].added && pieces[0].added_id == 7);
  CHECK_EQ(pieces[2].text.normalized(), std::string_view("\xC4\xA0"
                                                         "b"));
}

TEST("pre-tokenizers: defaults, legacy fields and refusals") {
  CHECK(read("null") == nullptr);
  CHECK_EQ(json_of(R"({"type":"Metaspace","replacement":"_","add_prefix_space":true,"str_rep":"x","split":null})"),
           std::string(R"({"type":"Metaspace","replacement":"_","prepend_scheme":"always","split":true})"));
  CHECK_EQ(json_of(R"({"type":"Punctuation"})"), std::string(R"({"type":"Punctuation","behavior":"Isolated"})"));
  CHECK_EQ(json_of(R"({"type":"FixedLength"})"), std::string(R"({"type":"FixedLength","length":5})"));
  for (const char* json :
       {"{}", "[]", R"({"type":"Delimiter","delimiter":"x"})", R"({"type":"CharDelimiterSplit","delimiter":"xy"})",
        R"({"type":"CharDelimiterSplit","delimiter":""})",
        R"({"type":"Metaspace","replacement":"_","add_prefix_space":false})",
        R"({"type":"Metaspace","replacement":"_","prepend_scheme":null})", R"({"type":"Digits"})",
        R"({"type":"FixedLength","length":0})", R"({"type":"FixedLength","length":1.0})",
        R"({"type":"Split","pattern":{"String":"a"},"behavior":"Removed"})",
        R"({"type":"Split","pattern":{"Regex":"("},"behavior":"Removed","invert":false})",
        R"({"type":"Punctuation","behavior":"removed"})", R"({"type":"Sequence","pretokenizers":[null]})",
        R"({"type":"ByteLevel"})"}) {
    CHECK(refused(json));
  }
}
