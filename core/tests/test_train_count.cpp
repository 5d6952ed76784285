// Counting: the same pieces whatever the way, the number of threads and the memory budget; and the files of the runs.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>

#include "harness.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/train_count.hpp"
#include "train/bounded_counts.hpp"

using namespace tokenspace;
using namespace tokenspace::train;

namespace {

using Counts = std::map<std::string, std::uint64_t>;

Counts counts_of(const WordCounts& words) {
  Counts out;
  for (std::size_t i = 0; i < words.size(); ++i) out[std::string(words.word(i))] += words.counts[i];
  return out;
}

std::shared_ptr<const Tokenizer> pipeline(const std::string& normalizer, const std::string& pre_tokenizer) {
  return read_tokenizer_json(
      R"({"version":"1.0","added_tokens":[],"normalizer":)" + normalizer + R"(,"pre_tokenizer":)" + pre_tokenizer +
          R"(,"post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{"x":0},)" +
          R"("unk_token":"x"}})",
      "pipeline");
}

struct TemporaryFolder {
  std::filesystem::path path;
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tokenspace-test-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
};

std::string random_text(std::uint32_t seed, std::size_t words) {
  std::mt19937 random(seed);
  const char* const parts[] = {
      "a", "bc", "Def", "\xC3\xA9", "\xE4\xBD\xA0", "12", "!", "'s", "longer-than-fifteen-bytes", " "};
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    for (std::size_t n = random() % 4; n-- > 0;) text += parts[random() % 10];
    text += random() % 9 == 0 ? "\n" : " ";
  }
  return text;
}

Counts count(const std::shared_ptr<const Tokenizer>& tokenizer, const std::string& text, const CountOptions& options,
             std::size_t block, std::uint64_t* spilled = nullptr) {
  Control control;
  PieceCounter counter(tokenizer, options);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', std::min(at + block, text.size() - 1));
    end = end == std::string::npos ? text.size() : end + 1;
    counter.add_lines(std::string_view(text).substr(at, end - at), 1, control);
    at = end;
  }
  const Counts out = counts_of(counter.finish(control));
  if (spilled != nullptr) *spilled = counter.stats().spilled_runs;
  return out;
}

}  // namespace

TEST("train count: the fast ways give the pieces of the general way") {
  const std::string pipelines[][2] = {
      {"null", R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true})"},
      {"null", R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true})"},
      {R"({"type":"NFC"})", R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true})"},
      {R"({"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true})",
       R"({"type":"BertPreTokenizer"})"},
      {"null", R"({"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":true})"},
      {R"({"type":"Sequence","normalizers":[{"type":"Strip","strip_left":true,"strip_right":true},{"type":"NFKC"},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]})",
       R"({"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true})"},
  };
  const std::string text = random_text(3, 4000);
  for (const auto& [normalizer, pre_tokenizer] : pipelines) {
    const auto tokenizer = pipeline(normalizer, pre_tokenizer);
    Counts expected;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = text.find('\n', at);
      end = end == std::string::npos ? text.size() : end + 1;
      AlignedText aligned(std::string_view(text).substr(at, end - at));
      if (tokenizer->parts().normalizer) tokenizer->parts().normalizer->normalize(aligned);
      std::vector<Piece> pieces;
      pieces.push_back({std::move(aligned), false, 0});
      tokenizer->parts().pre_tokenizer->pre_tokenize(pieces);
      for (const Piece& piece : pieces) {
        if (!piece.text.empty()) ++expected[std::string(piece.text.normalized())];
      }
      at = end;
    }
    PieceCounter counter(tokenizer, {});
    Counts found = count(tokenizer, text, {}, 1 << 20);
    if (counter.raw_bytes()) {
      Counts characters;
      for (const auto& [word, n] : found) {
        std::string spelled;
        for (const char byte : word) utf8::append(spelled, byte_to_char(static_cast<unsigned char>(byte)));
        characters[spelled] += n;
      }
      found = characters;
    }
    CHECK(found == expected);
  }
}

TEST("train count: threads, blocks and a budget that spills change nothing") {
  const auto bytes =
      pipeline("null", R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true})");
  const auto spaces = pipeline("null", R"({"type":"WhitespaceSplit"})");
  std::string text;
  std::mt19937 random(5);
  for (int i = 0; i < 60000; ++i) text += std::to_string(random() % 1000000) + (i % 50 == 0 ? "\n" : " x");
  for (const auto& tokenizer : {bytes, spaces}) {
    const Counts expected = count(tokenizer, text, {}, 1 << 24);
    for (const unsigned threads : {1u, 2u, 5u}) {
      const TemporaryFolder folder;
      CountOptions options;
      options.threads = threads;
      options.memory_budget = 1 << 20;
      options.folder = folder.path.string();
      std::uint64_t spilled = 0;
      CHECK(count(tokenizer, text, options, 1 << 14, &spilled) == expected);
      CHECK(spilled > 0);
      CHECK(std::filesystem::is_empty(folder.path));
    }
  }
}

TEST("train count: a budget that does not do, without a folder, is an error") {
  CountOptions options;
  options.threads = 1;
  options.memory_budget = 1 << 18;
  std::string text;
  for (int i = 0; i < 60000; ++i) text += " " + std::to_string(i * 7919);
  Control control;
  PieceCounter counter(pipeline("null", R"({"type":"WhitespaceSplit"})"), options);
  bool refused = false;
  try {
    for (int i = 0; i < 4; ++i) counter.add_lines(text, 1, control);
  } catch (const Error& error) {
    refused = error.kind() == ErrorKind::limit;
  }
  CHECK(refused);
}

TEST("train count: saved words come back, a damaged file does not") {
  const TemporaryFolder folder;
  const std::string path = (folder.path / "words.run").string();
  WordCounts words;
  words.add("a", 1);
  words.add(std::string(70000, 'b'), 1ull << 40);
  words.add(std::string("\0\xFF", 2), 3);
  save_words(words, path);
  CHECK(counts_of(load_words(path)) == counts_of(words));
  std::string bytes;
  {
    std::ifstream in(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (const std::size_t size : {bytes.size() / 2, bytes.size() - 1, std::size_t{0}}) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(size));
    bool refused = false;
    try {
      load_words(path);
    } catch (const Error&) {
      refused = true;
    }
    CHECK(refused);
  }
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bool refused = false;
  try {
    load_words(path);
  } catch (const Error&) {
    refused = true;
  }
  CHECK(refused);
}

TEST("train count: runs that cannot be written name the file") {
  Control control;
  CountTable table;
  table.add("word", 1);
  bool refused = false;
  try {
    write_run(table, "/nonexistent-folder/x.run", control);
  } catch (const Error& error) {
    refused =
        error.kind() == ErrorKind::io && std::string(error.what()).find("/nonexistent-folder") != std::string::npos;
  }
  CHECK(refused);
}

TEST("train count: lines and the empty ones among them") {
  const auto found = [](std::string_view block, std::uint64_t lines, std::uint64_t empty) {
    const LineCounts counts = count_lines(block);
    return counts.lines == lines && counts.empty == empty;
  };
  CHECK(found("", 0, 0));
  CHECK(found("a\nb", 2, 0));
  CHECK(found("\n\n\r\n a\r\n\n", 5, 4));
}
