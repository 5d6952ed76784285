// BPE <-> the "model" object of tokenizer.json.
#include <algorithm>
#include <charconv>
#include <limits>

#include "model_json.hpp"
#include "tokenspace/bpe.hpp"
#include "tokenspace/error.hpp"

namespace tokenspace {

namespace {

using MergeTexts = std::vector<std::pair<std::string_view, std::string_view>>;

[[noreturn]] void bad_merge(const std::string& name, std::size_t index, std::string_view expected,
                            std::string_view received) {
  fail(ErrorKind::format, "read " + name, "merge " + std::to_string(index) + " " + std::string(expected),
       "\"" + std::string(received.substr(0, 80)) + "\"");
}

// ["a b", ...] (one space, no more) or [["a","b"], ...]; not mixed.
MergeTexts read_merges(Json list) {
  MergeTexts merges;
  merges.reserve(list.size());
  const std::string& name = list.document_name();
  bool strings = false;
  for (auto it = list.begin(); it; it.next()) {
    const Json item = it.value();
    if (merges.empty()) strings = item.is_string();
    if (!strings) {
      if (!item.is_array() || item.size() != 2) bad_merge(name, merges.size(), "to be a pair of tokens", item.source());
      merges.emplace_back(item[0].as_string(), item[1].as_string());
      continue;
    }
    const std::string_view text = item.as_string();
    if (text.starts_with("#version")) continue;
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos || text.find(' ', space + 1) != std::string_view::npos) {
      bad_merge(name, merges.size(), "to be two tokens with one space between", text);
    }
    merges.emplace_back(text.substr(0, space), text.substr(space + 1));
  }
  return merges;
}

void append_optional(std::string& out, std::string_view key, const std::optional<std::string>& value) {
  out.append("\"").append(key).append("\":");
  if (value) {
    append_json_string(out, *value);
  } else {
    out.append("null");
  }
  out.push_back(',');
}

}  // namespace

MergeTable Bpe::merge_table(const Vocab& vocab, const MergeTexts& merges, std::string_view prefix,
                            const std::string& name) {
  MergeTable table;
  table.reserve(merges.size());
  std::string joined;
  for (std::size_t i = 0; i < merges.size(); ++i) {
    const auto& [left, right] = merges[i];
    const auto left_id = vocab.find(left);
    const auto right_id = vocab.find(right);
    if (!left_id) bad_merge(name, i, "to join tokens of the vocabulary", left);
    if (!right_id) bad_merge(name, i, "to join tokens of the vocabulary", right);
    joined.assign(left).append(right.substr(std::min(prefix.size(), right.size())));
    const auto merged = vocab.find(joined);
    if (!merged) bad_merge(name, i, "to give a token of the vocabulary", joined);
    table.add(*left_id, *right_id, {static_cast<std::uint32_t>(i), *merged});
  }
  return table;
}

std::shared_ptr<const Bpe> Bpe::from_json(Json config) {
  check_model_type(config, "BPE");
  BpeOptions options;
  const auto text = [&](std::string_view key) -> std::optional<std::string> {
    const Json value = config.find(key);
    if (!value.has_value()) return std::nullopt;
    return std::string(value.as_string());
  };
  const auto flag = [&](std::string_view key) {
    const Json value = config.find(key);
    return value.has_value() && value.as_bool();
  };
  if (const Json dropout = config.find("dropout"); dropout.has_value()) {
    options.dropout = dropout.as_double();
    if (!(*options.dropout >= 0.0 && *options.dropout <= 1.0)) {
      fail(ErrorKind::format, "read " + config.document_name(), "dropout in 0..1", dropout.source());
    }
  }
  options.unk_token = text("unk_token");
  options.continuing_subword_prefix = text("continuing_subword_prefix");
  options.end_of_word_suffix = text("end_of_word_suffix");
  options.fuse_unk = flag("fuse_unk");
  options.byte_fallback = flag("byte_fallback");
  options.ignore_merges = flag("ignore_merges");
  Vocab vocab = read_vocab(config.at("vocab"));
  MergeTable merges = merge_table(vocab, read_merges(config.at("merges")),
                                  options.continuing_subword_prefix.value_or(""), config.document_name());
  return std::make_shared<const Bpe>(std::move(vocab), std::move(merges), std::move(options));
}

std::string Bpe::to_json() const {
  std::string out = R"({"type":"BPE","dropout":)";
  if (options_.dropout) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, *options_.dropout);
    out.append(digits, end.ptr);
  } else {
    out.append("null");
  }
  out.push_back(',');
  append_optional(out, "unk_token", options_.unk_token);
  append_optional(out, "continuing_subword_prefix", options_.continuing_subword_prefix);
  append_optional(out, "end_of_word_suffix", options_.end_of_word_suffix);
  const auto flag = [&](std::string_view key, bool value) {
    out.append("\"").append(key).append("\":").append(value ? "true," : "false,");
  };
  flag("fuse_unk", options_.fuse_unk);
  flag("byte_fallback", options_.byte_fallback);
  flag("ignore_merges", options_.ignore_merges);
  out.append("\"vocab\":").append(vocab_.json()).append(",\"merges\":[");
  std::vector<std::pair<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>>> order;
  order.reserve(merges_.size());
  merges_.each([&](std::uint32_t left, std::uint32_t right, Merge m) { order.push_back({m.rank, {left, right}}); });
  std::sort(order.begin(), order.end());
  bool first = true;
  for (const auto& [rank, pair] : order) {
    out.append(first ? "[" : ",[");
    first = false;
    append_json_string(out, vocab_.token(pair.first).value_or(""));
    out.push_back(',');
    append_json_string(out, vocab_.token(pair.second).value_or(""));
    out.push_back(']');
  }
  return out.append("]}");
}

}  // namespace tokenspace
