#include <string>

#include "harness.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/json.hpp"

using namespace tokenspace;

namespace {

bool refused(const std::string& text) {
  try {
    (void)JsonDocument::parse(text, "x");
  } catch (const Error& error) {
    return error.kind() == ErrorKind::format;
  }
  return false;
}

std::string message(const std::string& text) {
  try {
    (void)JsonDocument::parse(text, "file.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST("json: values, order, iteration and the last of equal keys") {
  const auto document = JsonDocument::parse(
      R"( {"a":[1,-2.5e1,true,null,"x"],"b":{},"a2":"t\u00e9\ud83d\ude00\n","b":[[],{"k":7}]} )", "x");
  const Json root = document.root();
  CHECK_EQ(root.size(), std::size_t{4});
  const Json a = root.at("a");
  CHECK_EQ(a[0].as_u32(), 1u);
  CHECK_EQ(a[1].as_double(), -25.0);
  CHECK(a[2].as_bool());
  CHECK(a[3].present() && !a[3].has_value());
  CHECK_EQ(a[4].as_string(), std::string_view("x"));
  CHECK_EQ(root.find("a2").as_string(), std::string_view("t\xC3\xA9\xF0\x9F\x98\x80\n"));
  CHECK_EQ(root.find("b")[1].at("k").as_int(), std::int64_t{7});
  CHECK(!root.find("c").present());
  CHECK_EQ(root.member(2).first, std::string_view("a2"));
  CHECK_EQ(root.at("b").source(), std::string_view(R"([[],{"k":7}])"));
  std::string keys;
  for (auto it = root.begin(); it; it.next()) keys.append(it.key()).append(" ");
  CHECK_EQ(keys, std::string("a b a2 b "));
  CHECK(!Json().begin());
  CHECK_THROWS(a[5]);
  CHECK_THROWS(a[4].as_u32());
  CHECK_THROWS(root.at("c"));
  CHECK_THROWS(a[0].begin());
}

TEST("json: strict grammar") {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1,]",
                           "{\"a\":1,}",
                           "{a:1}",
                           "[01]",
                           "[1.]",
                           "[.5]",
                           "[+1]",
                           "[1e]",
                           "NaN",
                           "nul",
                           "[1 2]",
                           "\"a",
                           "\"\\x\"",
                           "\"\\u12g4\"",
                           "\"\\ud800\"",
                           "\"\\ud800\\u0041\"",
                           "\"\\udc00\"",
                           "\"\x01\"",
                           "[1]]",
                           "1e400",
                           "-1e400",
                           "\xEF\xBB\xBF[]",
                           "\"\xC3\"",
                           "\"\xED\xA0\x80\""}) {
    CHECK(refused(text));
  }
  CHECK(refused(std::string("\"a\0b\"", 5)));
  CHECK(refused(std::string("[]\0", 3)));
  for (const char* text :
       {"0", "-0", "1e308", "1e-400", "0e99999999999", "\"\\ud83d\\ude00\"", "[]", "\t{ }\r\n", "\"\x7F\""}) {
    CHECK(!refused(text));
  }
  CHECK(!refused(std::string(127, '[') + std::string(127, ']')));
  CHECK(refused(std::string(128, '[') + std::string(128, ']')));
  CHECK(refused(std::string(1000000, '[')));
}

TEST("json: open containers at the end of the text have their nodes") {
  for (std::size_t depth = 1; depth <= 130; ++depth) {
    const std::string open(depth, '[');
    for (const char* rest : {"", "1", "1,", "{", "{\"", "{\"a\"", "{\"a\":", "{\"a\":1", "\""})
      CHECK(refused(open + rest));
  }
}

TEST("json: errors name file, line, column and byte") {
  CHECK_EQ(message("{\n \"\xC3\xA9\": x}"),
           std::string("[read file.json] expected a value at line 2, column 7 (byte 9), received 'x'"));
  CHECK_EQ(message("[1"), std::string("[read file.json] expected ',' or ']' in an array at line 1, column 3 (byte 2), "
                                      "received the end of the document"));
}

TEST("json: integers keep their range") {
  const auto document = JsonDocument::parse(
      "[4294967295,4294967296,-1,9223372036854775807,9223372036854775808,"
      "-9223372036854775808,-9223372036854775809,1.0,-0,18446744073709551616]",
      "x");
  const Json all = document.root();
  CHECK_EQ(all[0].as_u32(), 4294967295u);
  CHECK_THROWS(all[1].as_u32());
  CHECK_THROWS(all[2].as_u32());
  CHECK_EQ(all[3].as_int(), INT64_MAX);
  CHECK_THROWS(all[4].as_int());
  CHECK_EQ(all[5].as_int(), INT64_MIN);
  CHECK_THROWS(all[6].as_int());
  CHECK_THROWS(all[7].as_int());
  CHECK_THROWS(all[8].as_int());
  CHECK_THROWS(all[9].as_int());
  CHECK_EQ(all[9].as_double(), 18446744073709551616.0);
}

TEST("json: string literals are written as serde_json writes them") {
  std::string out;
  append_json_string(out, std::string_view("a\"\\/\b\f\n\r\t\x01\x1F\x7F\xC3\xA9\0", 15));
  CHECK_EQ(out, std::string("\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\xC3\xA9\\u0000\""));
}
