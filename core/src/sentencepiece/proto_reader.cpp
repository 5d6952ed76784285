// The protobuf wire format (proto2) of sentencepiece_model.proto, the fields that matter and nothing else.
#include <cstring>

#include "tokenspace/error.hpp"
#include "tokenspace/sentencepiece.hpp"

namespace tokenspace::sentencepiece {
namespace {

constexpr int kMaxGroupDepth = 64;  // deprecated group fields may nest; nothing we read uses them

// One message: a cursor over [pos, end) of the whole file, so that every error names a byte of the file.
class Reader {
 public:
  Reader(const std::string& bytes, std::size_t begin, std::size_t end, const std::string& name)
      : bytes_(bytes), pos_(begin), end_(end), name_(name) {}

  // Moves to the next field; false at the end of the message.
  bool next() {
    if (pos_ == end_) return false;
    const std::uint64_t key = varint("a field key");
    field_ = static_cast<std::uint32_t>(key >> 3);
    wire_ = static_cast<int>(key & 7);
    if (key >> 32 != 0 || field_ == 0) bad("a field number from 1 to 536870911", "field key " + std::to_string(key));
    return true;
  }
  std::uint32_t field() const { return field_; }

  bool is(std::uint32_t field, int wire) const { return field_ == field && wire_ == wire; }

  std::uint64_t varint(const char* what) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (pos_ == end_) bad(what, "the end of the message");
      const auto byte = static_cast<unsigned char>(bytes_[pos_++]);
      if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    bad("a varint of at most 10 bytes", "a longer one");
  }

  float fixed32_float() {
    if (end_ - pos_ < 4) bad("4 bytes of a float", std::to_string(end_ - pos_) + " bytes");
    std::uint32_t bits = 0;
    for (int i = 3; i >= 0; --i)
      bits = bits << 8 | static_cast<unsigned char>(bytes_[pos_ + static_cast<std::size_t>(i)]);
    pos_ += 4;
    float value;
    std::memcpy(&value, &bits, 4);
    return value;
  }

  std::string_view bytes() {
    const std::size_t size = length();
    const std::string_view out(bytes_.data() + pos_, size);
    pos_ += size;
    return out;
  }

  Reader message() {
    const std::size_t size = length();
    Reader inner(bytes_, pos_, pos_ + size, name_);
    pos_ += size;
    return inner;
  }

  void skip() { skip_value(wire_, field_, 0); }

  [[noreturn]] void bad(std::string_view expected, std::string_view received) const {
    fail(ErrorKind::format, "read " + name_, expected, std::string(received) + " at byte " + std::to_string(pos_),
         "a complete SentencePiece .model file");
  }

 private:
  std::size_t length() {
    const std::uint64_t size = varint("a length");
    if (size > end_ - pos_) {
      bad("a length within the message (" + std::to_string(end_ - pos_) + " bytes left)", std::to_string(size));
    }
    return static_cast<std::size_t>(size);
  }

  void skip_bytes(std::size_t count) {
    if (count > end_ - pos_) bad(std::to_string(count) + " bytes", std::to_string(end_ - pos_) + " bytes");
    pos_ += count;
  }

  void skip_value(int wire, std::uint32_t field, int depth) {
    switch (wire) {
      case 0:
        (void)varint("a number");
        return;
      case 1:
        skip_bytes(8);
        return;
      case 2:
        skip_bytes(length());
        return;
      case 5:
        skip_bytes(4);
        return;
      case 3:
        break;
      default:
        bad("a wire type of protobuf", "wire type " + std::to_string(wire));
    }
    if (depth >= kMaxGroupDepth) bad("groups nested at most 64 deep", "deeper ones");
    for (;;) {
      const std::uint64_t key = varint("a field key in a group");
      const auto inner = static_cast<std::uint32_t>(key >> 3);
      if ((key & 7) == 4) {
        if (inner != field) bad("the end of group " + std::to_string(field), "that of " + std::to_string(inner));
        return;
      }
      skip_value(static_cast<int>(key & 7), inner, depth + 1);
    }
  }

  const std::string& bytes_;
  std::size_t pos_, end_;
  const std::string& name_;
  std::uint32_t field_ = 0;
  int wire_ = 0;
};

Piece read_piece(Reader reader) {
  Piece piece;
  while (reader.next()) {
    if (reader.is(1, 2)) {
      piece.text = reader.bytes();
    } else if (reader.is(2, 5)) {
      piece.score = reader.fixed32_float();
    } else if (reader.is(3, 0)) {
      // An enum value proto2 does not know is kept apart and the field reads as its default.
      const std::uint64_t type = reader.varint("a piece type");
      if (type >= 1 && type <= 6) piece.type = static_cast<PieceType>(type);
    } else {
      reader.skip();
    }
  }
  return piece;
}

void read_trainer(Reader reader, ModelFile& file) {
  while (reader.next()) {
    if (reader.is(3, 0)) {
      const std::uint64_t type = reader.varint("a model type");
      if (type >= 1 && type <= 4) file.type = static_cast<ModelType>(type);
    } else if (reader.is(24, 0)) {
      file.normalizer.whitespace_as_suffix = reader.varint("a flag") != 0;
    } else if (reader.is(35, 0)) {
      file.byte_fallback = reader.varint("a flag") != 0;
    } else if (reader.is(44, 2)) {
      file.unk_surface = reader.bytes();
    } else if (reader.is(45, 2)) {
      file.unk_piece = reader.bytes();
    } else if (reader.is(46, 2)) {
      file.bos_piece = reader.bytes();
    } else if (reader.is(47, 2)) {
      file.eos_piece = reader.bytes();
    } else if (reader.is(48, 2)) {
      file.pad_piece = reader.bytes();
    } else {
      reader.skip();
    }
  }
}

void read_normalizer(Reader reader, NormalizerSpec& spec) {
  while (reader.next()) {
    if (reader.is(1, 2)) {
      spec.name = reader.bytes();
    } else if (reader.is(2, 2)) {
      spec.charsmap = reader.bytes();
    } else if (reader.is(3, 0)) {
      spec.add_dummy_prefix = reader.varint("a flag") != 0;
    } else if (reader.is(4, 0)) {
      spec.remove_extra_whitespaces = reader.varint("a flag") != 0;
    } else if (reader.is(5, 0)) {
      spec.escape_whitespaces = reader.varint("a flag") != 0;
    } else {
      reader.skip();
    }
  }
}

}  // namespace

std::shared_ptr<const ModelFile> parse_model(std::string bytes, std::string name) {
  auto file = std::make_shared<ModelFile>();
  file->bytes = std::move(bytes);
  file->name = std::move(name);
  Reader reader(file->bytes, 0, file->bytes.size(), file->name);
  while (reader.next()) {
    if (reader.is(1, 2)) {
      file->pieces.push_back(read_piece(reader.message()));
    } else if (reader.is(2, 2)) {
      read_trainer(reader.message(), *file);
    } else if (reader.is(3, 2)) {
      read_normalizer(reader.message(), file->normalizer);
    } else if (reader.is(5, 2)) {
      if (!file->denormalizer) file->denormalizer.emplace();
      read_normalizer(reader.message(), *file->denormalizer);
    } else {
      reader.skip();
    }
  }
  if (file->pieces.empty()) {
    fail(ErrorKind::format, "read " + file->name, "a SentencePiece model with pieces", "no piece",
         "a SentencePiece .model file");
  }
  return file;
}

}  // namespace tokenspace::sentencepiece
