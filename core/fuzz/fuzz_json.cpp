// libFuzzer target: any bytes are a document or an Error, and a document's values can all be read.
#include <cstddef>
#include <cstdint>
#include <string>

#include "tokenspace/error.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/normalizer.hpp"
#include "tokenspace/pre_tokenizer.hpp"

namespace {

// Depth is bounded by the parser.
std::size_t visit(tokenspace::Json value) {
  using Type = tokenspace::Json::Type;
  std::size_t seen = value.source().size();
  switch (value.type()) {
    case Type::boolean:
      return seen + (value.as_bool() ? 1 : 0);
    case Type::string:
      return seen + value.as_string().size();
    case Type::number:
      seen += value.as_double() > 0 ? 1 : 0;
      try {
        seen += static_cast<std::size_t>(value.as_int() & 1) + value.as_u32();
      } catch (const tokenspace::Error&) {
      }
      return seen;
    case Type::array:
    case Type::object:
      for (auto it = value.begin(); it; it.next()) {
        seen += it.key().size() + visit(it.value());
        if (value.is_object() && !value.find(it.key()).present()) __builtin_trap();
      }
      return seen;
    default:
      return seen;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto document = tokenspace::JsonDocument::parse(text, "fuzz");
    (void)visit(document.root());
    // Whatever the document is, it is a component or it is refused.
    for (const bool normalizer : {true, false}) {
      try {
        std::vector<tokenspace::Piece> pieces;
        pieces.push_back({tokenspace::AlignedText("A\xC3\xA9 1, \xE4\xB8\xAD")});
        if (normalizer) {
          if (const auto made = tokenspace::normalizer_from_json(document.root())) made->normalize(pieces[0].text);
        } else {
          if (const auto made = tokenspace::pre_tokenizer_from_json(document.root())) made->pre_tokenize(pieces);
        }
      } catch (const tokenspace::Error&) {
      }
    }
  } catch (const tokenspace::Error&) {
  }
  return 0;
}
