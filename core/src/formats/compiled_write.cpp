// Tokenizer -> compiled bytes (docs/formats/compiled.md).
#include <algorithm>
#include <span>
#include <vector>

#include "../sentencepiece/vocabulary.hpp"
#include "compiled_format.hpp"
#include "components.hpp"
#include "tokenspace/bpe.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/rank_bpe.hpp"
#include "tokenspace/sentencepiece.hpp"
#include "tokenspace/unigram.hpp"
#include "tokenspace/word_level.hpp"
#include "tokenspace/wordpiece.hpp"

namespace tokenspace {
namespace {

using compiled::ComponentKind;
using compiled::ModelKind;
using compiled::Writer;

class File {
 public:
  void section(const char (&name)[5], const Writer& payload) {
    const std::string_view bytes = payload.bytes();
    Writer head;
    head.u32(compiled::tag(name));
    head.u32(0);
    head.u64(bytes.size());
    out_.append(head.bytes()).append(bytes).append((8 - bytes.size() % 8) % 8, '\0');
    ++sections_;
  }

  std::string finish(std::string_view digest) const {
    constexpr std::uint64_t kMaxSize = 0xFFFFFFFF;
    const std::uint64_t size = compiled::kHeader + out_.size();
    if (size > kMaxSize)
      fail(ErrorKind::limit, "write compiled", "a tokenizer below 4 GiB", std::to_string(size) + " bytes");
    std::string checked(32, '\0');
    digest = digest.substr(0, 32);
    std::copy(digest.begin(), digest.end(), checked.begin());
    checked.append(out_);
    Writer header;
    header.raw(compiled::kMagic);
    header.u32(compiled::kVersion);
    header.u32(sections_);
    header.u64(size);
    header.u64(compiled::checksum(checked));
    return std::string(header.bytes()).append(checked);
  }

 private:
  std::string out_;
  std::uint32_t sections_ = 0;
};

template <class Component>
void write_component(File& file, const char (&name)[5], const Component* component, ComponentKind own) {
  Writer out;
  if (component == nullptr) {
    out.u8(static_cast<std::uint8_t>(ComponentKind::none));
  } else if (own != ComponentKind::none) {
    out.u8(static_cast<std::uint8_t>(own));
  } else if (!component->json().empty()) {
    out.u8(static_cast<std::uint8_t>(ComponentKind::json));
    out.text(component->json());
  } else {
    fail(ErrorKind::unsupported, "write compiled", "components with a JSON form", "one of another format");
  }
  file.section(name, out);
}

void write_vocab(File& file, const Vocab& vocab) {
  Writer out;
  out.u32(static_cast<std::uint32_t>(vocab.size()));
  std::uint64_t bytes = 0;
  for (const auto& entry : vocab.entries()) bytes += entry.length;
  out.u64(bytes);
  for (const auto& entry : vocab.entries()) out.u32(entry.length);
  for (const auto& entry : vocab.entries()) out.u32(entry.id);
  for (const auto& entry : vocab.entries()) out.raw(vocab.text(entry));
  file.section("VOCA", out);
}

// Which tokens are whole is asked by the byte-level engine, and only of models that merge first.
bool marks_whole(const Bpe& model) {
  if (model.options().ignore_merges) return false;
  for (const char byte : {'\n', ' ', '\xF4'}) {
    if (!model.token_to_id(bytes_to_chars({&byte, 1}))) return false;
  }
  return true;
}

void write_bpe(File& file, const Bpe& model, Writer& out) {
  const BpeOptions& options = model.options();
  out.u8(static_cast<std::uint8_t>(ModelKind::bpe));
  out.u8(options.dropout ? 1 : 0);
  if (options.dropout) out.f64(*options.dropout);
  out.option(options.unk_token);
  out.option(options.continuing_subword_prefix);
  out.option(options.end_of_word_suffix);
  out.u8(options.fuse_unk);
  out.u8(options.byte_fallback);
  out.u8(options.ignore_merges);
  const auto whole = marks_whole(model) ? std::span(model.find_whole()) : std::span<const std::uint64_t>();
  out.u32(static_cast<std::uint32_t>(whole.size()));
  for (const std::uint64_t bits : whole) out.u64(bits);
  write_vocab(file, model.vocab());
  struct Entry {
    std::uint32_t rank, left, right, id;
  };
  std::vector<Entry> merges;
  model.merges().each([&](std::uint32_t left, std::uint32_t right, const Merge& merge) {
    merges.push_back({merge.rank, left, right, merge.id});
  });
  std::sort(merges.begin(), merges.end(), [](const Entry& a, const Entry& b) { return a.rank < b.rank; });
  Writer list;
  list.u32(static_cast<std::uint32_t>(merges.size()));
  for (const Entry& merge : merges) {
    list.u32(merge.left);
    list.u32(merge.right);
    list.u32(merge.rank);
    list.u32(merge.id);
  }
  file.section("MERG", list);
}

void write_model(File& file, const Model& model) {
  Writer out;
  if (const auto* bpe = dynamic_cast<const Bpe*>(&model)) {
    write_bpe(file, *bpe, out);
  } else if (const auto* wordpiece = dynamic_cast<const WordPiece*>(&model)) {
    out.u8(static_cast<std::uint8_t>(ModelKind::wordpiece));
    out.text(wordpiece->unk_token());
    out.text(wordpiece->prefix());
    out.u64(wordpiece->max_input_chars());
    write_vocab(file, wordpiece->vocab());
  } else if (const auto* word_level = dynamic_cast<const WordLevel*>(&model)) {
    out.u8(static_cast<std::uint8_t>(ModelKind::word_level));
    out.text(word_level->unk_token());
    write_vocab(file, word_level->vocab());
  } else if (const auto* unigram = dynamic_cast<const Unigram*>(&model)) {
    out.u8(static_cast<std::uint8_t>(ModelKind::unigram));
    out.u8(unigram->unk_id() ? 1 : 0);
    if (unigram->unk_id()) out.u32(*unigram->unk_id());
    out.u8(unigram->byte_fallback());
    for (const double score : unigram->scores()) out.f64(score);
    // By id, not through a Vocab: equal pieces keep their own entries here.
    Writer entries;
    const auto count = static_cast<std::uint32_t>(unigram->scores().size());
    std::uint64_t bytes = 0;
    for (std::uint32_t id = 0; id < count; ++id) bytes += unigram->id_to_token(id)->size();
    entries.u32(count);
    entries.u64(bytes);
    for (std::uint32_t id = 0; id < count; ++id)
      entries.u32(static_cast<std::uint32_t>(unigram->id_to_token(id)->size()));
    for (std::uint32_t id = 0; id < count; ++id) entries.u32(id);
    for (std::uint32_t id = 0; id < count; ++id) entries.raw(*unigram->id_to_token(id));
    file.section("VOCA", entries);
  } else if (const auto* ranks = dynamic_cast<const RankBpe*>(&model)) {
    out.u8(static_cast<std::uint8_t>(ModelKind::rank_bpe));
    write_vocab(file, ranks->bytes());
  } else if (const auto* pieces = dynamic_cast<const sentencepiece::SentencePieceModel*>(&model)) {
    out.u8(static_cast<std::uint8_t>(ModelKind::sentencepiece));
    Writer source;
    source.raw(pieces->vocabulary().file().bytes);
    file.section("FILE", source);
  } else {
    fail(ErrorKind::unsupported, "write compiled", "a model of a known kind", std::string(model.kind()));
  }
  file.section("MODL", out);
}

}  // namespace

std::string write_compiled(const Tokenizer& tokenizer, std::string_view source_digest) {
  const TokenizerParts& parts = tokenizer.parts();
  File file;
  Writer info;
  info.text(parts.format);
  info.u8(static_cast<std::uint8_t>(parts.default_special));
  file.section("INFO", info);
  write_model(file, *parts.model);

  const auto of_model = [](bool own) { return own ? ComponentKind::of_model : ComponentKind::none; };
  write_component(
      file, "NORM", parts.normalizer.get(),
      of_model(dynamic_cast<const sentencepiece::SentencePieceNormalizer*>(parts.normalizer.get()) != nullptr));
  if (const std::string* pattern = rank_split_pattern(parts.pre_tokenizer.get())) {
    Writer out;
    out.u8(static_cast<std::uint8_t>(ComponentKind::rank_split));
    out.text(*pattern);
    file.section("PRET", out);
  } else {
    write_component(file, "PRET", parts.pre_tokenizer.get(), ComponentKind::none);
  }
  write_component(file, "POST", parts.post_processor.get(), ComponentKind::none);
  write_component(file, "DECO", parts.decoder.get(),
                  of_model(dynamic_cast<const sentencepiece::SentencePieceDecoder*>(parts.decoder.get()) != nullptr));

  Writer lengths;
  lengths.text(to_json(parts.truncation));
  lengths.text(to_json(parts.padding));
  file.section("TRPA", lengths);

  Writer added;
  const auto tokens = parts.added.sorted_by_id();
  added.u32(static_cast<std::uint32_t>(tokens.size()));
  for (const auto& [id, token] : tokens) {
    added.u32(id);
    added.u8(static_cast<std::uint8_t>((token.single_word ? 1 : 0) | (token.lstrip ? 2 : 0) | (token.rstrip ? 4 : 0) |
                                       (token.normalized ? 8 : 0) | (token.special ? 16 : 0)));
    added.text(token.content);
  }
  file.section("ADDE", added);
  return file.finish(source_digest);
}

}  // namespace tokenspace
