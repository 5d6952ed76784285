// The tokenizer that needs no file: every byte is its own token, id = byte.
#include "components.hpp"
#include "tokenspace/bpe.hpp"

namespace tokenspace {

std::shared_ptr<const Tokenizer> make_byte_tokenizer() {
  Vocab vocab;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    vocab.add(bytes_to_chars(std::string_view(&c, 1)), byte);
  }
  vocab.finish();
  TokenizerParts parts;
  parts.format = "byte";
  parts.pre_tokenizer =
      pre_tokenizer_of(R"({"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false})");
  parts.decoder = decoder_of(std::string(kByteLevelDecoder));
  parts.model = std::make_shared<const Bpe>(std::move(vocab), MergeTable(), BpeOptions());
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace tokenspace
