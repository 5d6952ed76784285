// SentencePiece's decoding (0.2.3, sentencepiece_processor.cc, DecodeOptimized).
#include "to_json.hpp"
#include "tokenspace/utf8.hpp"
#include "vocabulary.hpp"

namespace tokenspace::sentencepiece {
namespace {

constexpr std::string_view kDefaultUnknown = " \xE2\x81\x87 ";

// Bytes of byte pieces: each that is part of no character becomes U+FFFD on its own.
void flush(std::string& bytes, std::string& out) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = utf8::valid_sequence_length(std::string_view(bytes).substr(at));
    if (length == 0) {
      out.append("\xEF\xBF\xBD");
      ++at;
    } else {
      out.append(bytes, at, length);
      at += length;
    }
  }
  bytes.clear();
}

void append_with_spaces(std::string& out, std::string_view piece) {
  for (std::size_t at = 0;;) {
    const std::size_t found = piece.find(kSpaceSymbol, at);
    if (found == std::string_view::npos) {
      out.append(piece.substr(at));
      return;
    }
    out.append(piece.substr(at, found - at)).push_back(' ');
    at = found + kSpaceSymbol.size();
  }
}

}  // namespace

SentencePieceDecoder::SentencePieceDecoder(std::shared_ptr<const Vocabulary> vocabulary)
    : vocabulary_(std::move(vocabulary)) {
  json_ = decoder_json(*vocabulary_);
  const auto& denormalizer = vocabulary_->file().denormalizer;
  if (denormalizer && !denormalizer->charsmap.empty()) {
    denormalizer_ = std::make_unique<const SentencePieceNormalizer>(*denormalizer, nullptr, vocabulary_->file().name);
  }
}

SentencePieceDecoder::~SentencePieceDecoder() = default;

std::vector<std::string> SentencePieceDecoder::decode_chain(std::vector<std::string> tokens) const {
  const ModelFile& file = vocabulary_->file();
  const bool strips = file.normalizer.add_dummy_prefix || file.normalizer.remove_extra_whitespaces;
  std::string out;
  std::string bytes;
  bool at_start = true;
  for (const std::string& token : tokens) {
    const auto id = vocabulary_->find(token);
    const bool unknown = !id || vocabulary_->type(*id) == PieceType::unknown;
    if (id && vocabulary_->type(*id) == PieceType::byte) {
      bytes.push_back(static_cast<char>(piece_to_byte(token)));
      continue;
    }
    flush(bytes, out);
    if (!out.empty()) at_start = false;
    if (id && vocabulary_->type(*id) == PieceType::control) continue;
    std::string_view piece = token;
    bool took_space = false;
    if (at_start && strips && piece.substr(0, kSpaceSymbol.size()) == kSpaceSymbol) {
      piece.remove_prefix(kSpaceSymbol.size());
      took_space = !file.normalizer.remove_extra_whitespaces;  // with it, every leading one goes
    }
    if (!unknown) {
      append_with_spaces(out, piece);
    } else if (id) {
      out.append(file.unk_surface ? *file.unk_surface : kDefaultUnknown);
    } else {
      out.append(token);
    }
    if (took_space || !out.empty()) at_start = false;
  }
  flush(bytes, out);
  if (denormalizer_ && !tokens.empty()) {
    std::string denormalized;
    denormalizer_->normalize(out, denormalized, nullptr);
    out.swap(denormalized);
  }
  std::vector<std::string> parts;
  parts.push_back(std::move(out));
  return parts;
}

std::string SentencePieceDecoder::token_bytes(std::string token) const {
  std::string out;
  if (const auto id = vocabulary_->find(token)) {
    switch (vocabulary_->type(*id)) {
      case PieceType::byte:
        return std::string(1, static_cast<char>(piece_to_byte(token)));
      case PieceType::control:
        return out;
      case PieceType::unknown:
        return std::string(vocabulary_->file().unk_surface.value_or(kDefaultUnknown));
      default:
        break;
    }
  }
  append_with_spaces(out, token);
  return out;
}

}  // namespace tokenspace::sentencepiece
