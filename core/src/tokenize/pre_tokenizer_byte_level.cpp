// ByteLevel: GPT-2's split, then every byte as a character.
#include <memory>

#include "byte_level_text.hpp"
#include "pre_tokenizers.hpp"
#include "tokenspace/splitter.hpp"

namespace tokenspace {
namespace {

constexpr std::string_view kPattern = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

class ByteLevel : public PreTokenizer {
 public:
  ByteLevel(bool add_prefix_space, bool trim_offsets, bool use_regex) : add_prefix_space_(add_prefix_space) {
    using component_json::boolean;
    json_.append(R"({"type":"ByteLevel","add_prefix_space":)").append(boolean(add_prefix_space));
    json_.append(R"(,"trim_offsets":)").append(boolean(trim_offsets));
    json_.append(R"(,"use_regex":)").append(boolean(use_regex)).append("}");
    if (use_regex) split_ = make_split({std::string(kPattern), true}, SplitBehavior::isolated, false, Json());
  }

  void pre_tokenize(std::vector<Piece>& pieces) const override {
    if (add_prefix_space_) {
      for (Piece& piece : pieces) {
        if (!piece.added && !piece.text.normalized().starts_with(' ')) piece.text.prepend(" ");
      }
    }
    if (split_) {
      split_->pre_tokenize(pieces);
    } else {
      std::erase_if(pieces, [](const Piece& piece) { return !piece.added && piece.text.empty(); });
    }
    // One buffer for all pieces: most are a few bytes long.
    TextRewriter out;
    for (Piece& piece : pieces) {
      if (!piece.added) write_byte_level(piece.text, out);
    }
    out.finish();
  }

 private:
  bool add_prefix_space_;
  std::shared_ptr<const PreTokenizer> split_;
};

}  // namespace

std::shared_ptr<const PreTokenizer> make_byte_level(bool add_prefix_space, bool trim_offsets, bool use_regex) {
  return std::make_shared<ByteLevel>(add_prefix_space, trim_offsets, use_regex);
}

}  // namespace tokenspace
