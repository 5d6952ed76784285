#include "tokenspace/tokenizer_json.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "components.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/rank_bpe.hpp"

namespace tokenspace {
namespace {

constexpr std::string_view kVersion = "1.0";

// Says which key of the file a component's error came from; components know only the value.
template <class Read>
auto read_part(std::string_view key, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    throw Error(error.kind(), std::string(error.what()) + " (in \"" + std::string(key) + "\")");
  }
}

// Every component keeps the text it is written as; one that has none belongs to another format.
template <class Part>
void append_part(std::string& out, std::string_view key, const Part* part) {
  out.append(",\"").append(key).append("\":");
  if (part == nullptr) {
    out.append("null");
    return;
  }
  if (part->json().empty()) {
    fail(ErrorKind::unsupported, "write tokenizer.json", "components that tokenizer.json can state",
         "a " + std::string(key) + " of another format", "saving in the format the tokenizer was read from");
  }
  out.append(part->json());
}

// Added tokens that a reader would give other ids: it numbers them itself, from the end of the model's vocabulary on,
// unless the model holds them. Formats that state the ids (.tiktoken, tekken) may leave a gap before or between them.
// One that is misplaced moves those behind it, so then it is all of them.
std::vector<Vocab::Named> renumbered(const TokenizerParts& parts) {
  std::vector<Vocab::Named> outside;
  bool moved = false;
  std::uint64_t next = parts.model->vocab_size();
  for (const auto& [id, token] : parts.added.sorted_by_id()) {
    if (parts.model->token_to_id(token.content)) continue;
    moved = moved || id != next++;
    outside.emplace_back(id, token.content);
  }
  if (!moved) outside.clear();
  return outside;
}

std::string model_json(const TokenizerParts& parts) {
  const auto* ranks = dynamic_cast<const RankBpe*>(parts.model.get());
  return ranks != nullptr ? ranks->to_json(renumbered(parts)) : parts.model->to_json();
}

}  // namespace

std::shared_ptr<const Tokenizer> read_tokenizer_json(std::string text, std::string name) {
  const JsonDocument document = JsonDocument::parse(std::move(text), std::move(name));
  const Json root = document.root();
  const std::string operation = "read " + root.document_name();
  if (!root.is_object()) {
    fail(ErrorKind::format, operation, "a tokenizer.json object", std::string(root.source().substr(0, 40)));
  }
  // A file without "version" is read, as in the reference; unknown keys are passed over.
  if (const Json version = root.find("version"); version.present() && version.as_string() != kVersion) {
    fail(ErrorKind::format, operation, "tokenizer.json version \"1.0\"",
         "version \"" + std::string(version.as_string()) + '"');
  }
  TokenizerParts parts;
  parts.format = "tokenizer.json";
  parts.truncation = read_part("truncation", [&] { return truncation_from_json(root.find("truncation")); });
  parts.padding = read_part("padding", [&] { return padding_from_json(root.find("padding")); });
  parts.normalizer = read_part("normalizer", [&] { return normalizer_from_json(root.find("normalizer")); });
  parts.pre_tokenizer = read_part("pre_tokenizer", [&] { return pre_tokenizer_from_json(root.find("pre_tokenizer")); });
  parts.post_processor =
      read_part("post_processor", [&] { return post_processor_from_json(root.find("post_processor")); });
  parts.decoder = read_part("decoder", [&] { return decoder_from_json(root.find("decoder")); });
  parts.model = read_part("model", [&] { return model_from_json(root.at("model")); });
  parts.added = read_part("added_tokens", [&] {
    return AddedTokens(added_tokens_from_json(root.find("added_tokens")), *parts.model, parts.normalizer.get());
  });
  return std::make_shared<const Tokenizer>(std::move(parts));
}

std::string write_tokenizer_json(const Tokenizer& tokenizer) {
  const TokenizerParts& parts = tokenizer.parts();
  std::string out = "{\"version\":\"1.0\",\"truncation\":";
  out.append(to_json(parts.truncation)).append(",\"padding\":").append(to_json(parts.padding));
  out.append(",\"added_tokens\":").append(parts.added.json());
  append_part(out, "normalizer", parts.normalizer.get());
  if (rank_split_pattern(parts.pre_tokenizer.get()) != nullptr) {
    // Models by rank take raw bytes; their merge list is over the printable alphabet, which ByteLevel produces.
    out.append(R"(,"pre_tokenizer":{"type":"Sequence","pretokenizers":[)").append(parts.pre_tokenizer->json());
    out.append(R"(,{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]})");
  } else {
    append_part(out, "pre_tokenizer", parts.pre_tokenizer.get());
  }
  append_part(out, "post_processor", parts.post_processor.get());
  append_part(out, "decoder", parts.decoder.get());
  out.append(",\"model\":").append(model_json(parts)).push_back('}');
  return out;
}

}  // namespace tokenspace
