// vocab.json + merges.txt of GPT-2 and RoBERTa: byte-level BPE.
#include "components.hpp"
#include "merge_lines.hpp"
#include "tokenspace/bpe.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/json.hpp"

namespace tokenspace {

std::shared_ptr<const Tokenizer> read_vocab_merges(std::string vocab_json, std::string_view merges, std::string name,
                                                   const ByteLevelOptions& options) {
  const JsonDocument document = JsonDocument::parse(std::move(vocab_json), name);
  const Json root = document.root();
  if (!root.is_object()) {
    fail(ErrorKind::format, "read " + name, "vocab.json with an object of tokens and ids",
         std::string(root.source().substr(0, 40)));
  }
  Vocab vocab;
  vocab.reserve(root.size(), root.size() * 8);
  for (auto it = root.begin(); it; it.next()) vocab.add(it.key(), it.value().as_u32());
  vocab.finish();
  MergeTable table = Bpe::merge_table(vocab, read_merge_lines(merges, name), "", name);

  BpeOptions bpe;
  bpe.continuing_subword_prefix = "";
  bpe.end_of_word_suffix = "";
  TokenizerParts parts;
  parts.format = "vocab.json";
  const std::string prefix = options.add_prefix_space ? "true" : "false";
  parts.pre_tokenizer = pre_tokenizer_of(R"({"type":"ByteLevel","add_prefix_space":)" + prefix +
                                         R"(,"trim_offsets":true,"use_regex":true})");
  parts.post_processor =
      post_processor_of(R"({"type":"ByteLevel","add_prefix_space":)" + prefix + R"(,"trim_offsets":)" +
                        (options.trim_offsets ? "true" : "false") + R"(,"use_regex":true})");
  parts.decoder = decoder_of(std::string(kByteLevelDecoder));
  parts.model = std::make_shared<const Bpe>(std::move(vocab), std::move(table), std::move(bpe));
  std::vector<AddedTokens::Entry> entries;
  for (const AddedToken& token : options.special) entries.push_back({token, std::nullopt});
  parts.added = AddedTokens(std::move(entries), *parts.model, nullptr);
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace tokenspace
