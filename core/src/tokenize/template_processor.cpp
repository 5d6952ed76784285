// TemplateProcessing: special tokens around the sequences as a list of pieces says.
#include <algorithm>
#include <charconv>
#include <map>

#include "special_pieces.hpp"
#include "tokenspace/error.hpp"

namespace tokenspace {
namespace {

using detail::NamedId;

struct TemplatePiece {
  bool is_sequence = false;
  bool second = false;  // of a sequence: $B
  std::string special;  // of a special token: its key
  std::uint32_t type_id = 0;
};

struct SpecialGroup {
  std::vector<NamedId> tokens;
};

class TemplateProcessor final : public PostProcessor {
 public:
  TemplateProcessor(std::vector<TemplatePiece> single, std::vector<TemplatePiece> pair,
                    std::map<std::string, SpecialGroup, std::less<>> special)
      : single_(std::move(single)), pair_(std::move(pair)), special_(std::move(special)) {
    write_json();
  }

  std::size_t added_tokens(bool is_pair) const override {
    std::size_t count = 0;
    for (const TemplatePiece& piece : is_pair ? pair_ : single_) {
      if (piece.is_sequence) continue;
      const auto found = special_.find(piece.special);
      if (found != special_.end()) count += found->second.tokens.size();
    }
    return count;
  }

  std::vector<Encoding> process(std::vector<Encoding> encodings, bool add_special_tokens,
                                const TokenText& text) const override {
    if (encodings.empty() || encodings.size() > 2) {
      fail(ErrorKind::unsupported, "apply TemplateProcessing", "one or two sequences",
           std::to_string(encodings.size()) + " from the processor before it",
           "one processor that adds special tokens per Sequence");
    }
    std::vector<Encoding> out;
    for (const TemplatePiece& piece : encodings.size() == 2 ? pair_ : single_) {
      if (piece.is_sequence) {
        const std::uint32_t index = piece.second ? 1 : 0;
        if (index >= encodings.size()) {
          fail(ErrorKind::invalid_argument, "apply TemplateProcessing", "a template of $A for a single text",
               "$B in it", "a pair of texts");
        }
        Encoding& encoding = encodings[index];
        std::fill(encoding.type_ids.begin(), encoding.type_ids.end(), piece.type_id);
        encoding.set_sequence_id(index);
        out.push_back(encoding);
      } else if (add_special_tokens) {
        const auto found = special_.find(piece.special);
        if (found == special_.end()) {
          fail(ErrorKind::format, "apply TemplateProcessing",
               "an entry of special_tokens for every token of the template", "none for \"" + piece.special + '"');
        }
        Encoding special;
        for (const NamedId& token : found->second.tokens) detail::push_special(special, token, piece.type_id, text);
        out.push_back(std::move(special));
      }
    }
    return out;
  }

  std::optional<Affixes> single_affixes() const override {
    Affixes affixes;
    bool seen = false;
    for (const TemplatePiece& piece : single_) {
      if (piece.is_sequence) {
        if (seen || piece.second) return std::nullopt;
        seen = true;
        continue;
      }
      const auto found = special_.find(piece.special);
      if (found == special_.end()) return std::nullopt;
      for (const NamedId& token : found->second.tokens) {
        (seen ? affixes.suffix : affixes.prefix).push_back(token.second);
      }
    }
    if (!seen) return std::nullopt;
    return affixes;
  }

  Trim trim() const override { return {}; }

 private:
  static void append_template(std::string& out, const std::vector<TemplatePiece>& pieces) {
    out.push_back('[');
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (i != 0) out.push_back(',');
      out.append(pieces[i].is_sequence ? "{\"Sequence\":{\"id\":" : "{\"SpecialToken\":{\"id\":");
      append_json_string(out, !pieces[i].is_sequence ? std::string_view(pieces[i].special)
                              : pieces[i].second     ? "B"
                                                     : "A");
      out.append(",\"type_id\":").append(std::to_string(pieces[i].type_id)).append("}}");
    }
    out.push_back(']');
  }

  void write_json() {
    json_ = "{\"type\":\"TemplateProcessing\",\"single\":";
    append_template(json_, single_);
    json_.append(",\"pair\":");
    append_template(json_, pair_);
    json_.append(",\"special_tokens\":{");
    bool first = true;
    for (const auto& [id, group] : special_) {
      if (!first) json_.push_back(',');
      first = false;
      append_json_string(json_, id);
      json_.append(":{\"id\":");
      append_json_string(json_, id);
      json_.append(",\"ids\":[");
      for (std::size_t i = 0; i < group.tokens.size(); ++i) {
        json_.append(i == 0 ? "" : ",").append(std::to_string(group.tokens[i].second));
      }
      json_.append("],\"tokens\":[");
      for (std::size_t i = 0; i < group.tokens.size(); ++i) {
        if (i != 0) json_.push_back(',');
        append_json_string(json_, group.tokens[i].first);
      }
      json_.append("]}");
    }
    json_.append("}}");
  }

  std::vector<TemplatePiece> single_, pair_;
  std::map<std::string, SpecialGroup, std::less<>> special_;
};

[[noreturn]] void wrong_piece(Json value) {
  fail(ErrorKind::format, "read " + value.document_name(),
       "a template piece: {\"Sequence\":..}, {\"SpecialToken\":..} or a text such as \"$A:0\" or \"[CLS]:0\"",
       "another value at byte " + std::to_string(value.position()));
}

bool parse_type_id(std::string_view digits, std::uint32_t& out) {
  if (digits.starts_with('+')) digits.remove_prefix(1);  // as Rust's u32::from_str
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return result.ec == std::errc() && result.ptr == digits.data() + digits.size();
}

// "$", "$A", "$b", "$1", "$B:1", "[SEP]", "[SEP]:1"
TemplatePiece piece_from_text(std::string_view text, Json where) {
  TemplatePiece piece;
  std::optional<std::uint32_t> type_id;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    std::uint32_t value = 0;
    if (!parse_type_id(text.substr(colon + 1), value)) wrong_piece(where);
    type_id = value;
    text = text.substr(0, colon);
  }
  if (!text.starts_with('$')) {
    piece.special = std::string(text);
  } else {
    piece.is_sequence = true;
    const std::string_view name = text.substr(1);
    piece.second = name == "B" || name == "b";
    const bool lettered = name.empty() || piece.second || name == "A" || name == "a";
    if (!lettered && !parse_type_id(name, piece.type_id)) wrong_piece(where);
  }
  if (type_id) piece.type_id = *type_id;
  return piece;
}

TemplatePiece piece_from_json(Json value) {
  if (value.is_string()) return piece_from_text(value.as_string(), value);
  if (!value.is_object() || value.size() != 1) wrong_piece(value);
  const auto [kind, body] = value.member(0);
  TemplatePiece piece;
  piece.type_id = body.at("type_id").as_u32();
  const std::string_view id = body.at("id").as_string();
  if (kind == "SpecialToken") {
    piece.special = std::string(id);
  } else if (kind == "Sequence" && (id == "A" || id == "B")) {
    piece.is_sequence = true;
    piece.second = id == "B";
  } else {
    wrong_piece(value);
  }
  return piece;
}

// The list of pieces of the files, or the builder's text form "[CLS] $A [SEP]".
std::vector<TemplatePiece> template_pieces(Json value) {
  std::vector<TemplatePiece> pieces;
  if (value.is_string()) {
    std::string_view rest = value.as_string();
    for (;;) {
      const std::size_t space = rest.find(' ');
      pieces.push_back(piece_from_text(rest.substr(0, space), value));
      if (space == std::string_view::npos) return pieces;
      rest.remove_prefix(space + 1);
    }
  }
  if (!value.is_array()) wrong_piece(value);
  pieces.reserve(value.size());
  for (auto it = value.begin(); it; it.next()) pieces.push_back(piece_from_json(it.value()));
  return pieces;
}

}  // namespace

namespace detail {

bool is_template(Json config) {
  return config.find("single").present() && config.find("pair").present() && config.find("special_tokens").is_object();
}

std::shared_ptr<const PostProcessor> template_from_json(Json config) {
  std::map<std::string, SpecialGroup, std::less<>> special;
  const Json groups = config.at("special_tokens");
  for (auto it = groups.begin(); it; it.next()) {
    const Json group = it.value();
    (void)group.at("id").as_string();
    const Json ids = group.at("ids");
    const Json tokens = group.at("tokens");
    if (!ids.is_array() || !tokens.is_array() || ids.size() != tokens.size()) {
      fail(ErrorKind::format, "read " + config.document_name(),
           "as many tokens as ids in a special token of a template",
           "another form at byte " + std::to_string(group.position()));
    }
    SpecialGroup& out = special[std::string(it.key())];
    out.tokens.clear();
    auto token = tokens.begin();
    for (auto id = ids.begin(); id; id.next(), token.next()) {
      out.tokens.emplace_back(std::string(token.value().as_string()), id.value().as_u32());
    }
  }
  return std::make_shared<TemplateProcessor>(template_pieces(config.at("single")), template_pieces(config.at("pair")),
                                             std::move(special));
}

}  // namespace detail

std::shared_ptr<const PostProcessor> make_bos_eos(std::optional<std::pair<std::string, std::uint32_t>> bos,
                                                  std::optional<std::pair<std::string, std::uint32_t>> eos) {
  std::map<std::string, SpecialGroup, std::less<>> special;
  if (bos) special[bos->first].tokens = {*bos};
  if (eos) special[eos->first].tokens = {*eos};
  const auto around = [&](bool second, std::vector<TemplatePiece>& out) {
    const std::uint32_t type_id = second ? 1 : 0;
    if (bos) out.push_back({false, false, bos->first, type_id});
    out.push_back({true, second, {}, type_id});
    if (eos) out.push_back({false, false, eos->first, type_id});
  };
  std::vector<TemplatePiece> single, pair;
  around(false, single);
  around(false, pair);
  around(true, pair);
  return std::make_shared<TemplateProcessor>(std::move(single), std::move(pair), std::move(special));
}

}  // namespace tokenspace
