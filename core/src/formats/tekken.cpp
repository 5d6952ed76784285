// tekken.json of Mistral (mistral-common 1.8): byte-level BPE by rank behind a block of special tokens.
#include <string>
#include <unordered_set>

#include "base64.hpp"
#include "components.hpp"
#include "text_lines.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/rank_bpe.hpp"

namespace tokenspace {
namespace {

constexpr std::uint32_t kMaxSpecial = 1u << 20;

// Of files up to version v7 that list none.
constexpr std::string_view kOldSpecial[] = {"<unk>",
                                            "<s>",
                                            "</s>",
                                            "[INST]",
                                            "[/INST]",
                                            "[AVAILABLE_TOOLS]",
                                            "[/AVAILABLE_TOOLS]",
                                            "[TOOL_RESULTS]",
                                            "[/TOOL_RESULTS]",
                                            "[TOOL_CALLS]",
                                            "[IMG]",
                                            "<pad>",
                                            "[IMG_BREAK]",
                                            "[IMG_END]",
                                            "[PREFIX]",
                                            "[MIDDLE]",
                                            "[SUFFIX]",
                                            "[SYSTEM_PROMPT]",
                                            "[/SYSTEM_PROMPT]",
                                            "[TOOL_CONTENT]"};

std::string place(Json value) {
  return " (byte " + std::to_string(value.position()) + ")";
}

// Contents by id; missing ones are <SPECIAL_id>, as the reference fills them.
std::vector<std::string> read_special(Json root, std::uint32_t count, const std::string& operation) {
  std::vector<std::string> contents(count);
  const Json list = root.find("special_tokens");
  std::uint32_t listed = 0;
  if (list.has_value()) {
    for (auto it = list.begin(); it; it.next()) {
      const std::uint32_t rank = it.value().at("rank").as_u32();
      if (rank >= count || !contents[rank].empty()) {
        fail(ErrorKind::format, operation, "special tokens with distinct ranks below " + std::to_string(count),
             "rank " + std::to_string(rank) + place(it.value()));
      }
      contents[rank] = it.value().at("token_str").as_string();
    }
  } else {
    for (const std::string_view content : kOldSpecial) {
      if (listed < count) contents[listed++] = content;
    }
  }
  std::unordered_set<std::string> seen;
  for (std::uint32_t id = 0; id < count; ++id) {
    if (contents[id].empty()) contents[id] = "<SPECIAL_" + std::to_string(id) + ">";
    if (!seen.insert(contents[id]).second) {
      fail(ErrorKind::format, operation, "distinct special tokens", contents[id] + " twice");
    }
  }
  return contents;
}

}  // namespace

std::shared_ptr<const Tokenizer> read_tekken(std::string text, std::string name) {
  const std::string operation = "read " + name;
  const JsonDocument document = JsonDocument::parse(std::move(text), name);
  const Json root = document.root();
  if (!root.is_object()) {
    fail(ErrorKind::format, operation, "a tekken.json object", std::string(root.source().substr(0, 40)));
  }
  const Json config = root.at("config");
  const Json vocab = root.at("vocab");
  const std::uint32_t special = config.at("default_num_special_tokens").as_u32();
  const std::uint32_t total = config.at("default_vocab_size").as_u32();
  if (special > kMaxSpecial || total < special || total - special > vocab.size()) {
    fail(ErrorKind::format, operation, "default_vocab_size of at most the entries plus default_num_special_tokens",
         std::to_string(total) + " with " + std::to_string(vocab.size()) + " entries and " + std::to_string(special) +
             " special tokens");
  }
  // Ids are rank + number of special tokens: holes in front keep the order and give the ids.
  std::vector<std::string> by_id(total);
  std::unordered_set<std::string> seen;
  std::uint32_t rank = 0;
  for (auto it = vocab.begin(); it && rank < total - special; it.next(), ++rank) {
    const Json entry = it.value();
    if (entry.at("rank").as_u32() != rank) {
      fail(ErrorKind::format, operation, "entry " + std::to_string(rank) + " with that rank",
           "rank " + std::to_string(entry.at("rank").as_u32()) + place(entry));
    }
    auto token = base64_decode(entry.at("token_bytes").as_string());
    if (!token || token->empty()) {
      fail(ErrorKind::format, operation, "base64 of a token",
           excerpt(entry.at("token_bytes").as_string()) + place(entry));
    }
    if (!seen.insert(*token).second) {
      fail(ErrorKind::format, operation, "each token once", "rank " + std::to_string(rank) + " again" + place(entry));
    }
    by_id[special + rank] = std::move(*token);
  }

  std::vector<AddedTokens::Entry> entries;
  std::uint32_t id = 0;
  for (std::string& content : read_special(root, special, operation)) {
    entries.push_back({special_token(std::move(content)), id++});
  }
  TokenizerParts parts;
  parts.format = "tekken";
  parts.default_special =
      SpecialPolicy::as_text;  // the reference encodes text only; control ids are put in by the caller
  parts.pre_tokenizer = make_rank_split(std::string(config.at("pattern").as_string()));
  parts.decoder = decoder_of(std::string(kByteLevelDecoder));
  parts.model = make_rank_bpe(std::move(by_id));
  parts.added = AddedTokens(std::move(entries), *parts.model, nullptr);
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace tokenspace
