#include "to_json.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "../formats/base64.hpp"
#include "bpe_tables.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::sentencepiece {
namespace {

[[noreturn]] void unsupported(const Vocabulary& vocabulary, std::string_view what) {
  fail(ErrorKind::unsupported, "write tokenizer.json from " + vocabulary.file().name,
       "a SentencePiece model that tokenizer.json can state", what, "saving it as a SentencePiece .model file");
}

void append_double(std::string& out, double value) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  out.append(text);
}

void replace_json(std::string& out, std::string_view kind, std::string_view pattern, std::string_view content) {
  out.append(R"({"type":"Replace","pattern":{")").append(kind).append("\":");
  append_json_string(out, pattern);
  out.append("},\"content\":");
  append_json_string(out, content);
  out.push_back('}');
}

// Merges in the order of their results' scores; of the ways to make one piece, the longer left part first.
void append_merges(std::string& out, const Vocabulary& vocabulary) {
  struct Merge {
    std::int32_t order;
    std::uint32_t piece;
    std::uint32_t left_bytes;
  };
  const auto usable = [&](std::string_view text) {
    const auto id = vocabulary.find_text_piece(text);
    return id && vocabulary.type(*id) == PieceType::normal;
  };
  std::vector<Merge> merges;
  for (std::uint32_t id = 0; id < vocabulary.size(); ++id) {
    if (vocabulary.type(id) != PieceType::normal) continue;
    const std::string_view text = vocabulary.text(id);
    for (std::size_t cut = char_length(text); cut < text.size(); cut += char_length(text.substr(cut))) {
      if (usable(text.substr(0, cut)) && usable(text.substr(cut))) {
        merges.push_back({score_order(vocabulary.pieces()[id].score), id, static_cast<std::uint32_t>(cut)});
      }
    }
  }
  std::sort(merges.begin(), merges.end(), [](const Merge& a, const Merge& b) {
    if (a.order != b.order) return a.order > b.order;
    if (a.piece != b.piece) return a.piece < b.piece;
    return a.left_bytes > b.left_bytes;
  });
  out.append("\"merges\":[");
  for (std::size_t i = 0; i < merges.size(); ++i) {
    // Equal scores merge from the left, whichever piece they make; a list has to prefer one piece everywhere.
    if (i > 0 && merges[i].order == merges[i - 1].order && merges[i].piece != merges[i - 1].piece) {
      unsupported(vocabulary, "pieces of equal score");
    }
    if (i > 0) out.push_back(',');
    const std::string_view text = vocabulary.text(merges[i].piece);
    out.push_back('[');
    append_json_string(out, text.substr(0, merges[i].left_bytes));
    out.push_back(',');
    append_json_string(out, text.substr(merges[i].left_bytes));
    out.push_back(']');
  }
  out.push_back(']');
}

}  // namespace

std::string SentencePieceModel::to_json() const {
  const Vocabulary& vocabulary = *vocabulary_;
  const ModelType type = vocabulary.file().type;
  if (type != ModelType::bpe && type != ModelType::unigram)
    unsupported(vocabulary, "a " + std::string(kind()) + " model");
  if (!vocabulary.unk()) unsupported(vocabulary, "a model without an unknown piece");
  for (std::uint32_t id = 0; id < vocabulary.size(); ++id) {
    if (!utf8::is_valid(vocabulary.text(id))) unsupported(vocabulary, "a piece that is not UTF-8");
    if (vocabulary.type(id) == PieceType::unused) unsupported(vocabulary, "an unused piece");
    if (vocabulary.type(id) == PieceType::user_defined) unsupported(vocabulary, "a user-defined symbol");
  }
  std::string out;
  const char* byte_fallback = vocabulary.byte_fallback() ? "true" : "false";
  if (type == ModelType::unigram) {
    out.append(R"({"type":"Unigram","unk_id":)").append(std::to_string(*vocabulary.unk())).append(",\"vocab\":[");
    for (std::uint32_t id = 0; id < vocabulary.size(); ++id) {
      out.append(id == 0 ? "[" : ",[");
      append_json_string(out, vocabulary.text(id));
      out.push_back(',');
      append_double(out, static_cast<double>(vocabulary.pieces()[id].score));
      out.push_back(']');
    }
    return out.append("],\"byte_fallback\":").append(byte_fallback).append("}");
  }
  out.append(R"({"type":"BPE","dropout":null,"unk_token":)");
  append_json_string(out, vocabulary.text(*vocabulary.unk()));
  out.append(R"(,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":true,"byte_fallback":)")
      .append(byte_fallback)
      .append(R"(,"ignore_merges":false,"vocab":{)");
  for (std::uint32_t id = 0; id < vocabulary.size(); ++id) {
    if (id > 0) out.push_back(',');
    append_json_string(out, vocabulary.text(id));
    out.append(":").append(std::to_string(id));
  }
  out.append("},");
  append_merges(out, vocabulary);
  out.push_back('}');
  return out;
}

std::string normalizer_json(const NormalizerSpec& spec, const Vocabulary* vocabulary) {
  if (vocabulary == nullptr || spec.whitespace_as_suffix) return {};
  std::vector<std::string> steps;
  const auto step = [&]() -> std::string& { return steps.emplace_back(); };
  if (!spec.charsmap.empty()) {
    step()
        .append(R"({"type":"Precompiled","precompiled_charsmap":")")
        .append(base64_encode(spec.charsmap))
        .append("\"}");
  }
  if (spec.remove_extra_whitespaces) {
    replace_json(step(), "Regex", R"(\A +| +\z)", "");
    replace_json(step(), "Regex", " {2,}", " ");
  }
  const std::string_view space = spec.escape_whitespaces ? kSpaceSymbol : std::string_view(" ");
  if (spec.add_dummy_prefix) {
    std::string& out = step();
    out.append(R"({"type":"Prepend","prepend":)");
    append_json_string(out, space);
    out.push_back('}');
  }
  if (spec.escape_whitespaces) replace_json(step(), "String", " ", kSpaceSymbol);
  std::string out = R"({"type":"Sequence","normalizers":[)";
  for (std::size_t i = 0; i < steps.size(); ++i) out.append(i > 0 ? "," : "").append(steps[i]);
  return out.append("]}");
}

std::string decoder_json(const Vocabulary& vocabulary) {
  const ModelFile& file = vocabulary.file();
  if (file.denormalizer && !file.denormalizer->charsmap.empty()) return {};
  std::string out = R"({"type":"Sequence","decoders":[)";
  replace_json(out, "String", kSpaceSymbol, " ");
  out.append(R"(,{"type":"ByteFallback"},{"type":"Fuse"})");
  if (file.normalizer.add_dummy_prefix || file.normalizer.remove_extra_whitespaces) {
    out.append(R"(,{"type":"Strip","content":" ","start":1,"stop":0})");
  }
  return out.append("]}");
}

}  // namespace tokenspace::sentencepiece
