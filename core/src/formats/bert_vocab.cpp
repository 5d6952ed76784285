// vocab.txt of BERT: one token a line, its id is the line's number from 0 (transformers 5, BertTokenizer).
#include "components.hpp"
#include "text_lines.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/wordpiece.hpp"

namespace tokenspace {
namespace {

const char* boolean(bool value) {
  return value ? "true" : "false";
}

std::string template_json(const std::string& cls, std::uint32_t cls_id, const std::string& sep, std::uint32_t sep_id) {
  std::string c, s;
  append_json_string(c, cls);
  append_json_string(s, sep);
  const auto token = [](const std::string& text, int type) {
    return R"({"SpecialToken":{"id":)" + text + R"(,"type_id":)" + std::to_string(type) + "}}";
  };
  const auto group = [](const std::string& text, std::uint32_t id) {
    return text + R"(:{"id":)" + text + R"(,"ids":[)" + std::to_string(id) + R"(],"tokens":[)" + text + "]}";
  };
  const std::string first = token(c, 0) + R"(,{"Sequence":{"id":"A","type_id":0}},)" + token(s, 0);
  std::string groups = group(c, cls_id);
  if (s != c) groups += "," + group(s, sep_id);
  return R"({"type":"TemplateProcessing","single":[)" + first + R"(],"pair":[)" + first +
         R"(,{"Sequence":{"id":"B","type_id":1}},)" + token(s, 1) + R"(],"special_tokens":{)" + groups + "}}";
}

}  // namespace

std::shared_ptr<const Tokenizer> read_bert_vocab(std::string_view text, std::string name, const BertOptions& options) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  require_utf8(text, name);
  Vocab vocab;
  Lines lines(text);
  while (lines.next()) {
    // An empty line takes its id but can never be matched.
    if (!lines.line().empty()) vocab.add(lines.line(), static_cast<std::uint32_t>(lines.number() - 1));
  }
  vocab.finish();
  if (!vocab.find(options.unk)) {
    fail(ErrorKind::format, "read " + name, "a vocabulary with the unknown token " + options.unk,
         std::to_string(vocab.size()) + " lines without it",
         "the vocabulary of a WordPiece tokenizer, or unk= with the name it has there");
  }

  TokenizerParts parts;
  parts.format = "vocab.txt";
  const std::string accents = options.strip_accents ? boolean(*options.strip_accents) : "null";
  parts.normalizer =
      normalizer_of(std::string(R"({"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":)") +
                    boolean(options.tokenize_chinese_chars) + R"(,"strip_accents":)" + accents + R"(,"lowercase":)" +
                    boolean(options.lowercase) + "}");
  parts.pre_tokenizer = pre_tokenizer_of(R"({"type":"BertPreTokenizer"})");
  parts.decoder = decoder_of(R"({"type":"WordPiece","prefix":"##","cleanup":true})");
  parts.model = std::make_shared<const WordPiece>(std::move(vocab), options.unk, "##", 100);
  std::vector<AddedTokens::Entry> entries;
  for (const std::string& token : {options.unk, options.sep, options.pad, options.cls, options.mask}) {
    entries.push_back({special_token(token), std::nullopt});
  }
  parts.added = AddedTokens(std::move(entries), *parts.model, parts.normalizer.get());
  const auto cls = parts.added.token_to_id(options.cls);
  const auto sep = parts.added.token_to_id(options.sep);
  if (cls && sep) parts.post_processor = post_processor_of(template_json(options.cls, *cls, options.sep, *sep));
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace tokenspace
