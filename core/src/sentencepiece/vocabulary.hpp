// The pieces of a SentencePiece model, checked as SentencePiece checks them (0.2.3, model_interface.cc) and indexed by
// text.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "double_array.hpp"
#include "tokenspace/model.hpp"
#include "tokenspace/sentencepiece.hpp"

namespace tokenspace::sentencepiece {

// Bytes of the character that `lead` opens, by its four high bits only; text may be cut inside one.
inline std::size_t char_length(unsigned char lead) {
  return static_cast<std::size_t>("\1\1\1\1\1\1\1\1\1\1\1\1\2\2\3\4"[lead >> 4]);
}

inline std::size_t char_length(std::string_view rest) {
  const std::size_t length = char_length(static_cast<unsigned char>(rest[0]));
  return length < rest.size() ? length : rest.size();
}

std::uint64_t hash_bytes(std::string_view text);

// Text -> id by open addressing; the texts are those of the model file.
class TextIndex {
 public:
  void reserve(std::size_t count);
  // False when the text is there already.
  bool insert(std::string_view text, std::uint32_t id, const std::vector<Piece>& pieces);
  std::optional<std::uint32_t> find(std::string_view text, const std::vector<Piece>& pieces) const;

 private:
  struct Slot {
    std::uint32_t hash;
    std::uint32_t id_plus_one;
  };
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
};

// The longest user-defined symbol at the start of a text.
class PrefixMatcher {
 public:
  explicit PrefixMatcher(std::vector<std::string_view> symbols);
  bool may_start(unsigned char byte) const { return (first_[byte >> 6] >> (byte & 63) & 1) != 0; }
  // Its length, 0 for none.
  std::size_t match(std::string_view text) const;

 private:
  DoubleArray trie_;
  std::array<std::uint64_t, 4> first_{};
};

class Vocabulary {
 public:
  explicit Vocabulary(std::shared_ptr<const ModelFile> file);

  const ModelFile& file() const { return *file_; }
  const std::vector<Piece>& pieces() const { return file_->pieces; }
  std::size_t size() const { return file_->pieces.size(); }
  PieceType type(std::uint32_t id) const { return types_[id]; }
  std::string_view text(std::uint32_t id) const { return file_->pieces[id].text; }

  // Normal, user-defined and unused pieces: what a model may find in text.
  std::optional<std::uint32_t> find_text_piece(std::string_view text) const;
  // Every piece, control, unknown and byte ones first (PieceToId); nothing for texts that are no piece.
  std::optional<std::uint32_t> find(std::string_view text) const;

  std::optional<std::uint32_t> unk() const { return unk_; }
  bool byte_fallback() const { return file_->byte_fallback; }
  std::uint32_t byte_id(unsigned char byte) const { return byte_ids_[byte]; }
  const PrefixMatcher& user_defined() const { return *user_defined_; }
  // Some piece of a usable type holds U+2581 behind its first character, or U+2581 is no usable piece.
  bool pieces_cross_spaces() const { return pieces_cross_spaces_; }
  std::string_view role(std::string_view given, std::string_view fallback) const {
    return given.empty() ? fallback : given;
  }

 private:
  std::shared_ptr<const ModelFile> file_;
  std::vector<PieceType> types_;
  TextIndex text_pieces_, reserved_;
  std::optional<std::uint32_t> unk_;
  std::array<std::uint32_t, 256> byte_ids_{};
  std::unique_ptr<const PrefixMatcher> user_defined_;
  bool pieces_cross_spaces_ = true;
};

// The byte of "<0xNN>" (upper-case digits), -1 for other texts.
int piece_to_byte(std::string_view piece);

// Appends tokens in order, joining neighbouring unknown parts or spelling them in bytes.
class TokenSink {
 public:
  TokenSink(const Vocabulary& vocabulary, std::string_view text, std::vector<ModelToken>& out)
      : vocabulary_(vocabulary), text_(text), out_(out) {}

  void known(std::uint32_t id, std::size_t begin, std::size_t end) {
    out_.push_back({id, {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, false});
    after_unknown_ = false;
  }
  void unknown(std::size_t begin, std::size_t end);

 private:
  const Vocabulary& vocabulary_;
  std::string_view text_;
  std::vector<ModelToken>& out_;
  bool after_unknown_ = false;
};

}  // namespace tokenspace::sentencepiece
