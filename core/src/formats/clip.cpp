// bpe_simple_vocab_16e6.txt of OpenAI's CLIP: a merge list from which the vocabulary follows, with the pipeline of
// transformers 5's CLIPTokenizer.
#include <algorithm>

#include "components.hpp"
#include "merge_lines.hpp"
#include "text_lines.hpp"
#include "tokenspace/bpe.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/json.hpp"

namespace tokenspace {
namespace {

// How many merges of the file CLIP takes (simple_tokenizer.py); with 512 byte tokens and two special ones: 49408 ids.
constexpr std::size_t kMerges = 49152 - 256 - 2;
constexpr const char* kStart = "<|startoftext|>";
constexpr const char* kEnd = "<|endoftext|>";
constexpr std::string_view kPattern =
    R"(<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)";

std::string pre_tokenizer_json() {
  std::string out = R"({"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":)";
  append_json_string(out, kPattern);
  return out + R"(},"behavior":"Removed","invert":true},)"
               R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]})";
}

// transformers replaces the word ends by spaces and strips behind the decoder; here the decoder does. Python's strip()
// takes Unicode's white space and the four separators U+001C to U+001F.
std::string decoder_json() {
  std::string out = R"({"type":"Sequence","decoders":[)" + std::string(kByteLevelDecoder) +
                    R"(,{"type":"Replace","pattern":{"String":"</w>"},"content":" "})";
  for (const std::string_view end : {R"(\A[\s\x1C-\x1F]+)", R"([\s\x1C-\x1F]+\z)"}) {
    out += R"(,{"type":"Replace","pattern":{"Regex":)";
    append_json_string(out, end);
    out += R"(},"content":""})";
  }
  return out + "]}";
}

// The 256 byte characters in the order CLIP numbers them: printable bytes as they are, then the others.
std::vector<std::string> byte_characters() {
  std::vector<std::string> printable, others;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    std::string shown = bytes_to_chars(std::string_view(&c, 1));
    (byte_to_char(static_cast<unsigned char>(byte)) == byte ? printable : others).push_back(std::move(shown));
  }
  printable.insert(printable.end(), others.begin(), others.end());
  return printable;
}

}  // namespace

std::shared_ptr<const Tokenizer> read_clip(std::string_view bpe_text, std::string name) {
  // The first line is a header: "bpe_simple_vocab_16e6.txt#version: 0.2.
  const std::size_t header = bpe_text.find('\n');
  if (header == std::string_view::npos || bpe_text.substr(0, header).find("#version") == std::string_view::npos) {
    fail(ErrorKind::format, "read " + name, "a first line with #version",
         excerpt(bpe_text.substr(0, std::min<std::size_t>(header, 80))), "the decompressed bpe_simple_vocab_16e6.txt");
  }
  std::string_view body = bpe_text.substr(header + 1);
  std::size_t end = 0;
  for (std::size_t count = 0; count < kMerges && end < body.size(); ++count) {
    end = std::min(body.find('\n', end), body.size() - 1) + 1;
  }
  body = body.substr(0, end);
  const MergePairs merges = read_merge_lines(body, name);

  Vocab vocab;
  vocab.reserve(merges.size() + 514, merges.size() * 10);
  std::uint32_t next = 0;
  const std::vector<std::string> characters = byte_characters();
  for (const std::string& character : characters) vocab.add(character, next++);
  for (const std::string& character : characters) vocab.add(character + "</w>", next++);
  for (const auto& [left, right] : merges) vocab.add(std::string(left).append(right), next++);
  const std::uint32_t start_id = next++;
  const std::uint32_t end_id = next++;
  vocab.add(kStart, start_id);
  vocab.add(kEnd, end_id);
  vocab.finish();
  MergeTable table = Bpe::merge_table(vocab, merges, "", name);

  BpeOptions options;
  options.unk_token = kEnd;
  options.continuing_subword_prefix = "";
  options.end_of_word_suffix = "</w>";
  TokenizerParts parts;
  parts.format = "clip";
  parts.normalizer = normalizer_of(
      R"({"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "},)"
      R"({"type":"Lowercase"}]})");
  parts.pre_tokenizer = pre_tokenizer_of(pre_tokenizer_json());
  parts.post_processor =
      post_processor_of(R"({"type":"RobertaProcessing","sep":["<|endoftext|>",)" + std::to_string(end_id) +
                        R"(],"cls":["<|startoftext|>",)" + std::to_string(start_id) +
                        R"(],"trim_offsets":false,"add_prefix_space":false})");
  parts.decoder = decoder_of(decoder_json());
  parts.model = std::make_shared<const Bpe>(std::move(vocab), std::move(table), std::move(options));
  parts.added = AddedTokens({{special_token(kStart), std::nullopt}, {special_token(kEnd), std::nullopt}}, *parts.model,
                            parts.normalizer.get());
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace tokenspace
