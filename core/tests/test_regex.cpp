#include "tokenspace/regex.hpp"

#include <string>
#include <vector>

#include "harness.hpp"
#include "tokenspace/error.hpp"

using tokenspace::Error;
using tokenspace::ErrorKind;
using tokenspace::Regex;
using tokenspace::Span;

namespace {

// All matches as "begin-end begin-end".
std::string matches(std::string_view pattern, std::string_view text, Regex::Syntax syntax = Regex::Syntax::oniguruma) {
  std::vector<Span> found;
  Regex(pattern, syntax).find_all(text, found);
  std::string out;
  for (const Span& span : found) {
    if (!out.empty()) out += ' ';
    out += std::to_string(span.begin) + "-" + std::to_string(span.end);
  }
  return out;
}
std::string fancy(std::string_view pattern, std::string_view text) {
  return matches(pattern, text, Regex::Syntax::fancy);
}

ErrorKind error_kind(std::string_view pattern, Regex::Syntax syntax = Regex::Syntax::oniguruma) {
  try {
    Regex compiled(pattern, syntax);
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::io;  // no error
}

const char kGpt2[] = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

}  // namespace

TEST("regex: the GPT-2 pattern on words, numbers and spaces") {
  CHECK_EQ(matches(kGpt2, "Hello  world's 42!\n\n"), "0-5 5-6 6-12 12-14 14-17 17-18 18-20");
  CHECK_EQ(matches(kGpt2, ""), "");
}

TEST("regex: alternation takes the first, quantifiers are greedy, lazy or possessive") {
  CHECK_EQ(matches("a|ab", "ab"), "0-1");
  CHECK_EQ(matches("<.+>", "<a><b>"), "0-6");
  CHECK_EQ(matches("<.+?>", "<a><b>"), "0-3 3-6");
  CHECK_EQ(matches("a++a", "aaa"), "");
  CHECK_EQ(matches("(?>a+)a", "aaa"), "");
}

TEST("regex: a suffix of an interval means different things in the two syntaxes") {
  CHECK_EQ(matches("a{1,2}+", "aaaaa"), "0-5");        // a repeat of a repeat
  CHECK_EQ(fancy("a{1,2}+", "aaaaa"), "0-2 2-4 4-5");  // possessive
  CHECK_EQ(matches("a{2}?", "aaa"), "0-2 3-3");        // an optional pair
  CHECK_EQ(matches("a{,2}", "aaa"), "0-2 2-3");
  CHECK_EQ(matches("a{x}", "a{x}"), "0-4");
}

TEST("regex: anchors of Oniguruma are multi-line, those of fancy-regex are not") {
  CHECK_EQ(matches("^a", "a\na"), "0-1 2-3");
  CHECK_EQ(matches("a$", "a\na"), "0-1 2-3");
  CHECK_EQ(fancy("^a", "a\na"), "0-1");
  CHECK_EQ(fancy("a$", "a\na"), "2-3");
  CHECK_EQ(matches("^", "a\n"), "0-0");
  CHECK_EQ(matches("(?m:.)+", "a\nb"), "0-3");
  CHECK_EQ(fancy("(?s:.)+", "a\nb"), "0-3");
}

TEST("regex: ignoring case follows full folding in Oniguruma and simple folding in the regex crate") {
  CHECK_EQ(matches("(?i:'s)", "'\u017F"), "0-3");
  CHECK_EQ(fancy("(?i:'s)", "'\u017F"), "0-3");
  CHECK_EQ(matches("(?i:k)", "\u212A"), "0-3");
  CHECK_EQ(matches("(?i:ss)", "\u00DF"), "0-2");
  CHECK_EQ(matches("(?i:\u00DF)", "SS"), "0-2");
  CHECK_EQ(matches("(?i:[\u00DF])", "sS"), "0-2");
  CHECK_EQ(fancy("(?i:ss)", "\u00DF"), "");
  CHECK_EQ(matches("(?i:s)(?i:s)", "\u00DF"), "");  // groups fold apart
}

TEST("regex: classes, set operations and properties") {
  CHECK_EQ(matches(R"([a-z&&[^aeiou]]+)", "hello"), "0-1 2-4");
  CHECK_EQ(fancy(R"([a-z--[aeiou]]+)", "hello"), "0-1 2-4");
  CHECK_EQ(matches(R"([[:alpha:]]+)", "a\u00E91"), "0-3");
  CHECK_EQ(fancy(R"([[:alpha:]]+)", "a\u00E91"), "0-1");
  CHECK_EQ(matches(R"(\p{^L})", "a1"), "1-2");
  CHECK_EQ(matches(R"(\p{Han}+)", "a\u4E2D\u6587"), "1-7");
  CHECK_EQ(fancy(R"(\p{Script=Han}+)", "a\u4E2D\u6587"), "1-7");
  CHECK_EQ(matches(R"(\h+)", "xAf9"), "1-4");
  CHECK_EQ(matches(R"([]a]+)", "a]"), "0-2");
}

TEST("regex: a bare \\w of Oniguruma holds six Latin-1 numbers that [\\w] does not") {
  CHECK_EQ(matches(R"(\w)", "\u00BC"), "0-2");
  CHECK_EQ(matches(R"([\w])", "\u00BC"), "");
  CHECK_EQ(fancy(R"(\w)", "\u00BC"), "");
}

TEST("regex: look-around and back-references") {
  CHECK_EQ(matches(R"(\s+(?!\S))", "a   b"), "1-3");
  CHECK_EQ(matches(R"((?<=a)b)", "ab b"), "1-2");
  CHECK_EQ(matches(R"((?<!a)b)", "ab b"), "3-4");
  CHECK_EQ(matches(R"((?<=a|bc)d)", "ad bcd"), "1-2 5-6");
  CHECK_EQ(matches(R"((\w)\1)", "hello book"), "2-4 7-9");
  CHECK_EQ(matches(R"((?<q>['"]).*?\k<q>)", "'a\"' \"b\""), "0-4 5-8");
}

TEST("regex: empty matches advance by characters and never repeat behind a match") {
  CHECK_EQ(matches("a*", "ba\u00E9"), "0-0 1-2 4-4");
  CHECK_EQ(matches("", "\u4E2Da"), "0-0 3-3 4-4");
}

TEST("regex: search sees the text before its start") {
  Span span;
  const Regex pattern(R"(\bb)");
  CHECK(!pattern.search("ab", 1, span));
  CHECK(pattern.search("a b", 1, span));
  CHECK_EQ(span.begin, 2u);
}

TEST("regex: errors carry the offset and the kind") {
  CHECK(error_kind("(a") == ErrorKind::format);
  CHECK(error_kind("a)") == ErrorKind::format);
  CHECK(error_kind("[a") == ErrorKind::format);
  CHECK(error_kind("*a") == ErrorKind::format);
  CHECK(error_kind("a{1,100001}") == ErrorKind::format);
  CHECK(error_kind(R"(\p{NoSuchThing})") == ErrorKind::format);
  CHECK(error_kind(R"((?<a>x)\g<a>)") == ErrorKind::unsupported);
  CHECK(error_kind(R"(((ab){1000}){1000})") == ErrorKind::limit);
  CHECK(error_kind(std::string(100000, '(')) == ErrorKind::limit);
  CHECK(error_kind(std::string(100000, '['), Regex::Syntax::fancy) == ErrorKind::limit);
  CHECK(error_kind("\xff") == ErrorKind::format);
  try {
    Regex broken("ab[z-a]");
    CHECK(false);
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("at byte 6") != std::string::npos);
  }
}

TEST("regex: quantifiers upon quantifiers are one, at any depth") {
  CHECK_EQ(matches("(?:a+)?b", "aab b"), "0-3 4-5");
  CHECK_EQ(matches("(?:a?)+b", "aab b"), "0-3 4-5");
  CHECK_EQ(matches("a+*", "aab"), "0-2 3-3");
  CHECK_EQ(matches("(?:a?\?)*b", "aab"), "0-3");
  CHECK_EQ(matches("(?:(?:a{2})*)*", "aaaaa"), "0-4 5-5");
  CHECK_EQ(matches("x" + std::string(100, '*') + "y" + std::string(100, '*') + "=z",
                   std::string(50, 'x') + std::string(50, 'y')),
           "");
}

TEST("regex: an empty round ends a repeat that Oniguruma counts, not one that it writes out") {
  CHECK_EQ(matches("(?x:a|^){2}", "ab"), "0-1");
  CHECK_EQ(matches("(?x:a|^){3}", "ab"), "0-0");
  CHECK_EQ(matches("((?:a|^)){2}", "ab"), "0-0");  // a group takes instructions too
  CHECK_EQ(matches("((?:(?:)*?(?:a|(?:c|b|(?=a)))){1,2}){2}", "b ba"), "2-4");
  CHECK_EQ(matches("(?:){1,4}?", "ab"), "0-0 1-1 2-2");
}

TEST("regex: repeats of repeats become what Oniguruma makes of them") {
  CHECK_EQ(matches("(?:a+?)??b", "aab"), "0-3");
  CHECK_EQ(matches("(?:a?\?)*", "aa"), "0-0 1-1 2-2");
  CHECK_EQ(matches("(?:a*)??b", "aab"), "0-3");
  CHECK_EQ(matches("(?:a{2}){2}", "aaaaa"), "0-4");
}

TEST("regex: loops in loops of any depth that may be empty stay linear") {
  std::string pattern = "a?";
  for (int depth = 0; depth < 40; ++depth) pattern = "(?:" + pattern + "|b?)*c?";
  CHECK_EQ(matches(pattern + "!", std::string(200, 'a')), "");
  // \G changes with every search, so nothing may be remembered from one to the next.
  CHECK_EQ(matches("(?:(?:(?>[^a]|abcabc)+)+?^(?>\\G|a))?+b", std::string(60, 'b') + "\nab"), "0-63");
}

TEST("regex: runs within runs do not try every partition") {
  const std::string text(200, 'x');
  for (const char* pattern : {"[^A-C]{0,6}+!", "(?:x{1,6})+y", "(?:x{0,6}?)+?y", "(?:(?:x{1,3})+)*y", "(?:x+?x*)+y"}) {
    CHECK_EQ(matches(pattern, text), "");
  }
  CHECK_EQ(matches("(?:x{1,6})+y", text + "y"), "0-201");
  CHECK_EQ(matches("(?:x+?x*)+y", text + "y" + text + "y"), "0-201 201-402");
}

TEST("regex: a megabyte of one kind stays linear") {
  const char cl100k[] =
      R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)";
  for (const std::string_view unit : {" ", "a", "1", "\n", "a\n", " x", ".", "\u0301"}) {
    std::string text;
    while (text.size() < 1'000'000) text += unit;
    std::vector<Span> found;
    Regex(cl100k, Regex::Syntax::fancy).find_all(text, found);
    Regex(kGpt2).find_all(text + "x", found);
    CHECK(!found.empty());
  }
  // Long runs that fail again and again.
  const std::string spaces(1'000'000, ' ');
  std::vector<Span> found;
  Regex(R"(\s+\d|\s)").find_all(spaces, found);
  CHECK_EQ(found.size(), spaces.size());
  found.clear();
  Regex(R"((?:a|aa)+b)").find_all(std::string(100'000, 'a'), found);
  CHECK(found.empty());
}
