// Small tokenizers, one for every shape of configuration that a fast engine takes, built here from nothing.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../src/formats/base64.hpp"
#include "patterns.hpp"
#include "small_charsmap.hpp"
#include "small_vocabulary.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/tokenizer.hpp"

namespace fuzz {

struct EngineCase {
  std::string name;
  std::shared_ptr<const tokenspace::Tokenizer> tokenizer;
  bool lossless = false;  // decode_bytes(encode(text)) == text
};

// Adds a case and makes sure that it has its engine: a case must never become the general path unnoticed.
inline void add_case(std::vector<EngineCase>& cases, std::string name, std::string_view engine,
                     std::shared_ptr<const tokenspace::Tokenizer> tokenizer, bool lossless = false) {
  if (tokenizer->engine() != engine) {
    std::fprintf(stderr, "%s: engine %s, expected %s\n", name.c_str(), std::string(tokenizer->engine()).c_str(),
                 std::string(engine).c_str());
    std::abort();
  }
  cases.push_back({std::move(name), std::move(tokenizer), lossless});
}

inline std::string added_json(std::uint32_t id, std::string_view content, bool special, bool normalized,
                              std::string_view flags = {}) {
  const auto flag = [&](char c) { return flags.find(c) != std::string_view::npos ? "true" : "false"; };
  return "{\"id\":" + std::to_string(id) + ",\"content\":" + quoted(content) +
         ",\"special\":" + (special ? "true" : "false") + ",\"normalized\":" + (normalized ? "true" : "false") +
         ",\"lstrip\":" + flag('l') + ",\"rstrip\":" + flag('r') + ",\"single_word\":" + flag('w') + "}";
}

// The parts of a tokenizer.json as JSON; empty: null.
struct Document {
  std::string added, normalizer, pre_tokenizer, post_processor, decoder, model;

  std::shared_ptr<const tokenspace::Tokenizer> read(const std::string& name) const {
    const auto or_null = [](const std::string& part) { return part.empty() ? std::string("null") : part; };
    return tokenspace::read_tokenizer_json(
        "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[" + added +
            "],\"normalizer\":" + or_null(normalizer) + ",\"pre_tokenizer\":" + or_null(pre_tokenizer) +
            ",\"post_processor\":" + or_null(post_processor) + ",\"decoder\":" + or_null(decoder) +
            ",\"model\":" + model + "}",
        name);
  }
};

inline std::string template_json(std::uint32_t id, std::string_view token) {
  const std::string name = quoted(token);
  return R"({"type":"TemplateProcessing","single":[{"SpecialToken":{"id":)" + name +
         R"(,"type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{)" +
         name + R"(:{"id":)" + name + R"(,"ids":[)" + std::to_string(id) + R"(],"tokens":[)" + name + "]}}}";
}

inline std::string sequence_json(std::string_view list, const std::vector<std::string>& steps) {
  std::string out = "{\"type\":\"Sequence\",\"" + std::string(list) + "\":[";
  for (std::size_t i = 0; i < steps.size(); ++i) out += (i > 0 ? "," : "") + steps[i];
  return out + "]}";
}

inline void add_byte_level_cases(std::vector<EngineCase>& cases) {
  std::vector<std::string> favourites;
  for (const std::string& letter : favourite_letters(" ")) {
    for (const char byte : letter) favourites.emplace_back(1, byte);
  }
  const SmallVocabulary vocabulary = grow(all_bytes(), 400, 7, favourites);
  const auto end = static_cast<std::uint32_t>(vocabulary.tokens.size());
  const auto show = [](const std::string& token) { return tokenspace::bytes_to_chars(token); };
  const std::string body =
      ",\"vocab\":" + vocab_json(vocabulary.tokens, show) + ",\"merges\":" + merges_json(vocabulary, show) + "}";
  const std::string bpe = R"({"type":"BPE")" + body;
  const std::string ignoring = R"({"type":"BPE","ignore_merges":true)" + body;
  const std::string decoder = R"({"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true})";
  const auto byte_level = [](bool prefix, bool regex, bool trim = false) {
    return std::string(R"({"type":"ByteLevel","add_prefix_space":)") + (prefix ? "true" : "false") +
           R"(,"trim_offsets":)" + (trim ? "true" : "false") + R"(,"use_regex":)" + (regex ? "true" : "false") + "}";
  };
  const auto split = [](std::string_view pattern) {
    return R"({"type":"Split","behavior":"Isolated","invert":false,"pattern":{"Regex":)" + quoted(pattern) + "}}";
  };
  const std::string special = added_json(end, "<|end|>", true, false);
  const auto name_of = [](std::string_view pattern) {
    for (const NamedPattern& named : kPatterns) {
      if (named.name == pattern) return named.pattern;
    }
    std::abort();
  };

  add_case(cases, "gpt2", "byte-level",
           Document{special, "", byte_level(false, true), byte_level(true, true), decoder, bpe}.read("gpt2"), true);
  add_case(cases, "roberta", "byte-level",
           Document{special + "," + added_json(end + 1, "<s>", true, false) + "," +
                        added_json(end + 2, "[MASK]", true, false, "l"),
                    "", byte_level(true, true),
                    R"({"type":"RobertaProcessing","sep":["<|end|>",)" + std::to_string(end) + R"(],"cls":["<s>",)" +
                        std::to_string(end + 1) + R"(],"trim_offsets":true,"add_prefix_space":true})",
                    decoder, bpe}
               .read("roberta"));
  add_case(cases, "normalized added tokens", "byte-level",
           Document{special + "," + added_json(end + 1, "ab", false, true, "w") + "," +
                        added_json(end + 2, "[MASK]", false, true, "lr"),
                    "", byte_level(false, true), byte_level(true, true, true), decoder, bpe}
               .read("normalized added"));
  for (const std::string_view pattern :
       {"cl100k", "llama3", "qwen2", "qwen35", "nanochat", "o200k", "tekken", "kimi", "clip"}) {
    const bool nfc = pattern.starts_with("qwen");
    const std::string pre = sequence_json("pretokenizers", {split(name_of(pattern)), byte_level(false, false)});
    add_case(cases, std::string(pattern), "byte-level",
             Document{special, nfc ? R"({"type":"NFC"})" : "", pre, template_json(end, "<|end|>"), decoder,
                      pattern == "llama3" ? ignoring : bpe}
                 .read(std::string(pattern)));
  }
  add_case(cases, "deepseek", "byte-level",
           Document{special, "",
                    sequence_json("pretokenizers", {split(name_of("deepseek digits")), split(name_of("deepseek cjk")),
                                                    split(name_of("deepseek words")), byte_level(false, false)}),
                    byte_level(true, false), decoder, bpe}
               .read("deepseek"),
           true);
  add_case(cases, "starcoder", "byte-level",
           Document{special, "",
                    sequence_json("pretokenizers",
                                  {R"({"type":"Digits","individual_digits":true})", byte_level(false, true)}),
                    byte_level(true, true), decoder, bpe}
               .read("starcoder"),
           true);
  add_case(cases, "any regex", "byte-level",
           Document{special, "",
                    sequence_json("pretokenizers", {split(R"([^\s]+(?=\s)|\s{1,2}|.)"), byte_level(false, false)}),
                    byte_level(true, false), decoder, bpe}
               .read("any regex"),
           true);

  std::string ranks;
  for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
    ranks += tokenspace::base64_encode(vocabulary.tokens[i]) + " " + std::to_string(i) + "\n";
  }
  for (const std::string_view pattern : {"r50k", "cl100k", "o200k", "kimi", "qwen2"}) {
    add_case(cases, "ranks " + std::string(pattern), "byte-level",
             tokenspace::read_tiktoken(ranks, "ranks", std::string(name_of(pattern)),
                                       {{"<|end|>", end + 3}, {"<s>", end + 1}}),
             true);
  }
  add_case(cases, "ranks any regex", "general", tokenspace::read_tiktoken(ranks, "ranks", R"(\w+|[^\w]|\s+$)", {}),
           true);
}

inline void add_space_unit_cases(std::vector<EngineCase>& cases) {
  const auto same = [](const std::string& token) { return token; };
  constexpr std::string_view kMark = "\xE2\x96\x81";

  // WordPiece: letters, both as beginnings and as continuations.
  std::vector<std::string> pieces = {"[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  const SmallVocabulary words = grow(letters("a"), 200, 11, favourite_letters("a"));
  for (const std::string& token : words.tokens) {
    if (token == "a" && pieces.size() > 5) continue;
    pieces.push_back(token);
  }
  const std::size_t plain = pieces.size();
  for (std::size_t i = 4; i < plain; ++i) pieces.push_back("##" + pieces[i]);
  const std::string wordpiece =
      R"({"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":20,"vocab":)" +
      vocab_json(pieces, same) + "}";
  const std::string bert_added = added_json(1, "[CLS]", true, false) + "," + added_json(2, "[SEP]", true, false) + "," +
                                 added_json(3, "[MASK]", true, false, "l");
  const std::string bert_post = R"({"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]})";
  const auto bert_normalizer = [](std::string_view chinese, std::string_view accents, std::string_view lower) {
    return R"({"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":)" + std::string(chinese) +
           R"(,"strip_accents":)" + std::string(accents) + R"(,"lowercase":)" + std::string(lower) + "}";
  };
  const std::string bert_pre = R"({"type":"BertPreTokenizer"})";
  const std::string bert_decoder = R"({"type":"WordPiece","prefix":"##","cleanup":true})";
  add_case(
      cases, "bert uncased", "space-unit",
      Document{bert_added, bert_normalizer("true", "null", "true"), bert_pre, bert_post, bert_decoder, wordpiece}.read(
          "bert"));
  add_case(cases, "bert cased", "space-unit",
           Document{bert_added, bert_normalizer("true", "false", "false"), bert_pre, bert_post, bert_decoder, wordpiece}
               .read("bert"));
  add_case(cases, "bert without ideographs", "space-unit",
           Document{bert_added, bert_normalizer("false", "true", "false"), bert_pre, bert_post, bert_decoder, wordpiece}
               .read("bert"));
  add_case(cases, "wordpiece, nfd, normalized mask", "space-unit",
           Document{added_json(3, "[MASK]", true, true, "l"),
                    sequence_json("normalizers",
                                  {R"({"type":"Strip","strip_left":true,"strip_right":true})", R"({"type":"NFD"})",
                                   R"({"type":"Lowercase"})", R"({"type":"StripAccents"})"}),
                    R"({"type":"Whitespace"})", template_json(1, "[CLS]"), bert_decoder, wordpiece}
               .read("nfd"));
  add_case(cases, "word level", "space-unit",
           Document{"", R"({"type":"NFKC"})", R"({"type":"WhitespaceSplit"})", "", "",
                    R"({"type":"WordLevel","unk_token":"[UNK]","vocab":)" + vocab_json(pieces, same) + "}"}
               .read("word level"));
  add_case(cases, "word level, punctuation, digits", "space-unit",
           Document{"", R"({"type":"Nmt"})",
                    sequence_json("pretokenizers",
                                  {R"({"type":"WhitespaceSplit"})", R"({"type":"Punctuation","behavior":"Isolated"})",
                                   R"({"type":"Digits","individual_digits":false})"}),
                    "", "", R"({"type":"WordLevel","unk_token":"[UNK]","vocab":)" + vocab_json(pieces, same) + "}"}
               .read("word level"));

  // BPE over words with an end-of-word suffix.
  SmallVocabulary ends = grow(letters("a"), 250, 13, favourite_letters("a"));
  std::vector<std::string> with_ends = {"<unk>"};
  for (std::size_t i = 1; i < ends.tokens.size(); ++i) with_ends.push_back(ends.tokens[i]);
  if (ends.tokens[0] != "a") std::abort();
  for (const std::string& letter : letters("b")) with_ends.push_back(letter + "</w>");
  with_ends.push_back("ab</w>");
  ends.merges.insert(ends.merges.begin() + 3, {"a", "b</w>"});
  {
    std::vector<std::string> unique;
    std::set<std::string> seen;
    for (const std::string& token : with_ends) {
      if (seen.insert(token).second) unique.push_back(token);
    }
    with_ends = unique;
  }
  add_case(cases, "bpe with suffix", "space-unit",
           Document{"", R"({"type":"Lowercase"})", R"({"type":"Whitespace"})", "",
                    R"({"type":"BPEDecoder","suffix":"</w>"})",
                    R"({"type":"BPE","unk_token":"<unk>","end_of_word_suffix":"</w>","vocab":)" +
                        vocab_json(with_ends, same) + ",\"merges\":" + merges_json(ends, same) + "}"}
               .read("suffix"));

  // Over U+2581: Llama's ways, with byte fallback and with unknown tokens.
  std::vector<std::string> alphabet = {"<unk>", "<s>"};
  for (const std::string& letter : letters(kMark)) alphabet.push_back(letter);
  const SmallVocabulary unknown = grow(alphabet, 300, 17, favourite_letters(kMark));
  for (const std::string& token : byte_tokens()) alphabet.push_back(token);
  const SmallVocabulary falling = grow(alphabet, 300, 19, favourite_letters(kMark));
  const auto marked = [&](const SmallVocabulary& vocabulary, std::string_view options) {
    return R"({"type":"BPE","unk_token":"<unk>",)" + std::string(options) + R"("vocab":)" +
           vocab_json(vocabulary.tokens, same) + ",\"merges\":" + merges_json(vocabulary, same) + "}";
  };
  const std::string fallback = marked(falling, R"("byte_fallback":true,"fuse_unk":true,)");
  const std::string fused = marked(unknown, R"("fuse_unk":true,)");
  const std::string single = marked(unknown, R"("fuse_unk":false,)");
  const std::string start = added_json(1, "<s>", true, false);
  const std::string llama_normalizer = sequence_json(
      "normalizers",
      {R"({"type":"Prepend","prepend":"▁"})", R"({"type":"Replace","pattern":{"String":" "},"content":"▁"})"});
  const auto metaspace = [](std::string_view scheme, bool splits) {
    return R"({"type":"Metaspace","replacement":"▁","prepend_scheme":)" + quoted(scheme) + R"(,"split":)" +
           (splits ? "true}" : "false}");
  };
  for (const auto& [name, model] : {std::pair("fallback", fallback), {"fused", fused}, {"single", single}}) {
    const std::string label = std::string("llama ") + name;
    add_case(cases, label, "space-unit",
             Document{start, llama_normalizer, "", template_json(1, "<s>"), "", model}.read(label));
    for (const std::string_view scheme : {"always", "first", "never"}) {
      for (const bool splits : {true, false}) {
        add_case(cases, "metaspace " + std::string(scheme) + (splits ? " " : " unsplit ") + name, "space-unit",
                 Document{start, "", metaspace(scheme, splits), "",
                          R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"always"})", model}
                     .read(label));
      }
    }
  }
  // Characters that vanish before the first that stays: "first" no longer holds.
  add_case(cases, "metaspace first behind a normalizer that removes", "space-unit",
           Document{start, bert_normalizer("true", "false", "false"), metaspace("first", true), "", "", fallback}.read(
               "removing"));
  add_case(cases, "llama, normalized added tokens", "space-unit",
           Document{added_json(1, "<s>", true, true) + "," + added_json(3, "[MASK]", true, false, "lr"),
                    llama_normalizer, "", "", "", fallback}
               .read("llama normalized"));

  // Unigram behind a character map.
  const std::string unigram =
      R"({"type":"Unigram","unk_id":0,"byte_fallback":false,"vocab":)" + unigram_json(unknown.tokens, 23) + "}";
  const std::string bytes =
      R"({"type":"Unigram","unk_id":0,"byte_fallback":true,"vocab":)" + unigram_json(falling.tokens, 29) + "}";
  const std::string precompiled =
      R"({"type":"Precompiled","precompiled_charsmap":")" + tokenspace::base64_encode(small_charsmap()) + "\"}";
  add_case(cases, "unigram, character map", "space-unit",
           Document{start, precompiled, metaspace("always", true), template_json(1, "<s>"), "", unigram}.read("t5"));
  add_case(cases, "unigram, byte fallback", "space-unit",
           Document{start,
                    sequence_json("normalizers",
                                  {precompiled, R"({"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "})"}),
                    sequence_json("pretokenizers", {R"({"type":"WhitespaceSplit"})", metaspace("first", true)}), "", "",
                    bytes}
               .read("xlm-r"));
  add_case(cases, "unigram, albert", "space-unit",
           Document{start,
                    sequence_json("normalizers", {R"({"type":"Replace","pattern":{"String":"``"},"content":"\""})",
                                                  R"({"type":"Replace","pattern":{"String":"''"},"content":"\""})",
                                                  R"({"type":"NFKD"})", R"({"type":"StripAccents"})",
                                                  R"({"type":"Lowercase"})", precompiled}),
                    metaspace("always", true), template_json(1, "<s>"), "", unigram}
               .read("albert"));
}

// The few fields of sentencepiece_model.proto that matter.
class ModelProto {
 public:
  enum Type { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };

  void piece(std::string_view text, float score, Type type) {
    std::string message = bytes(1, text);
    message.push_back(2 << 3 | 5);
    std::uint32_t bits;
    std::memcpy(&bits, &score, 4);
    for (int shift = 0; shift < 32; shift += 8) message.push_back(static_cast<char>(bits >> shift));
    message += number(3, type);
    file_ += bytes(1, message);
  }

  struct Flags {
    int algorithm = 1;  // 1 Unigram, 2 BPE
    bool fallback = false, dummy_prefix = true, collapse = true;
    std::string charsmap;
  };
  std::string finish(const Flags& flags) const {
    return file_ + bytes(2, number(3, flags.algorithm) + number(35, flags.fallback)) +
           bytes(3,
                 bytes(2, flags.charsmap) + number(3, flags.dummy_prefix) + number(4, flags.collapse) + number(5, 1));
  }

 private:
  static std::string varint(std::uint64_t value) {
    std::string out;
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
    return out;
  }
  static std::string number(unsigned field, std::uint64_t value) { return varint(field << 3) + varint(value); }
  static std::string bytes(unsigned field, std::string_view value) {
    return varint(field << 3 | 2) + varint(value.size()) + std::string(value);
  }
  std::string file_;
};

inline void add_sentencepiece_cases(std::vector<EngineCase>& cases) {
  constexpr std::string_view kMark = "\xE2\x96\x81";
  for (const int algorithm : {1, 2}) {
    for (unsigned flags = 0; flags < 8; ++flags) {
      const bool fallback = flags & 1, dummy_prefix = flags & 2, collapse = flags & 4;
      const SmallVocabulary vocabulary = grow(letters(kMark), 300, 31 + flags, favourite_letters(kMark));
      ModelProto model;
      model.piece("<unk>", 0.0f, ModelProto::unknown);
      model.piece("<s>", 0.0f, ModelProto::control);
      if (flags & 2) model.piece("<sep>", 0.0f, ModelProto::user_defined);
      if (fallback) {
        for (const std::string& token : byte_tokens()) model.piece(token, 0.0f, ModelProto::byte);
      }
      for (std::size_t i = 0; i < vocabulary.tokens.size(); ++i) {
        // Ranks for BPE; for Unigram few distinct scores that float32 sums round, so that paths tie or nearly tie.
        const float score = algorithm == 2 ? -static_cast<float>(i) : -1.1f - static_cast<float>(i * 7 % 23) * 0.3f;
        const bool rare = i > 30 && i % 29 == 0;
        model.piece(vocabulary.tokens[i], score, rare ? ModelProto::unused : ModelProto::normal);
      }
      ModelProto::Flags chosen{algorithm, fallback, dummy_prefix, collapse,
                               flags % 3 == 1 ? small_charsmap() : std::string()};
      const std::string name =
          (algorithm == 1 ? "sentencepiece unigram " : "sentencepiece bpe ") + std::to_string(flags);
      add_case(cases, name, "sentencepiece", tokenspace::read_sentencepiece(model.finish(chosen), name));
    }
  }
}

// Every character or byte by itself, with and without added tokens that hold some of them.
inline void add_character_cases(std::vector<EngineCase>& cases) {
  add_case(cases, "bytes alone", "byte-level", tokenspace::make_byte_tokenizer(), true);
  std::vector<std::string> tokens{"<unk>"};
  std::vector<std::string> letters = favourite_letters(" ");
  for (std::size_t i = 0; i < letters.size(); i += i % 5 == 4 ? 2 : 1)
    tokens.push_back(letters[i]);  // some are unknown
  tokens.emplace_back("ab");       // never a token: it is two characters
  const auto end = static_cast<std::uint32_t>(tokens.size());
  const std::string model = R"({"type":"WordLevel","unk_token":"<unk>","vocab":)" +
                            vocab_json(tokens, [](const std::string& token) { return token; }) + "}";
  const std::string split = R"({"type":"Split","pattern":{"Regex":"[\\s\\S]"},"behavior":"Isolated","invert":false})";
  const std::string unknown = added_json(0, "<unk>", true, false);
  add_case(cases, "characters", "character", Document{unknown, "", split, "", "", model}.read("characters"));
  add_case(
      cases, "characters and added tokens", "character",
      Document{unknown + "," + added_json(end, "<|end|>", true, false) + "," +
                   added_json(end + 1, "[MASK]", false, true, "lr") + "," + added_json(end + 2, "a", false, true, "w"),
               "", split, template_json(end, "<|end|>"), "", model}
          .read("characters and added"));
}

inline std::vector<EngineCase> engine_cases() {
  std::vector<EngineCase> cases;
  add_byte_level_cases(cases);
  add_space_unit_cases(cases);
  add_sentencepiece_cases(cases);
  add_character_cases(cases);
  return cases;
}

}  // namespace fuzz
