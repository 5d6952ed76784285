// Compiled bytes -> Tokenizer (docs/formats/compiled.md). Nothing in the bytes is trusted, checksum or not.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "compiled_format.hpp"
#include "components.hpp"
#include "tokenspace/bpe.hpp"
#include "tokenspace/json.hpp"
#include "tokenspace/rank_bpe.hpp"
#include "tokenspace/sentencepiece.hpp"
#include "tokenspace/unigram.hpp"
#include "tokenspace/utf8.hpp"
#include "tokenspace/word_level.hpp"
#include "tokenspace/wordpiece.hpp"

namespace tokenspace {
namespace {

using compiled::ComponentKind;
using compiled::ModelKind;
using compiled::Reader;

constexpr std::array<std::uint32_t, 10> kTags = {
    compiled::tag("INFO"), compiled::tag("NORM"), compiled::tag("PRET"), compiled::tag("POST"), compiled::tag("DECO"),
    compiled::tag("TRPA"), compiled::tag("ADDE"), compiled::tag("VOCA"), compiled::tag("MERG"), compiled::tag("MODL")};
constexpr std::uint32_t kFileTag = compiled::tag("FILE");

std::string tag_name(std::uint32_t tag) {
  std::string name;
  for (int i = 0; i < 4; ++i) name.push_back(static_cast<char>(tag >> (8 * i) & 0xFF));
  return name;
}

// The sections of a file whose header, size and checksum are right.
class Sections {
 public:
  Sections(std::string_view bytes, const std::string& name) : operation_("read " + name) {
    Reader header(bytes, operation_);
    if (bytes.size() < compiled::kHeader || header.raw(8) != compiled::kMagic) {
      header.bad("a compiled tokenizer", "other bytes");
    }
    if (const std::uint32_t version = header.u32(); version != compiled::kVersion) {
      header.bad("compiled format version " + std::to_string(compiled::kVersion), std::to_string(version));
    }
    const std::uint32_t count = header.u32();
    if (const std::uint64_t size = header.u64(); size != bytes.size()) {
      header.bad(std::to_string(size) + " bytes", std::to_string(bytes.size()));
    }
    if (header.u64() != compiled::checksum(bytes.substr(compiled::kChecked))) {
      header.bad("an undamaged file", "a different checksum");
    }
    (void)header.raw(compiled::kHeader - compiled::kChecked);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t tag = header.u32();
      if (header.u32() != 0) header.bad("zero after a section's tag", "another number");
      const std::uint64_t length = header.u64();
      if (length > header.left())
        header.bad("sections within the file", std::to_string(length) + " bytes in " + tag_name(tag));
      const std::string_view payload = header.raw(static_cast<std::size_t>(length));
      (void)header.raw(static_cast<std::size_t>((8 - length % 8) % 8));
      Reader* slot = tag == kFileTag ? &file_ : nullptr;
      for (std::size_t t = 0; t < kTags.size(); ++t) {
        if (kTags[t] == tag) slot = &readers_[t];
      }
      if (slot == nullptr || slot->present()) header.bad("known sections, each once", tag_name(tag));
      *slot = Reader(payload, operation_ + ", section " + tag_name(tag));
    }
    header.end();
  }

  Reader at(const char (&name)[5]) const {
    const std::uint32_t tag = compiled::tag(name);
    const Reader* found = tag == kFileTag ? &file_ : nullptr;
    for (std::size_t t = 0; t < kTags.size(); ++t) {
      if (kTags[t] == tag) found = &readers_[t];
    }
    if (found == nullptr || !found->present()) {
      fail(ErrorKind::format, operation_, std::string("section ") + name, "none",
           "building the tokenizer from its source again");
    }
    return *found;
  }

 private:
  std::string operation_;
  std::array<Reader, kTags.size()> readers_;
  Reader file_;
};

struct Entry {
  std::string_view text;
  std::uint32_t id;
};

std::vector<Entry> read_entries(Reader reader, bool utf8_only) {
  const std::uint32_t count = reader.u32();
  const std::uint64_t bytes = reader.u64();
  if (bytes > reader.left() || count > (reader.left() - bytes) / 8)
    reader.bad("a count that fits the section", std::to_string(count));
  const std::string_view lengths = reader.raw(std::size_t{count} * 4);
  const std::string_view ids = reader.raw(std::size_t{count} * 4);
  const std::string_view arena = reader.raw(static_cast<std::size_t>(bytes));
  reader.end();
  if (utf8_only && !utf8::is_valid(arena)) reader.bad("tokens in UTF-8", "other bytes");
  std::vector<Entry> entries(count);
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t length;
    std::memcpy(&length, lengths.data() + i * 4, 4);
    std::memcpy(&entries[i].id, ids.data() + i * 4, 4);
    if (length > arena.size() - at) reader.bad("lengths that add up to the bytes", "longer ones");
    entries[i].text = arena.substr(at, length);
    at += length;
    if (utf8_only && at < arena.size() && utf8::is_continuation(static_cast<unsigned char>(arena[at]))) {
      reader.bad("tokens cut between characters", "one cut inside a character");
    }
  }
  if (at != arena.size()) reader.bad("lengths that add up to the bytes", "shorter ones");
  return entries;
}

Vocab read_vocab(const Sections& sections) {
  const std::vector<Entry> entries = read_entries(sections.at("VOCA"), true);
  std::size_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.text.size();
  Vocab vocab;
  vocab.reserve(entries.size(), bytes);
  for (const Entry& entry : entries) vocab.add(entry.text, entry.id);
  vocab.finish();
  return vocab;
}

std::shared_ptr<const Model> read_bpe(const Sections& sections, Reader settings) {
  BpeOptions options;
  if (settings.flag()) {
    const double dropout = settings.f64();
    if (!(dropout >= 0.0 && dropout <= 1.0)) settings.bad("a dropout from 0 to 1", std::to_string(dropout));
    options.dropout = dropout;
  }
  options.unk_token = settings.option();
  options.continuing_subword_prefix = settings.option();
  options.end_of_word_suffix = settings.option();
  options.fuse_unk = settings.flag();
  options.byte_fallback = settings.flag();
  options.ignore_merges = settings.flag();
  std::vector<std::uint64_t> whole(settings.count(8));
  for (std::uint64_t& bits : whole) bits = settings.u64();
  settings.end();
  Vocab vocab = read_vocab(sections);
  if (!whole.empty() && whole.size() != (vocab.size() + 63) / 64)
    settings.bad("one bit per entry", std::to_string(whole.size()) + " words");
  Reader list = sections.at("MERG");
  const std::size_t count = list.count(16);
  MergeTable merges;
  merges.reserve(count);
  const std::size_t prefix = options.continuing_subword_prefix.value_or("").size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t left = list.u32();
    const std::uint32_t right = list.u32();
    const std::uint32_t rank = list.u32();
    const std::uint32_t id = list.u32();
    const auto a = vocab.token(left);
    const auto b = vocab.token(right);
    const auto c = vocab.token(id);
    if (!a || !b || !c || rank == kNoRank || a->size() + b->size() - std::min(prefix, b->size()) != c->size()) {
      list.bad("merges of tokens into a token", "merge " + std::to_string(i));
    }
    merges.add(left, right, {rank, id});
  }
  list.end();
  return std::make_shared<const Bpe>(std::move(vocab), std::move(merges), std::move(options), std::move(whole));
}

std::shared_ptr<const Model> read_unigram(const Sections& sections, Reader settings) {
  std::optional<std::uint32_t> unk;
  if (settings.flag()) unk = settings.u32();
  const bool byte_fallback = settings.flag();
  const std::vector<Entry> entries = read_entries(sections.at("VOCA"), true);
  if (unk && *unk >= entries.size()) settings.bad("an unk_id of the vocabulary", std::to_string(*unk));
  if (settings.left() != entries.size() * 8)
    settings.bad("one score per entry", std::to_string(settings.left()) + " bytes");
  std::vector<std::pair<std::string, double>> vocab;
  vocab.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].id != i) settings.bad("entries in order of their ids", std::to_string(entries[i].id));
    const double score = settings.f64();
    if (!std::isfinite(score)) settings.bad("finite scores", "NaN or infinity");
    vocab.emplace_back(std::string(entries[i].text), score);
  }
  return std::make_shared<const Unigram>(std::move(vocab), unk, byte_fallback);
}

std::shared_ptr<const Model> read_ranks(const Sections& sections, Reader settings) {
  settings.end();
  const std::vector<Entry> entries = read_entries(sections.at("VOCA"), false);
  std::size_t bound = 0;
  for (const Entry& entry : entries) bound = std::max<std::size_t>(bound, std::size_t{entry.id} + 1);
  // As for .tiktoken files: holes are legal, a claim of memory without entries is not.
  if (bound > entries.size() * 4 + (std::size_t{1} << 21))
    settings.bad("ranks near the number of entries", std::to_string(bound));
  std::vector<std::string> by_rank(bound);
  for (const Entry& entry : entries) {
    if (entry.text.empty() || !by_rank[entry.id].empty())
      settings.bad("each rank once, with bytes", std::to_string(entry.id));
    by_rank[entry.id] = entry.text;
  }
  return make_rank_bpe(std::move(by_rank));
}

template <class Component, class FromJson>
std::shared_ptr<const Component> read_component(Reader reader, FromJson from_json,
                                                const std::shared_ptr<const Component>& of_model) {
  const auto kind = static_cast<ComponentKind>(reader.u8());
  std::shared_ptr<const Component> out;
  if (kind == ComponentKind::json) {
    out = from_json(std::string(reader.text()));
  } else if (kind == ComponentKind::of_model && of_model) {
    out = of_model;
  } else if (kind != ComponentKind::none) {
    reader.bad("a component of a known kind", std::to_string(static_cast<int>(kind)));
  }
  reader.end();
  return out;
}

AddedTokens read_added(Reader reader, const TokenizerParts& parts) {
  std::vector<AddedTokens::Entry> entries;
  const std::size_t count = reader.count(9);
  for (std::size_t i = 0; i < count; ++i) {
    AddedTokens::Entry entry;
    entry.honour_id = reader.u32();
    const std::uint8_t flags = reader.u8();
    if (flags > 31) reader.bad("flags below 32", std::to_string(flags));
    entry.token.single_word = (flags & 1) != 0;
    entry.token.lstrip = (flags & 2) != 0;
    entry.token.rstrip = (flags & 4) != 0;
    entry.token.normalized = (flags & 8) != 0;
    entry.token.special = (flags & 16) != 0;
    entry.token.content = reader.text();
    if (!utf8::is_valid(entry.token.content)) reader.bad("added tokens in UTF-8", "other bytes");
    entries.push_back(std::move(entry));
  }
  reader.end();
  return AddedTokens(std::move(entries), *parts.model, parts.normalizer.get());
}

}  // namespace

std::shared_ptr<const Tokenizer> read_compiled(std::string_view mapped, std::string name) {
  const Sections sections(mapped, name);
  TokenizerParts parts;
  Reader info = sections.at("INFO");
  parts.format = info.text();
  const std::uint8_t policy = info.u8();
  if (policy > 2) info.bad("a special-token policy", std::to_string(policy));
  parts.default_special = static_cast<SpecialPolicy>(policy);
  info.end();

  Reader settings = sections.at("MODL");
  std::shared_ptr<const Normalizer> own_normalizer;
  std::shared_ptr<const Decoder> own_decoder;
  switch (static_cast<ModelKind>(settings.u8())) {
    case ModelKind::bpe:
      parts.model = read_bpe(sections, settings);
      break;
    case ModelKind::wordpiece: {
      std::string unk(settings.text());
      std::string prefix(settings.text());
      const std::uint64_t max_chars = settings.u64();
      settings.end();
      parts.model =
          std::make_shared<const WordPiece>(read_vocab(sections), std::move(unk), std::move(prefix), max_chars);
      break;
    }
    case ModelKind::word_level: {
      std::string unk(settings.text());
      settings.end();
      parts.model = std::make_shared<const WordLevel>(read_vocab(sections), std::move(unk));
      break;
    }
    case ModelKind::unigram:
      parts.model = read_unigram(sections, settings);
      break;
    case ModelKind::rank_bpe:
      parts.model = read_ranks(sections, settings);
      break;
    case ModelKind::sentencepiece: {
      settings.end();
      Reader source = sections.at("FILE");
      const auto file = sentencepiece::parse_model(std::string(source.raw(source.left())), name);
      const auto vocabulary = sentencepiece::make_vocabulary(file);
      parts.model = sentencepiece::make_model(vocabulary);
      own_normalizer =
          std::make_shared<const sentencepiece::SentencePieceNormalizer>(file->normalizer, vocabulary, name);
      own_decoder = std::make_shared<const sentencepiece::SentencePieceDecoder>(vocabulary);
      break;
    }
    default:
      settings.bad("a model of a known kind", "another");
  }

  parts.normalizer = read_component<Normalizer>(sections.at("NORM"), normalizer_of, own_normalizer);
  Reader split = sections.at("PRET");
  if (static_cast<ComponentKind>(Reader(split).u8()) == ComponentKind::rank_split) {
    (void)split.u8();
    parts.pre_tokenizer = make_rank_split(std::string(split.text()));
    split.end();
  } else {
    parts.pre_tokenizer = read_component<PreTokenizer>(split, pre_tokenizer_of, nullptr);
  }
  parts.post_processor = read_component<PostProcessor>(sections.at("POST"), post_processor_of, nullptr);
  parts.decoder = read_component<Decoder>(sections.at("DECO"), decoder_of, own_decoder);
  Reader lengths = sections.at("TRPA");
  const JsonDocument truncation = JsonDocument::parse(std::string(lengths.text()), name);
  const JsonDocument padding = JsonDocument::parse(std::string(lengths.text()), name);
  lengths.end();
  parts.truncation = truncation_from_json(truncation.root());
  parts.padding = padding_from_json(padding.root());
  parts.added = read_added(sections.at("ADDE"), parts);
  return std::make_shared<const Tokenizer>(std::move(parts));
}

}  // namespace tokenspace
