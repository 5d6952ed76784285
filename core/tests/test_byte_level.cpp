// The byte-level engine: which tokens are marked as whole, that a seeded cache gives what merging gives, and a
// vocabulary it must leave to the general path.
#include <string>
#include <vector>

#include "harness.hpp"
#include "tokenspace/bpe.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/tokenizer.hpp"

using namespace tokenspace;

namespace {

// All bytes as tokens 0 to 255, and these.
std::string byte_level(const std::string& tokens, const std::string& merges) {
  std::string out =
      R"({"version":"1.0","pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":true},
"model":{"type":"BPE","vocab":{)";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    append_json_string(out, bytes_to_chars({&c, 1}));
    out += ":" + std::to_string(byte) + ",";
  }
  return out + tokens + R"(},"merges":)" + merges + "}}";
}

// Merging never gives "abc" (no merge makes it) and "xyz" ("x y" comes first, and leaves "xy z"). "pq" is made by a
// merge; "日", outside the byte alphabet, is its own symbol.
std::string file() {
  return byte_level(R"("ab":256,"abc":257,"xy":258,"yz":259,"xyz":260,"pq":261,"日":262)",
                    R"(["a b","x y","y z","x yz","p q"])");
}

std::vector<std::uint32_t> by_cache(const Tokenizer& tokenizer, std::string_view text) {
  Buffer<std::uint32_t> ids;
  tokenizer.encode_ids(text, {}, ids);
  return {ids.begin(), ids.end()};
}

}  // namespace

TEST("whole tokens: exactly those that merging gives back") {
  const auto tokenizer = read_tokenizer_json(file(), "t.json");
  const auto& bpe = dynamic_cast<const Bpe&>(*tokenizer->parts().model);
  CHECK(!bpe.knows_whole());
  bpe.find_whole();
  CHECK(bpe.knows_whole());
  std::vector<ModelToken> tokens;
  for (const Vocab::Entry& entry : bpe.vocab().entries()) {
    tokens.clear();
    bpe.tokenize(bpe.vocab().text(entry), tokens);
    CHECK_EQ(bpe.is_whole(entry), tokens.size() == 1 && tokens[0].id == entry.id);
    const bool never = entry.id == 257 || entry.id == 260;
    CHECK_EQ(bpe.is_whole(entry), !never);
  }
}

TEST("whole tokens: a compiled tokenizer knows them, and its seeded cache gives the same ids") {
  const auto original = read_tokenizer_json(file(), "t.json");
  const auto compiled = read_compiled(write_compiled(*original, ""), "t.tsc");
  CHECK(dynamic_cast<const Bpe&>(*compiled->parts().model).knows_whole());
  // Enough different one-token words for the cache to be seeded, then words of all kinds.
  std::string warm;
  for (char c = '!'; c <= '~'; ++c) warm.append(1, c).append(c % 2 == 0 ? "\n" : " ");
  for (const std::string& text : {warm, std::string("abc ab xyz xy pq yz abc\n日 日日"), warm + "pqabcxyz"}) {
    const Encoding general = original->encode(Sequence{text, {}, false}, nullptr, EncodeOptions{});
    CHECK(by_cache(*compiled, text) == general.ids);
    CHECK(by_cache(*compiled, text) == general.ids);
  }
}

TEST("byte level: two tokens of one id are encoded by the general path") {
  const auto tokenizer = read_tokenizer_json(byte_level(R"("ab":256,"xy":256)", R"(["a b","x y"])"), "t.json");
  CHECK(by_cache(*tokenizer, "xyab") == std::vector<std::uint32_t>({256, 256}));
}
