#include "tokenspace/added_tokens.hpp"

#include <chrono>
#include <memory>

#include "../src/tokenize/token_matcher.hpp"
#include "harness.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

// A model of three words.
class Words final : public Model {
 public:
  std::string_view kind() const override { return "WordLevel"; }
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override {
    out.push_back({2, {0, static_cast<std::uint32_t>(piece.size())}});
  }
  std::optional<std::uint32_t> token_to_id(std::string_view token) const override {
    if (token == "a") return 0;
    if (token == "b") return 1;
    if (token == "[UNK]") return 2;
    return std::nullopt;
  }
  std::optional<std::string_view> id_to_token(std::uint32_t id) const override {
    constexpr std::string_view kWords[] = {"a", "b", "[UNK]"};
    if (id > 2) return std::nullopt;
    return kWords[id];
  }
  std::size_t vocab_size() const override { return 3; }
  std::uint32_t id_bound() const override { return 3; }
  std::string to_json() const override { return "{}"; }
};

AddedToken raw(std::string content) {
  AddedToken token;
  token.content = std::move(content);
  token.normalized = false;
  return token;
}

AddedTokens make(std::vector<AddedToken> tokens) {
  std::vector<AddedTokens::Entry> entries;
  for (AddedToken& token : tokens) entries.push_back({std::move(token), std::nullopt});
  return AddedTokens(std::move(entries), Words(), nullptr);
}

// "a|<x>|b" with added parts in angle marks, for reading in one line.
std::string split(const AddedTokens& added, std::string_view text, SpecialPolicy policy = SpecialPolicy::allow) {
  std::vector<AddedTokens::Segment> segments;
  added.split_raw(text, policy, segments);
  std::string out;
  for (const auto& segment : segments) {
    if (!out.empty()) out.push_back('|');
    if (segment.added) out.append(std::to_string(segment.id)).push_back('=');
    out.append(text.substr(segment.span.begin, segment.span.size()));
  }
  return out;
}

}  // namespace

TEST("added tokens: ids come from the model or follow it, duplicates and empty contents count for nothing") {
  const AddedTokens added = make({raw("x"), raw(""), raw("b"), raw("x"), raw("y")});
  CHECK_EQ(added.token_to_id("x").value_or(99), 3U);
  CHECK_EQ(added.token_to_id("b").value_or(99), 1U);
  CHECK_EQ(added.token_to_id("y").value_or(99), 4U);
  CHECK_EQ(added.id_bound(), 5U);
  std::size_t count = 0;
  const AddedTokens more =
      added.extended({{raw("y"), std::nullopt}, {raw("z"), std::nullopt}}, Words(), nullptr, &count);
  CHECK_EQ(count, std::size_t{1});
  CHECK_EQ(more.token_to_id("z").value_or(99), 5U);
  CHECK(!added.token_to_id("z"));
}

TEST("added tokens: ids given by the format are honoured") {
  const AddedTokens added({{raw("<|end|>"), 100257U}, {raw("q"), std::nullopt}}, Words(), nullptr);
  CHECK_EQ(added.token_to_id("<|end|>").value_or(0), 100257U);
  CHECK_EQ(added.token_to_id("q").value_or(0), 100258U);
}

TEST("added tokens: leftmost, then longest") {
  const AddedTokens added = make({raw("<s"), raw("<s>"), raw("s>t"), raw("<s><s>!")});
  CHECK_EQ(split(added, "x<s>t<s><s>?"), "x|4=<s>|t|4=<s>|4=<s>|?");
  CHECK_EQ(split(added, "<s><s>!"), "6=<s><s>!");
  CHECK_EQ(split(added, "plain"), "plain");
}

TEST("added tokens: single_word refuses a match and does not try a shorter one") {
  AddedToken longer = raw("ab");
  longer.single_word = true;
  const AddedTokens added = make({longer, raw("aa")});
  CHECK_EQ(split(added, "ab abc .ab."), "3=ab| abc .|3=ab|.");
  AddedToken word = raw("aab");
  word.single_word = true;
  CHECK_EQ(split(make({word, raw("aa")}), "aabc"), "aabc");
}

TEST("added tokens: strip flags take the white space in, and the next token may match it again") {
  AddedToken both = raw("<m>");
  both.lstrip = both.rstrip = true;
  CHECK_EQ(split(make({both}), "a \u3000<m>\t b"), "a|3= \u3000<m>\t |b");
  AddedToken right = raw("<r>");
  right.rstrip = true;
  CHECK_EQ(split(make({right, raw(" ")}), "a<r>  b"), "a|3=<r>  |4= |4= |b");
}

TEST("added tokens: policies for special tokens in text") {
  AddedToken special = raw("<s>");
  special.special = true;
  const AddedTokens added = make({special, raw("x")});
  CHECK_EQ(split(added, "a<s>x", SpecialPolicy::as_text), "a<s>|4=x");
  bool refused = false;
  try {
    split(added, "a<s>x", SpecialPolicy::error);
  } catch (const Error& error) {
    refused = error.kind() == ErrorKind::special_token;
  }
  CHECK(refused);
  CHECK(added.is_special_id(3));
  CHECK(!added.is_special_id(4));
}

TEST("token matcher: every kernel of the filter finds the same beginnings") {
  const std::vector<std::string_view> patterns{"  ", "<|", "\n", "ab", "\xE2\x96"};
  const PairPrefilter filter(patterns);
  std::string text;
  for (std::uint32_t i = 0, x = 12345; i < 5000; ++i) {
    x = x * 1664525U + 1013904223U;
    constexpr std::string_view kBytes = " <|\nabc\xE2\x96\x81xyzXYZ0123456789";
    text.push_back(kBytes[(x >> 16) % kBytes.size()]);
  }
  for (std::size_t from = 0; from < text.size(); from += 7) {
    const std::size_t expected = filter.next(text, from, PairPrefilter::Kernel::scalar);
    for (const auto kernel : {PairPrefilter::Kernel::ssse3, PairPrefilter::Kernel::avx2}) {
      if (kernel <= PairPrefilter::best_kernel()) CHECK_EQ(filter.next(text, from, kernel), expected);
    }
  }
}

TEST("token matcher: many tokens build fast and long near misses stay linear") {
  std::vector<AddedToken> tokens;
  for (int i = 0; i < 20000; ++i) tokens.push_back(raw("<extra_id_" + std::to_string(i) + ">"));
  tokens.push_back(raw(std::string(2000, 'a') + "b"));
  const auto start = std::chrono::steady_clock::now();
  const AddedTokens added = make(std::move(tokens));
  CHECK_EQ(split(added, "x<extra_id_19999>y"), "x|20002=<extra_id_19999>|y");
  std::vector<AddedTokens::Segment> segments;
  CHECK(!added.split_raw(std::string(2'000'000, 'a'), SpecialPolicy::allow, segments));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

TEST("added tokens: json and back") {
  AddedToken token = raw("\"<\n>");
  token.lstrip = token.special = true;
  const std::string json = make({token}).json();
  CHECK_EQ(json,
           "[{\"id\":3,\"content\":\"\\\"<\\n>\",\"single_word\":false,\"lstrip\":true,\"rstrip\":false,"
           "\"normalized\":false,\"special\":true}]");
  const JsonDocument document = JsonDocument::parse(json, "test");
  const auto entries = added_tokens_from_json(document.root());
  CHECK_EQ(entries.size(), std::size_t{1});
  CHECK_EQ(entries[0].token.content, "\"<\n>");
  CHECK_THROWS(added_tokens_from_json(JsonDocument::parse("[{\"id\":1,\"content\":\"x\"}]", "test").root()));
}
