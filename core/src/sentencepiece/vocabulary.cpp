#include "vocabulary.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "tokenspace/error.hpp"

namespace tokenspace::sentencepiece {

std::uint64_t hash_bytes(std::string_view text) {
  constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ull;
  std::uint64_t hash = text.size() * kMultiplier;
  const char* p = text.data();
  std::size_t left = text.size();
  while (left >= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    hash = (hash ^ word) * kMultiplier;
    hash ^= hash >> 29;
    p += 8;
    left -= 8;
  }
  std::uint64_t word = 0;
  std::memcpy(&word, p, left);
  hash = (hash ^ word) * kMultiplier;
  hash ^= hash >> 32;
  hash *= kMultiplier;
  return hash ^ hash >> 29;
}

void TextIndex::reserve(std::size_t count) {
  std::size_t capacity = 16;
  while (capacity < count * 2) capacity *= 2;
  slots_.assign(capacity, {0, 0});
  mask_ = capacity - 1;
}

bool TextIndex::insert(std::string_view text, std::uint32_t id, const std::vector<Piece>& pieces) {
  const std::uint64_t hash = hash_bytes(text);
  std::size_t at = hash & mask_;
  while (slots_[at].id_plus_one != 0) {
    if (slots_[at].hash == static_cast<std::uint32_t>(hash >> 32) && pieces[slots_[at].id_plus_one - 1].text == text)
      return false;
    at = (at + 1) & mask_;
  }
  slots_[at] = {static_cast<std::uint32_t>(hash >> 32), id + 1};
  return true;
}

std::optional<std::uint32_t> TextIndex::find(std::string_view text, const std::vector<Piece>& pieces) const {
  const std::uint64_t hash = hash_bytes(text);
  for (std::size_t at = hash & mask_; slots_[at].id_plus_one != 0; at = (at + 1) & mask_) {
    const std::uint32_t id = slots_[at].id_plus_one - 1;
    if (slots_[at].hash == static_cast<std::uint32_t>(hash >> 32) && pieces[id].text == text) return id;
  }
  return std::nullopt;
}

PrefixMatcher::PrefixMatcher(std::vector<std::string_view> symbols) {
  std::sort(symbols.begin(), symbols.end());
  std::vector<std::pair<std::string_view, std::uint32_t>> keys;
  for (const auto symbol : symbols) {
    keys.emplace_back(symbol, 0);
    const auto byte = static_cast<unsigned char>(symbol[0]);
    first_[byte >> 6] |= std::uint64_t{1} << (byte & 63);
  }
  trie_ = DoubleArray(keys);
}

std::size_t PrefixMatcher::match(std::string_view text) const {
  if (text.empty() || !may_start(static_cast<unsigned char>(text[0]))) return 0;
  // The reference collects at most 64 matches, shortest first, and takes the longest of those.
  constexpr int kMaxMatches = 64;
  std::size_t longest = 0;
  int matches = 0;
  std::uint32_t base = trie_.root();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::uint64_t node = trie_.step(base, byte);
    if (!DoubleArray::matches(node, byte)) break;
    if (DoubleArray::has_value(node)) {
      longest = i + 1;
      if (++matches == kMaxMatches) break;
    }
    base = DoubleArray::base(node);
  }
  return longest;
}

int piece_to_byte(std::string_view piece) {
  if (piece.size() != 6 || piece.substr(0, 3) != "<0x" || piece[5] != '>') return -1;
  int value = 0;
  for (const char c : piece.substr(3, 2)) {
    if (c >= '0' && c <= '9') {
      value = value * 16 + (c - '0');
    } else if (c >= 'A' && c <= 'F') {
      value = value * 16 + (c - 'A' + 10);
    } else {
      return -1;
    }
  }
  return value;
}

Vocabulary::Vocabulary(std::shared_ptr<const ModelFile> file) : file_(std::move(file)) {
  constexpr std::size_t kMaxPieceSize = 8000;
  const auto& all = file_->pieces;
  const auto bad = [this, &all](std::size_t id, std::string_view expected, std::string_view received) {
    const std::string_view text = all[id].text;
    std::size_t position = static_cast<std::size_t>(text.data() - file_->bytes.data());
    if (text.data() == nullptr) position = 0;
    fail(ErrorKind::format, "read " + file_->name, expected,
         std::string(received) + " (piece " + std::to_string(id) + ", byte " + std::to_string(position) + ")",
         "the file as its trainer wrote it");
  };
  if (all.size() > DoubleArray::kMaxValue / 4) {
    fail(ErrorKind::limit, "read " + file_->name, "at most 2097151 pieces", std::to_string(all.size()));
  }
  types_.reserve(all.size());
  for (const auto& piece : all) types_.push_back(piece.type);

  const bool bpe = file_->type == ModelType::bpe;
  text_pieces_.reserve(all.size());
  reserved_.reserve(all.size() < 1024 ? all.size() : 1024);
  std::size_t reserved = 0;
  for (const auto& piece : all) {
    if (piece.type == PieceType::control || piece.type == PieceType::unknown || piece.type == PieceType::byte)
      ++reserved;
  }
  reserved_.reserve(reserved);

  std::array<bool, 256> byte_found{};
  std::vector<std::string_view> symbols;
  bool space_known = false;
  bool crosses = false;
  for (std::uint32_t id = 0; id < all.size(); ++id) {
    const std::string_view text = all[id].text;
    if (text.size() >= kMaxPieceSize) bad(id, "pieces under 8000 bytes", std::to_string(text.size()) + " bytes");
    if (text.empty()) bad(id, "pieces that are not empty", "an empty one");
    if (text == std::string_view("\0", 1)) {
      // Converters have written this piece next to byte fallback; the reference then sets it aside.
      if (file_->byte_fallback) types_[id] = PieceType::unused;
      if (types_[id] == PieceType::unused) continue;
    }
    if (text.find('\0') != std::string_view::npos) bad(id, "pieces without NUL", "one with NUL");
    const PieceType type = types_[id];
    const bool is_text = type == PieceType::normal || type == PieceType::user_defined || type == PieceType::unused;
    if (!(is_text ? text_pieces_ : reserved_).insert(text, id, all)) bad(id, "distinct pieces", "a repeated one");
    // BPE keeps one map for all types, so there a text may not appear twice under different types either.
    if (bpe && (is_text ? reserved_ : text_pieces_).find(text, all)) bad(id, "distinct pieces", "a repeated one");
    if (is_text && type != PieceType::unused) {
      if (text == kSpaceSymbol) space_known = true;
      if (text.find(kSpaceSymbol, 1) != std::string_view::npos) crosses = true;
    }
    if (type == PieceType::user_defined) symbols.push_back(text);
    if (type == PieceType::unknown) {
      if (unk_) bad(id, "one unknown piece", "a second one");
      unk_ = id;
    }
    if (type == PieceType::byte) {
      if (!file_->byte_fallback) bad(id, "byte pieces only with byte_fallback", "one without it");
      const int byte = piece_to_byte(text);
      if (byte < 0) bad(id, "byte pieces <0x00> to <0xFF>", "another text");
      byte_found[static_cast<std::size_t>(byte)] = true;
      byte_ids_[static_cast<std::size_t>(byte)] = id;
    }
    if (file_->type == ModelType::unigram && !std::isfinite(all[id].score)) bad(id, "finite scores", "NaN or infinity");
  }
  if (!unk_ && !file_->byte_fallback) {
    fail(ErrorKind::format, "read " + file_->name, "an unknown piece", "none", "the file as its trainer wrote it");
  }
  if (file_->byte_fallback && std::find(byte_found.begin(), byte_found.end(), false) != byte_found.end()) {
    fail(ErrorKind::format, "read " + file_->name, "256 byte pieces with byte_fallback", "fewer",
         "the file as its trainer wrote it");
  }
  user_defined_ = std::make_unique<const PrefixMatcher>(std::move(symbols));
  pieces_cross_spaces_ = crosses || !space_known;
}

std::optional<std::uint32_t> Vocabulary::find_text_piece(std::string_view text) const {
  return text_pieces_.find(text, file_->pieces);
}

std::optional<std::uint32_t> Vocabulary::find(std::string_view text) const {
  if (const auto id = reserved_.find(text, file_->pieces)) return id;
  return text_pieces_.find(text, file_->pieces);
}

std::shared_ptr<const Vocabulary> make_vocabulary(std::shared_ptr<const ModelFile> file) {
  return std::make_shared<const Vocabulary>(std::move(file));
}

void TokenSink::unknown(std::size_t begin, std::size_t end) {
  const Span span{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  if (vocabulary_.byte_fallback()) {
    for (std::size_t i = begin; i < end; ++i) {
      const Span where = i + 1 == end ? span : Span{span.begin, span.begin};
      out_.push_back({vocabulary_.byte_id(static_cast<unsigned char>(text_[i])), where, false});
    }
    after_unknown_ = false;
  } else if (after_unknown_) {
    out_.back().span.end = span.end;
  } else {
    out_.push_back({*vocabulary_.unk(), span, true});
    after_unknown_ = true;
  }
}

}  // namespace tokenspace::sentencepiece
