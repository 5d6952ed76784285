#include "tokenspace/utf8.hpp"

#include <string>

#include "harness.hpp"

using namespace tokenspace;
using namespace std::string_literals;

TEST("utf8: well-formed sequences have their length") {
  CHECK_EQ(utf8::valid_sequence_length("a"), 1u);
  CHECK_EQ(utf8::valid_sequence_length("\xC3\xA9x"), 2u);
  CHECK_EQ(utf8::valid_sequence_length("\xE4\xB8\x80"), 3u);
  CHECK_EQ(utf8::valid_sequence_length("\xF4\x8F\xBF\xBF"), 4u);
  CHECK_EQ(utf8::valid_sequence_length(""), 0u);
}

TEST("utf8: overlong forms, surrogates, stray and cut sequences are ill-formed") {
  for (const auto& bytes :
       {"\xC0\x80"s, "\xC1\xBF"s, "\xE0\x9F\xBF"s, "\xED\xA0\x80"s, "\xF0\x8F\xBF\xBF"s, "\xF4\x90\x80\x80"s,
        "\xF5\x80\x80\x80"s, "\x80"s, "\xBF"s, "\xC3"s, "\xE4\xB8"s, "\xF0\x9F\x98"s, "\xFF"s}) {
    CHECK_EQ(utf8::valid_sequence_length(bytes), 0u);
    CHECK(!utf8::is_valid(bytes));
    CHECK(!utf8::is_valid(std::string(31, 'a') + bytes));  // past the words of the fast path
    CHECK(!utf8::is_valid(bytes + std::string(31, 'a')));
  }
}

TEST("utf8: every code point but the surrogates is valid, alone and after ASCII of any length") {
  for (char32_t c = 0; c < 0x110000; c += c < 0x3000 ? 1 : 97) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text(c % 19, 'x');
    utf8::append(text, c);
    CHECK(utf8::is_valid(text));
    CHECK_EQ(utf8::count_code_points(text), c % 19 + 1u);
  }
}

TEST("utf8: to_valid replaces each maximal subpart once") {
  const std::string r = "\xEF\xBF\xBD";
  CHECK_EQ(utf8::to_valid("plain"), "plain"s);
  CHECK_EQ(utf8::to_valid("a\xF0\x9F\x98z"), "a" + r + "z");
  CHECK_EQ(utf8::to_valid("\xE0\x80\x80"), r + r + r);
  // The example of the Unicode Standard, section 3.9, table 3-11.
  CHECK_EQ(utf8::to_valid("a\xF1\x80\x80\xE1\x80\xC2"
                          "b\x80"
                          "c\x80\xBF"
                          "d"),
           "a" + r + r + r + "b" + r + "c" + r + r + "d");
}

TEST("utf8: counts long text") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "a\xC3\xA9\xE4\xB8\x80\xF0\x9F\x98\x80";
  CHECK_EQ(utf8::count_code_points(text), 20000u);
  CHECK(utf8::is_valid(text));
}
