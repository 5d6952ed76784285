// .tiktoken files: one "base64 rank" a line (tiktoken 0.14, load.py).
#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "base64.hpp"
#include "components.hpp"
#include "text_lines.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/rank_bpe.hpp"

namespace tokenspace {
namespace {

// Ranks may have holes (p50k_base leaves one for <|endoftext|>), but a file must not claim memory it has no entries
// for.
constexpr std::size_t kHolesPerEntry = 4, kHolesAnyway = 65536;

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

}  // namespace

std::shared_ptr<const Tokenizer> read_tiktoken(std::string_view bytes, std::string name, std::string pattern,
                                               std::vector<std::pair<std::string, std::uint32_t>> special) {
  const std::string operation = "read " + name;
  const std::size_t bound =
      (static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n')) + 1) * kHolesPerEntry + kHolesAnyway;
  std::vector<std::string> by_rank;
  std::unordered_map<std::string, std::uint32_t> seen;
  Lines lines(bytes);
  while (lines.next()) {
    std::string_view line = lines.line();
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto gap = std::find_if(line.begin(), line.end(), is_blank);
    std::string_view digits = line.substr(static_cast<std::size_t>(gap - line.begin()));
    while (!digits.empty() && is_blank(digits.front())) digits.remove_prefix(1);
    const std::string_view encoded = line.substr(0, static_cast<std::size_t>(gap - line.begin()));
    if (digits.empty())
      fail(ErrorKind::format, operation, "base64 and a rank on each line", excerpt(line) + lines.place());
    std::uint32_t rank = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), rank);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      fail(ErrorKind::format, operation, "a rank of decimal digits", excerpt(digits) + lines.place());
    }
    if (rank >= bound) {
      fail(ErrorKind::format, operation, "ranks near the number of lines (below " + std::to_string(bound) + ")",
           std::to_string(rank) + lines.place());
    }
    auto token = base64_decode(encoded);
    if (!token || token->empty()) {
      fail(ErrorKind::format, operation, "base64 of a token", excerpt(encoded) + lines.place());
    }
    if (rank >= by_rank.size()) by_rank.resize(rank + 1);
    if (!by_rank[rank].empty()) {
      fail(ErrorKind::format, operation, "each rank once", "rank " + std::to_string(rank) + " again" + lines.place());
    }
    if (const auto [at, is_new] = seen.emplace(*token, rank); !is_new) {
      fail(ErrorKind::format, operation, "each token once",
           excerpt(encoded) + " again, first with rank " + std::to_string(at->second) + lines.place());
    }
    by_rank[rank] = std::move(*token);
  }
  if (by_rank.empty()) fail(ErrorKind::format, operation, "lines of base64 and rank", "none");

  TokenizerParts parts;
  parts.format = "tiktoken";
  parts.pre_tokenizer = make_rank_split(std::move(pattern));
  parts.decoder = decoder_of(std::string(kByteLevelDecoder));
  std::vector<AddedTokens::Entry> entries;
  for (auto& [content, id] : special) {
    if (id < by_rank.size() && !by_rank[id].empty()) {
      fail(ErrorKind::invalid_argument, operation, "special tokens with ids of their own",
           content + " with id " + std::to_string(id) + ", which is a rank of the file");
    }
    entries.push_back({special_token(std::move(content)), id});
  }
  parts.model = make_rank_bpe(std::move(by_rank));
  parts.added = AddedTokens(std::move(entries), *parts.model, nullptr);
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace tokenspace
