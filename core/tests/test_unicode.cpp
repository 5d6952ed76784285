#include "tokenspace/unicode.hpp"

#include <string>

#include "harness.hpp"
#include "tokenspace/unicode_property.hpp"
#include "tokenspace/utf8.hpp"

using namespace tokenspace;
using unicode::Category;
using unicode::Form;

namespace {

std::string utf8_of(std::u32string_view text) {
  std::string out;
  for (char32_t c : text) utf8::append(out, c);
  return out;
}

std::string normal(std::u32string_view text, Form form) {
  std::string out;
  unicode::normalize(utf8_of(text), form, out);
  return out;
}

std::string changes(std::u32string_view text, Form form) {
  std::vector<unicode::CharChange> out;
  unicode::normalize(utf8_of(text), form, out);
  std::ostringstream shown;
  for (const auto& [c, change] : out) shown << std::hex << static_cast<unsigned>(c) << std::dec << ":" << change << " ";
  return shown.str();
}

std::size_t count(std::string_view name) {
  unicode::PropertySet set;
  if (!unicode::property_by_name(name, unicode::Version::v16, set)) return 0;
  std::size_t total = 0;
  for (const auto& range : set.ranges) total += range.last - range.first + 1;
  return total;
}

std::string clusters(std::u32string_view text) {
  const std::string bytes = utf8_of(text);
  std::string_view rest = bytes;
  std::string lengths;
  while (!rest.empty()) {
    const std::size_t length = unicode::grapheme_length(rest);
    lengths += std::to_string(utf8::count_code_points(rest.substr(0, length)));
    rest.remove_prefix(length);
  }
  return lengths;
}

}  // namespace

TEST("unicode: categories of 16 and of 8") {
  CHECK(unicode::category('A') == Category::Lu);
  CHECK(unicode::category(0x4E00) == Category::Lo);
  CHECK(unicode::category(0x2E52) == Category::Po);
  CHECK(unicode::category(0x2E52, unicode::Version::v8) == Category::Cn);
  CHECK(unicode::category(0x110000) == Category::Cn);
}

TEST("unicode: white space, word and numeric") {
  std::size_t spaces = 0, words = 0, numeric = 0;
  for (char32_t c = 0; c < 0x110000; ++c) {
    spaces += unicode::is_white_space(c);
    words += unicode::is_word(c);
    numeric += unicode::is_numeric(c);
  }
  // Totals seen by probing the references over all code points.
  CHECK_EQ(spaces, 25u);
  CHECK_EQ(words, 144667u);
  CHECK_EQ(numeric, 1924u);
  CHECK(unicode::is_word(0x200D));
  CHECK(!unicode::is_word(0xB2));
}

TEST("unicode: lower case has no final sigma and one expansion") {
  char32_t out[3];
  CHECK_EQ(unicode::to_lowercase(0x3A3, out), 1);
  CHECK_EQ(static_cast<unsigned>(out[0]), 0x3C3u);
  CHECK_EQ(unicode::to_lowercase(0x130, out), 2);
  CHECK_EQ(static_cast<unsigned>(out[1]), 0x307u);
  CHECK_EQ(unicode::to_lowercase(0x4E00, out), 1);
  CHECK_EQ(static_cast<unsigned>(out[0]), 0x4E00u);
}

TEST("unicode: folding orbits are symmetric") {
  char32_t orbit[4], back[4];
  CHECK_EQ(unicode::fold_orbit('k', orbit), 2);  // K and the Kelvin sign
  for (char32_t c = 0; c < 0x20000; ++c) {
    for (int i = 0, n = unicode::fold_orbit(c, orbit); i < n; ++i) {
      CHECK(unicode::simple_fold(orbit[i]) == unicode::simple_fold(c));
      CHECK_EQ(unicode::fold_orbit(orbit[i], back), n);
    }
  }
}

TEST("unicode: properties by loose name, with totals of the references") {
  CHECK_EQ(count("L") + 0, 141028u);
  CHECK_EQ(count("is_letter"), 141028u);
  CHECK_EQ(count("Han"), 99030u);
  CHECK_EQ(count("Hani"), 99030u);
  CHECK_EQ(count("Alphabetic"), 142759u);
  CHECK_EQ(count("posixpunct"), 9369u);
  CHECK_EQ(count("Punct"), 855u);
  CHECK_EQ(count("word"), 144665u);
  CHECK_EQ(count("In_Basic_Latin"), 128u);
  CHECK_EQ(count("Emoji"), 1431u);
  CHECK_EQ(count("no such property"), 0u);
}

TEST("unicode: scripts of the UnicodeScripts pre-tokenizer") {
  unicode::Script script;
  CHECK(unicode::script_from_name("hiragana", script));
  CHECK(script == unicode::script(0x3042));
  CHECK(unicode::script(0x30FC) == unicode::Script::Common);
  CHECK(unicode::script(0x0378) == unicode::Script::Unknown);
  CHECK(!unicode::script_from_name("Klingon", script));
}

TEST("unicode: the four forms") {
  CHECK_EQ(normal(U"e\u0301", Form::nfc), utf8_of(U"\u00E9"));
  CHECK_EQ(normal(U"\u00E9", Form::nfd), utf8_of(U"e\u0301"));
  CHECK_EQ(normal(U"\uFB01\u2460", Form::nfkc), utf8_of(U"fi1"));
  CHECK_EQ(normal(U"\uAC01", Form::nfd), utf8_of(U"\u1100\u1161\u11A8"));
  CHECK_EQ(normal(U"\u1100\u1161\u11A8", Form::nfc), utf8_of(U"\uAC01"));
  CHECK_EQ(normal(U"a\u0301\u0323", Form::nfd), utf8_of(U"a\u0323\u0301"));
  CHECK_EQ(normal(U"\u0958", Form::nfc), utf8_of(U"\u0915\u093C"));     // composition exclusion
  CHECK_EQ(normal(U"\U0001E030", Form::nfkd), utf8_of(U"\U0001E030"));  // assigned after Unicode 9
  CHECK_EQ(normal(U"\u30AB\uFF9E", Form::nfkc), utf8_of(U"\u30AC"));    // mark that decomposes to a joining one
  CHECK_EQ(normal(U"\u0301a", Form::nfc), utf8_of(U"\u0301a"));
}

TEST("unicode: changes as the reference reports them") {
  CHECK_EQ(changes(U"e\u0301x", Form::nfc), std::string("e9:-1 78:0 "));
  CHECK_EQ(changes(U"\u00E9", Form::nfd), std::string("65:0 301:1 "));
  CHECK_EQ(changes(U"\u00E9\u0323", Form::nfd), std::string("65:0 323:0 301:1 "));
  CHECK_EQ(changes(U"\u00E9\u0323", Form::nfc), std::string("1eb9:-1 301:1 "));
  CHECK_EQ(changes(U"\uFB01", Form::nfkc), std::string("66:0 69:1 "));
}

TEST("unicode: is_normalized says yes exactly when normalizing changes nothing") {
  const char32_t points[] = {'a',   'e',   0x301,  0x323,  0xE9,   0xFB01, 0x1100, 0x1161, 0x11A8, 0xAC00,
                             0x915, 0x93C, 0x4E00, 0x0F71, 0x0F73, 0x3099, 0x304B, 0xFF9E, 0x344,  0x212B};
  for (char32_t a : points) {
    for (char32_t b : points) {
      for (char32_t c : points) {
        const std::string text = utf8_of(std::u32string{a, b, c});
        for (Form form : {Form::nfc, Form::nfd, Form::nfkc, Form::nfkd}) {
          std::string once, twice;
          unicode::normalize(text, form, once);
          unicode::normalize(once, form, twice);
          CHECK(once == twice);
          CHECK(unicode::is_normalized(text, form) == (once == text));
        }
      }
    }
  }
}

TEST("unicode: combining marks and classes") {
  CHECK(unicode::is_combining_mark(0x301));
  CHECK(!unicode::is_combining_mark('a'));
  CHECK(!unicode::is_combining_mark(0x1AC1));  // assigned after Unicode 9
  CHECK_EQ(static_cast<int>(unicode::combining_class(0x301)), 230);
  CHECK_EQ(static_cast<int>(unicode::combining_class(0x323)), 220);
}

TEST("unicode: grapheme clusters") {
  CHECK_EQ(clusters(U"ab\u0301c"), std::string("121"));
  CHECK_EQ(clusters(U"\r\n\n"), std::string("21"));
  CHECK_EQ(clusters(U"\U0001F1E6\U0001F1E7\U0001F1E8"), std::string("21"));
  CHECK_EQ(clusters(U"\U0001F468\u200D\U0001F469x"), std::string("31"));
  CHECK_EQ(clusters(U"a\u200D\U0001F469"), std::string("21"));
  CHECK_EQ(clusters(U"\u1100\u1161\u11A8\u1100"), std::string("31"));
  CHECK_EQ(clusters(U"\u0915\u094D\u0924"), std::string("3"));
  CHECK_EQ(clusters(U"\u0915\u0924"), std::string("11"));
  CHECK_EQ(clusters(U"\u0600a"), std::string("2"));
  CHECK_EQ(clusters(U"\n\u0301"), std::string("11"));
}
