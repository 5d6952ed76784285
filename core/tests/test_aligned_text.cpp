#include <string>
#include <vector>

#include "harness.hpp"
#include "tokenspace/aligned_text.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

// One "begin-end" per normalized byte, in bytes of the user's text.
std::string alignments(const AlignedText& text) {
  std::string out;
  for (std::uint32_t i = 0; i < text.normalized().size(); ++i) {
    const Span span = text.to_original({i, i + 1});
    out += std::to_string(span.begin) + "-" + std::to_string(span.end) + " ";
  }
  return out;
}

std::string joined(const std::vector<AlignedText>& parts) {
  std::string out;
  for (const AlignedText& part : parts) out.append(part.normalized()).append("|");
  return out;
}

}  // namespace

TEST("aligned text: untouched text maps to itself, whole characters at a time") {
  const AlignedText text("a\xC3\xA9z", 10);
  CHECK_EQ(alignments(text), std::string("10-11 11-13 11-13 13-14 "));
  CHECK(text.to_original({2, 2}) == (Span{12, 12}));
  CHECK(text.to_original({0, 9}) == (Span{0, 9}));
  CHECK(text.original_range() == (Span{10, 14}));
}

TEST("aligned text: NFD keeps both parts on their character, filter drops one") {
  AlignedText text("\xC3\xA9lan");
  text.normalize(unicode::Form::nfd);
  CHECK_EQ(text.normalized(), std::string_view("e\xCC\x81lan"));
  CHECK_EQ(alignments(text), std::string("0-2 0-2 0-2 2-3 3-4 4-5 "));
  text.filter([](char32_t c) { return c != 0x301 && c != 'a'; });
  CHECK_EQ(text.normalized(), std::string_view("eln"));
  CHECK_EQ(alignments(text), std::string("0-2 2-3 4-5 "));
  text.normalize(unicode::Form::nfc);
  CHECK_EQ(alignments(text), std::string("0-2 2-3 4-5 "));
}

TEST("aligned text: a removed start, middle and end") {
  AlignedText text("  Hello  ");
  text.strip(true, true);
  CHECK_EQ(text.normalized(), std::string_view("Hello"));
  CHECK_EQ(alignments(text), std::string("2-3 3-4 4-5 5-6 6-7 "));
  CHECK(text.original_range() == (Span{0, 9}));
  CHECK(text.slice({0, 5}).original_range() == (Span{2, 7}));
  AlignedText spaces(" \t ");
  spaces.strip(true, true);
  CHECK(spaces.empty());
  AlignedText end("ab  ");
  end.strip(false, true);
  CHECK_EQ(alignments(end), std::string("0-1 1-2 "));
  end.append("c");
  CHECK_EQ(alignments(end), std::string("0-1 1-2 1-2 "));
}

TEST("aligned text: prepend and append share the neighbour's place") {
  AlignedText text(
      "\xC3\xA9"
      "b");
  text.prepend("\xE2\x96\x81");
  text.append("!?");
  CHECK_EQ(text.normalized(), std::string_view("\xE2\x96\x81\xC3\xA9"
                                               "b!?"));
  CHECK_EQ(alignments(text), std::string("0-2 0-2 0-2 0-2 0-2 2-3 2-3 2-3 "));
  AlignedText empty("");
  empty.prepend("x");
  CHECK(empty.empty());
  empty.append("x");
  CHECK_EQ(alignments(empty), std::string("0-0 "));
  AlignedText nothing("ab");
  nothing.prepend("");  // re-inserts the first character, which then has nothing to align to
  CHECK_EQ(alignments(nothing), std::string("0-0 1-2 "));
}

TEST("aligned text: replaced text is aligned to the last byte of its match") {
  AlignedText text("a--b-c");
  text.replace("--", "+=*");
  CHECK_EQ(text.normalized(), std::string_view("a+=*b-c"));
  CHECK_EQ(alignments(text), std::string("0-1 2-3 2-3 2-3 3-4 4-5 5-6 "));
  text.replace("-", "");
  CHECK_EQ(text.normalized(), std::string_view("a+=*bc"));
  text.replace("", "x");
  CHECK_EQ(text.normalized(), std::string_view("a+=*bc"));
  AlignedText regex("ab12");
  regex.replace(Regex("[0-9]+"), "#");
  CHECK_EQ(alignments(regex), std::string("0-1 1-2 3-4 "));
}

TEST("aligned text: lower-casing may grow and equal lengths need no table") {
  AlignedText text("AB\xC4\xB0");  // U+0130 -> i + U+0307
  text.lowercase();
  CHECK_EQ(text.normalized(), std::string_view("abi\xCC\x87"));
  CHECK_EQ(alignments(text), std::string("0-1 1-2 2-4 2-4 2-4 "));
}

TEST("aligned text: transform_range with insertions and removals") {
  AlignedText text("Hello friend");
  const unicode::CharChange changes[] = {{'Y', 0}, {'o', 0}, {'o', -2}, {'_', 1}, {'F', -2}};
  text.transform_range({0, 12}, changes, 2);
  CHECK_EQ(text.normalized(), std::string_view("Yoo_F"));
  CHECK_EQ(alignments(text), std::string("2-3 3-4 4-5 6-7 7-8 "));
  // More replacements than characters: the last entry stands in where the reference panics.
  AlignedText shorter("a");
  const unicode::CharChange many[] = {{'x', 0}, {'y', 0}, {'z', 0}};
  shorter.transform(many, 0);
  CHECK_EQ(alignments(shorter), std::string("0-1 0-1 0-1 "));
}

TEST("aligned text: slices of slices keep the user's offsets") {
  AlignedText text("\xC3\x80 \xC3\xA9t\xC3\xA9", 100);
  text.normalize(unicode::Form::nfd);
  const AlignedText word = text.slice({4, 11});
  CHECK_EQ(word.normalized(), std::string_view("e\xCC\x81te\xCC\x81"));
  CHECK(word.original_range() == (Span{103, 108}));
  AlignedText tail = word.slice({3, 7});
  CHECK_EQ(alignments(tail), std::string("105-106 106-108 106-108 106-108 "));
  tail.filter([](char32_t c) { return c < 0x80; });
  CHECK_EQ(alignments(tail), std::string("105-106 106-108 "));
  CHECK_EQ(word.normalized(), std::string_view("e\xCC\x81te\xCC\x81"));
  CHECK(text.slice({3, 3}).empty());
}

TEST("aligned text: the five split behaviours") {
  const AlignedText text("The-final--countdown");
  std::vector<AlignedText::Match> matches = {{{0, 3}, false}, {{3, 4}, true},   {{4, 9}, false},
                                             {{9, 10}, true}, {{10, 11}, true}, {{11, 20}, false}};
  CHECK_EQ(joined(text.split(matches, SplitBehavior::removed)), std::string("The|final|countdown|"));
  CHECK_EQ(joined(text.split(matches, SplitBehavior::isolated)), std::string("The|-|final|-|-|countdown|"));
  CHECK_EQ(joined(text.split(matches, SplitBehavior::merged_with_previous)), std::string("The-|final-|-|countdown|"));
  CHECK_EQ(joined(text.split(matches, SplitBehavior::merged_with_next)), std::string("The|-final|-|-countdown|"));
  CHECK_EQ(joined(text.split(matches, SplitBehavior::contiguous)), std::string("The|-|final|--|countdown|"));
}

TEST("aligned text: alignments given from outside must fit") {
  AlignedText text("abc");
  CHECK_THROWS(text.set_normalized("xy", {{0, 1}}));
  text.set_normalized("xy", {{0, 1}, {1, 3}});
  CHECK(text.to_original({1, 2}) == (Span{1, 3}));
}
