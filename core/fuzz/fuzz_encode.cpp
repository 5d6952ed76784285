// Any bytes as text through one tokenizer with every kind of component: ids of the fast path equal those of the general
// one.
#include <algorithm>
#include <cstdlib>

#include "fuzz.hpp"
#include "tokenspace/utf8.hpp"

namespace {

const char* const kTokenizer = R"({"version":"1.0","truncation":null,"padding":null,
"added_tokens":[{"id":9,"content":"<s>","single_word":false,"lstrip":true,"rstrip":false,"normalized":false,"special":true},
{"id":10,"content":"Ab","single_word":true,"lstrip":false,"rstrip":true,"normalized":true,"special":false}],
"normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Lowercase"},{"type":"StripAccents"}]},
"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\s+(?!\\S)|\\s+"},"behavior":"MergedWithNext","invert":false},
{"type":"Metaspace","replacement":"_","prepend_scheme":"first","split":true}]},
"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[9],"tokens":["<s>"]}}},
"decoder":{"type":"Metaspace","replacement":"_","prepend_scheme":"first","split":true},
"model":{"type":"BPE","unk_token":"?","fuse_unk":true,"vocab":{"a":0,"b":1,"_":2,"ab":3,"_a":4,"_ab":5,"?":6,"c":7,"cc":8},
"merges":["a b","_ a","_ ab","c c"]}})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto tokenizer = tokenspace::read_tokenizer_json(kTokenizer, "fuzz.json");
  const std::string text = tokenspace::utf8::to_valid(fuzz::view(data, size));
  tokenspace::EncodeOptions options;
  const tokenspace::Sequence sequence{text, {}, false};
  const tokenspace::Encoding encoding = tokenizer->encode(sequence, nullptr, options);
  tokenspace::Buffer<std::uint32_t> ids;
  tokenizer->encode_ids(text, options, ids);
  if (!std::equal(ids.begin(), ids.end(), encoding.ids.begin(), encoding.ids.end()) ||
      tokenizer->count(text, options) != ids.size())
    std::abort();
  for (const tokenspace::Span& span : encoding.offsets) {
    if (span.begin > span.end || span.end > text.size()) std::abort();
  }
  (void)tokenizer->decode(ids, false);
  return 0;
}
