#include <array>

#include "harness.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/post_processor.hpp"

using namespace tokenspace;

namespace {

Encoding two_tokens(std::uint32_t first) {
  Encoding e;
  e.ids = {first, first + 1};
  e.type_ids = {0, 0};
  e.offsets = {{0, 1}, {1, 3}};
  e.char_offsets = e.offsets;
  e.words = {0, 1};
  e.special_tokens_mask = {0, 0};
  e.attention_mask = {1, 1};
  return e;
}

std::shared_ptr<const PostProcessor> read(std::string text) {
  const JsonDocument document = JsonDocument::parse(std::move(text), "test");
  return post_processor_from_json(document.root());
}

std::string_view text_of(std::uint32_t id) {
  static constexpr std::array<std::string_view, 6> kTexts{"a", "Ġb ", "c", "d", "[CLS]", "[SEP]"};
  return id < kTexts.size() ? kTexts[id] : "";
}

std::string run(const PostProcessor& processor, bool pair, bool specials = true) {
  std::vector<Encoding> encodings{two_tokens(0)};
  if (pair) encodings.push_back(two_tokens(2));
  Encoding all;
  for (Encoding& part : processor.process(std::move(encodings), specials, text_of))
    all.merge_with(std::move(part), false);
  std::string out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    out += (i == 0 ? "" : " ") + std::to_string(all.ids[i]) + ":" + std::to_string(all.type_ids[i]);
    if (all.special_tokens_mask[i] != 0) out += "*";
  }
  return out;
}

constexpr const char* kBert = "{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",5],\"cls\":[\"[CLS]\",4]}";
constexpr const char* kRoberta =
    "{\"type\":\"RobertaProcessing\",\"sep\":[\"[SEP]\",5],\"cls\":[\"[CLS]\",4],\"trim_offsets\":true,"
    "\"add_prefix_space\":false}";
constexpr const char* kTemplate =
    "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"C\",\"type_id\":0}},{\"Sequence\":{"
    "\"id\":\"A\","
    "\"type_id\":3}}],\"pair\":[{\"Sequence\":{\"id\":\"B\",\"type_id\":1}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}"
    "],"
    "\"special_tokens\":{\"C\":{\"id\":\"C\",\"ids\":[4,5],\"tokens\":[\"[CLS]\",\"[SEP]\"]}}}";

}  // namespace

TEST("post-processors: Bert") {
  const auto bert = read(kBert);
  CHECK_EQ(run(*bert, false), "4:0* 0:0 1:0 5:0*");
  CHECK_EQ(run(*bert, true), "4:0* 0:0 1:0 5:0* 2:0 3:0 5:1*");
  CHECK_EQ(run(*bert, true, false), "0:0 1:0 2:0 3:0");
  CHECK_EQ(bert->added_tokens(true), std::size_t{3});
  CHECK_EQ(bert->json(), kBert);
}

TEST("post-processors: Roberta trims and is known by its fields, whatever the type says") {
  const auto roberta = read(kRoberta);
  CHECK_EQ(run(*roberta, true), "4:0* 0:0 1:0 5:0* 5:0* 2:0 3:0 5:0*");
  CHECK_EQ(roberta->json(), kRoberta);
  const auto out = roberta->process({two_tokens(0)}, false, text_of);
  CHECK(out[0].offsets[1] == (Span{2, 2}));
  const auto untagged = read("{\"type\":\"BertProcessing\"" + std::string(kRoberta).substr(27));
  CHECK_EQ(untagged->json(), kRoberta);
}

TEST("post-processors: byte-level trimming") {
  CHECK(SpaceTrim("Ġab", false, true).bytes({3, 6}) == (Span{4, 6}));
  CHECK(SpaceTrim("Ġab", true, true).bytes({0, 3}) == (Span{0, 3}));
  CHECK(SpaceTrim("ĠĠab", true, true).bytes({0, 4}) == (Span{2, 4}));
  CHECK(SpaceTrim("abĠ", false, true).bytes({3, 6}) == (Span{3, 5}));
  CHECK(SpaceTrim("\u3000<m> ", false, false).bytes({5, 12}) == (Span{8, 11}));
  CHECK(SpaceTrim("\u3000<m> ", false, false).code_points({3, 8}) == (Span{4, 7}));
  CHECK(SpaceTrim("Ġ", false, false).bytes({0, 0}) == (Span{0, 0}));
}

TEST("post-processors: templates in both forms") {
  const auto processor = read(kTemplate);
  CHECK_EQ(processor->json(), kTemplate);
  CHECK_EQ(run(*processor, false), "4:0* 5:0* 0:3 1:3");
  CHECK_EQ(run(*processor, true), "2:1 3:1 0:0 1:0");
  CHECK_EQ(processor->added_tokens(false), std::size_t{2});
  const auto text = read(
      "{\"type\":\"TemplateProcessing\",\"single\":\"C $0 C:7\",\"pair\":[\"$a\",\"C\",\"$B:1\"],"
      "\"special_tokens\":{\"C\":{\"id\":\"C\",\"ids\":[4],\"tokens\":[\"[CLS]\"]}}}");
  CHECK_EQ(run(*text, false), "4:0* 0:0 1:0 4:7*");
  CHECK_EQ(run(*text, true), "0:0 1:0 4:0* 2:1 3:1");
  const auto affixes = text->single_affixes();
  CHECK(affixes && affixes->prefix == std::vector<std::uint32_t>{4} &&
        affixes->suffix == std::vector<std::uint32_t>{4});
}

TEST("post-processors: sequences, and their fast form only where it is the same") {
  const auto usual = read(
      "{\"type\":\"Sequence\",\"processors\":[{\"type\":\"ByteLevel\",\"add_prefix_space\":false,"
      "\"trim_offsets\":true}," +
      std::string(kTemplate) + "]}");
  CHECK_EQ(run(*usual, false), "4:0* 5:0* 0:3 1:3");
  CHECK(usual->single_affixes().has_value());
  CHECK(usual->trim().trim);
  const auto twice = read("{\"type\":\"Sequence\",\"processors\":[" + std::string(kBert) + "," + kRoberta + "]}");
  CHECK(!twice->single_affixes().has_value());
  const std::string three = "{\"single\":\"$ $ $\",\"pair\":[],\"special_tokens\":{}}";
  const auto wrong = read("{\"type\":\"Sequence\",\"processors\":[" + three + "," + three + "]}");
  std::vector<Encoding> one{two_tokens(0)};
  CHECK_THROWS(wrong->process(std::move(one), true, text_of));
}

TEST("post-processors: bos and eos") {
  const auto processor = make_bos_eos(std::pair<std::string, std::uint32_t>{"[CLS]", 4}, std::nullopt);
  CHECK_EQ(run(*processor, true), "4:0* 0:0 1:0 4:1* 2:1 3:1");
  const auto again = read(processor->json());
  CHECK_EQ(again->json(), processor->json());
}

TEST("post-processors: refusals") {
  for (const char* bad : {"1", "[]", "{}", "{\"type\":\"ByteLevel\"}", "{\"type\":\"Sequence\",\"processors\":[null]}",
                          "{\"type\":\"BertProcessing\",\"sep\":[\"x\",-1],\"cls\":[\"y\",1]}",
                          "{\"single\":[\"$Q\"],\"pair\":[],\"special_tokens\":{}}"}) {
    CHECK_THROWS(read(bad));
  }
  CHECK(read("null") == nullptr);
}
