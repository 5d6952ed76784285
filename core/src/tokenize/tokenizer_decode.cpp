// Ids -> text, and what single tokens stand for.
#include <algorithm>

#include "tokenizer_engines.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/tokenizer.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {

namespace {

constexpr std::uint32_t kDenseTable = 1u << 22;  // ids a byte table may have: beyond, tokens are looked up one by one

}  // namespace

std::string byte_level_bytes(std::string_view token) {
  std::string bytes;
  append_byte_level(bytes, token);
  return bytes;
}

std::optional<std::uint32_t> Tokenizer::token_to_id(std::string_view token) const {
  if (const auto id = parts_.added.token_to_id(token)) return id;
  return parts_.model->token_to_id(token);
}

std::optional<std::string> Tokenizer::id_to_token(std::uint32_t id) const {
  if (const std::string* text = parts_.added.id_to_token(id)) return *text;
  if (const auto text = parts_.model->id_to_token(id)) return std::string(*text);
  return std::nullopt;
}

std::size_t Tokenizer::vocab_size(bool with_added) const {
  std::size_t size = parts_.model->vocab_size();
  if (!with_added) return size;
  for (const auto& [id, token] : parts_.added.sorted_by_id())
    size += !parts_.model->token_to_id(token.content).has_value();
  return size;
}

std::uint32_t Tokenizer::id_bound() const {
  return std::max(parts_.model->id_bound(), parts_.added.id_bound());
}

std::optional<std::string> Tokenizer::id_to_bytes(std::uint32_t id) const {
  auto token = id_to_token(id);
  if (!token) return std::nullopt;
  if (const std::string* added = parts_.added.id_to_token(id)) return *added;
  return parts_.decoder ? parts_.decoder->token_bytes(std::move(*token)) : token;
}

std::string Tokenizer::decode_bytes(std::span<const std::uint32_t> ids, bool skip_special_tokens) const {
  if (!parts_.decoder || !parts_.decoder->is_byte_concatenation()) {
    std::vector<std::string> tokens;
    tokens.reserve(ids.size());
    for (const std::uint32_t id : ids) {
      auto token = id_to_token(id);
      if (!token || (skip_special_tokens && parts_.added.is_special(*token))) continue;
      tokens.push_back(std::move(*token));
    }
    if (parts_.decoder) return parts_.decoder->decode(std::move(tokens));
    std::string out;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (i > 0) out.push_back(' ');
      out.append(tokens[i]);
    }
    return out;
  }
  std::string out;
  const std::uint32_t bound = id_bound();
  // The same for ids far apart: making the table would take longer than reading the file did.
  if (bound > kDenseTable || bound / 16 > parts_.model->vocab_size() + 65536) {
    for (const std::uint32_t id : ids) {
      const auto token = id_to_token(id);
      if (token && !(skip_special_tokens && parts_.added.is_special(*token))) out.append(byte_level_bytes(*token));
    }
    return out;
  }
  auto& table = engines_->bytes;
  std::call_once(engines_->bytes_once, [&] {
    table.ends.resize(bound);
    table.known.resize(bound);
    for (std::uint32_t id = 0; id < bound; ++id) {
      if (const auto token = id_to_token(id)) {
        table.arena.append(byte_level_bytes(*token));
        table.known[id] = true;
      }
      table.ends[id] = static_cast<std::uint32_t>(table.arena.size());
    }
  });
  const bool specials = skip_special_tokens && !parts_.added.empty();
  out.reserve(ids.size() * 4);
  for (const std::uint32_t id : ids) {
    if (id >= bound || !table.known[id] || (specials && parts_.added.is_special_id(id))) continue;
    const std::uint32_t begin = id == 0 ? 0 : table.ends[id - 1];
    out.append(table.arena, begin, table.ends[id] - begin);
  }
  return out;
}

std::string Tokenizer::decode(std::span<const std::uint32_t> ids, bool skip_special_tokens) const {
  std::string bytes = decode_bytes(ids, skip_special_tokens);
  if (parts_.decoder && parts_.decoder->is_byte_concatenation() && !utf8::is_valid(bytes)) return utf8::to_valid(bytes);
  return bytes;
}

}  // namespace tokenspace
