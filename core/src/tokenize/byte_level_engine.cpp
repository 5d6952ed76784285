// Byte-level BPE without the detour over characters: pieces of raw bytes, looked up in the unit cache, merged as bytes
// on a miss. For GPT-2, RoBERTa, Llama-3, Qwen, DeepSeek, tiktoken files: [NFC] -> split pattern(s) -> bytes -> BPE.
#include <algorithm>
#include <cstring>

#include "bpe_merge.hpp"
#include "byte_level_config.hpp"
#include "byte_level_spans.hpp"
#include "cache_seeds.hpp"
#include "engine.hpp"
#include "merge_short.hpp"
#include "tokenspace/bpe.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/rank_bpe.hpp"
#include "tokenspace/utf8.hpp"
#include "tokenspace/watch.hpp"
#include "unit_loop.hpp"

namespace tokenspace::detail {

namespace {

constexpr std::size_t kChunk = 8192;  // bytes of text split at a time: the piece ends stay in L1
constexpr std::size_t kMaxToken = 0xFFFF;

class ByteLevelEngine final : public Engine {
 public:
  ByteLevelEngine(ByteLevelConfig config, const TokenizerParts& parts)
      : config_(std::move(config)),
        model_(parts.model),
        bpe_(dynamic_cast<const Bpe*>(model_.get())),
        ranks_(dynamic_cast<const RankBpe*>(model_.get())) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      byte_ids_[byte] =
          ranks_ != nullptr
              ? ranks_->byte_id(static_cast<unsigned char>(byte))
              : bpe_->token_to_id(bytes_to_chars(std::string(1, static_cast<char>(byte)))).value_or(kNoRank);
    }
    if (bpe_ != nullptr) fill_byte_pairs();
    if (parts.post_processor) {
      const auto trim = parts.post_processor->trim();
      trim_ = {trim.trim, trim.add_prefix_space};
    }
    shapes_.resize(model_->id_bound());
    std::string bytes;
    for (std::uint32_t id = 0; id < shapes_.size(); ++id) {
      const auto text = model_->id_to_token(id);
      if (!text) continue;
      ++tokens_;
      bytes.clear();
      append_byte_level(bytes, *text);
      for (std::size_t i = 0; i + 1 < bytes.size(); ++i) join(bytes[i], bytes[i + 1]);
      TokenShape shape;
      shape.length = static_cast<std::uint16_t>(std::min(bytes.size(), kMaxToken));
      const auto is_space = [](char c) { return c == ' '; };
      const auto leading = std::find_if_not(bytes.begin(), bytes.end(), is_space) - bytes.begin();
      const auto trailing = std::find_if_not(bytes.rbegin(), bytes.rend(), is_space) - bytes.rbegin();
      shape.leading = static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(leading, 255));
      shape.trailing = static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(trailing, 255));
      shapes_[id] = shape;
    }
  }

  // True when every byte that valid UTF-8 can hold is a token, so that nothing is ever unknown, and every token has an
  // id of its own, so that the tables by id know all of them.
  bool complete() const {
    if (bpe_ != nullptr && tokens_ != bpe_->vocab().size()) return false;
    for (unsigned byte = 0; byte < 0xF5; ++byte) {
      if (byte_ids_[byte] == kNoRank && byte != 0xC0 && byte != 0xC1) return false;
    }
    return true;
  }

  std::string_view name() const override { return "byte-level"; }
  bool accepts(std::string_view text) const override {
    return !config_.nfc || unicode::is_normalized(text, unicode::Form::nfc);
  }
  bool normal_form() const override { return true; }
  bool trims_offsets() const override { return true; }

  void encode(std::string_view segment, Position, Scratch& scratch, Ids& out) const override {
    if (prefixed(segment)) {
      const std::string copy = " " + std::string(segment);
      return encode_plain(copy, scratch, out);
    }
    encode_plain(segment, scratch, out);
  }

  bool counts_code_points() const override { return true; }

  void encode_spans(std::string_view segment, Position, std::uint32_t shift, OffsetUnit unit, Scratch& scratch,
                    Ids& out, Buffer<Span>& spans) const override {
    if (!prefixed(segment)) return spans_plain(segment, shift, unit, trim_, scratch, out, spans);
    const std::string copy = " " + std::string(segment);
    const std::size_t first = spans.size();
    spans_plain(copy, 0, unit, {}, scratch, out, spans);
    // The added space has the place of the first character; everything else moves back by one.
    const auto first_char =
        unit == OffsetUnit::code_points
            ? 1
            : static_cast<std::uint32_t>(utf8::sequence_length(static_cast<unsigned char>(segment[0])));
    for (std::size_t i = first; i < spans.size(); ++i) {
      Span& span = spans[i];
      span.begin = (span.begin == 0 ? 0 : span.begin - 1) + shift;
      span.end = (span.end == 1 ? first_char : span.end - 1) + shift;
      if (trim_.trim) span = trim_(span, shapes_[out[out.size() - spans.size() + i]]);
    }
  }

  std::uint64_t count(std::string_view segment, Position, Scratch& scratch) const override {
    CountSink sink;
    const std::string copy = prefixed(segment) ? " " + std::string(segment) : std::string();
    const std::string_view text = copy.empty() ? segment : std::string_view(copy);
    for (std::size_t begin = 0; begin < text.size();) begin = run_chunk(text, begin, scratch, sink);
    return sink.n;
  }

 private:
  bool prefixed(std::string_view segment) const {
    return config_.add_prefix_space && !segment.empty() && segment.front() != ' ';
  }

  void encode_plain(std::string_view text, Scratch& scratch, Ids& out) const {
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = config_.splitter->safe_split(text, begin + kChunk);
      // A token has at least one byte; three more may be written past the last.
      const std::size_t size = out.size();
      reserve(out, size + (end - begin) + 4);
      out.resize(size + (end - begin) + 4);
      IdSink sink{out.data() + size};
      run_pieces(text, begin, end, scratch, sink);
      out.resize(static_cast<std::size_t>(sink.out - out.data()));
      begin = end;
    }
  }

  void spans_plain(std::string_view text, std::uint32_t shift, OffsetUnit unit, SpaceTrim trim, Scratch& scratch,
                   Ids& out, Buffer<Span>& spans) const {
    const bool code_points = unit == OffsetUnit::code_points;
    std::uint32_t first = shift;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = config_.splitter->safe_split(text, begin + kChunk);
      const std::size_t size = out.size();
      const std::size_t span_size = spans.size();
      reserve(out, size + (end - begin) + 4);
      reserve(spans, span_size + (end - begin) + 4);
      out.resize(size + (end - begin) + 4);
      spans.resize(span_size + (end - begin) + 4);
      const std::string_view part = text.substr(begin, end - begin);
      const bool ascii = is_ascii(part);
      const std::uint32_t next = ascii ? first + static_cast<std::uint32_t>(part.size())
                                       : fill_starts(part, first, code_points, scratch.starts);
      SpanSink sink{out.data() + size,
                    spans.data() + span_size,
                    shapes_.data(),
                    ascii ? nullptr : scratch.starts.data(),
                    part,
                    static_cast<std::uint32_t>(begin),
                    first,
                    code_points,
                    trim};
      run_pieces(text, begin, end, scratch, sink);
      out.resize(static_cast<std::size_t>(sink.out - out.data()));
      spans.resize(static_cast<std::size_t>(sink.spans - spans.data()));
      begin = end;
      first = next;
    }
  }

  template <class Vector>
  static void reserve(Vector& v, std::size_t n) {
    if (v.capacity() < n) v.reserve(std::max(n, v.capacity() * 2));
  }

  template <class Sink>
  std::size_t run_chunk(std::string_view text, std::size_t begin, Scratch& scratch, Sink& sink) const {
    const std::size_t end = config_.splitter->safe_split(text, begin + kChunk);
    run_pieces(text, begin, end, scratch, sink);
    return end;
  }

  template <class Sink>
  void run_pieces(std::string_view text, std::size_t chunk_begin, std::size_t chunk_end, Scratch& scratch,
                  Sink& sink) const {
    look_up();
    auto& ends = scratch.ends;
    ends.clear();
    config_.splitter->split(text.substr(chunk_begin, chunk_end - chunk_begin), ends);
    run_units(
        text, chunk_begin, ends, 0, 0, scratch.ids,
        [&](std::string_view piece, const UnitKey* key, std::uint64_t hash,
            unsigned) -> const std::vector<std::uint32_t>& { return miss(piece, key, hash, scratch); },
        sink);
  }

  // Encodes a piece into scratch.unit_ids and remembers it.
  [[gnu::noinline]] const std::vector<std::uint32_t>& miss(std::string_view piece, const UnitKey* key,
                                                           std::uint64_t hash, Scratch& scratch) const {
    auto& ids = scratch.unit_ids;
    auto& begins = scratch.unit_begins;
    ids.clear();
    bool whole = false;
    if (ranks_ != nullptr || bpe_->options().ignore_merges) {
      const auto id = ranks_ != nullptr ? ranks_->bytes().find(piece) : bpe_->vocab().find(bytes_to_chars(piece));
      whole = id.has_value();
      if (whole) ids.push_back(*id);
    }
    if (!whole) {
      // Where no token holds two neighbouring bytes, nothing merges across: Chinese text under GPT-2 falls into
      // characters.
      for (std::size_t begin = 0, end = 1; begin < piece.size(); begin = end++) {
        while (end < piece.size() && joins(piece[end - 1], piece[end])) ++end;
        merge_stretch(piece.substr(begin, end - begin), ids, begins);
      }
    }
    remember(scratch.ids, piece, key, hash, 0, ids);
    if (bpe_ != nullptr && ids.size() == 1 && key != nullptr) met_whole_token(*bpe_, scratch);
    return ids;
  }

  void join(char left, char right) { joined_[pair(left, right) >> 6] |= 1ull << (pair(left, right) & 63); }
  bool joins(char left, char right) const {
    return (joined_[pair(left, right) >> 6] >> (pair(left, right) & 63) & 1) != 0;
  }
  static std::size_t pair(char left, char right) {
    return static_cast<std::size_t>(static_cast<unsigned char>(left)) << 8 | static_cast<unsigned char>(right);
  }

  // Appends the tokens of a stretch.
  void merge_stretch(std::string_view stretch, std::vector<std::uint32_t>& ids,
                     std::vector<std::uint32_t>& begins) const {
    const std::size_t first = ids.size();
    const std::size_t n = stretch.size();
    ids.resize(first + n);
    begins.resize(n + 1);
    for (std::size_t i = 0; i < n; ++i) {
      ids[first + i] = byte_ids_[static_cast<unsigned char>(stretch[i])];
      begins[i] = static_cast<std::uint32_t>(i);
    }
    begins[n] = static_cast<std::uint32_t>(n);
    ids.resize(first + (ranks_ != nullptr ? ranks_->merge(stretch, ids.data() + first, begins.data(), n)
                                          : merge_bytes(stretch, ids.data() + first, begins.data())));
  }

  // Merges whose parts are single bytes, by the two bytes: every piece starts with these look-ups.
  void fill_byte_pairs() {
    byte_pairs_.resize(256 * 256);
    std::vector<int> byte_of(model_->id_bound(), -1);
    for (int byte = 0; byte < 256; ++byte) {
      if (byte_ids_[byte] != kNoRank) byte_of[byte_ids_[byte]] = byte;
    }
    bpe_->merges().each([&](std::uint32_t left, std::uint32_t right, Merge m) {
      if (byte_of[left] >= 0 && byte_of[right] >= 0)
        byte_pairs_[static_cast<std::size_t>(byte_of[left] << 8 | byte_of[right])] = m;
    });
  }

  std::size_t merge_bytes(std::string_view piece, std::uint32_t* ids, std::uint32_t* begins) const {
    const std::size_t n = piece.size();
    if (n < 2 || n > kScanLimit) return bpe_->merge(ids, begins, n);
    const auto first = [&](std::size_t i) { return byte_pairs_[pair(piece[i], piece[i + 1])]; };
    const MergeTable& merges = bpe_->merges();
    if (n >= kLeastMerge && n <= kShortMerge && merges.narrow()) return merge_short(ids, n, first, merges);
    const auto find = [&merges](std::uint32_t left, std::uint32_t right, std::uint32_t, std::uint32_t, std::uint32_t) {
      return merges.find(left, right);
    };
    return merge_by_scan(ids, begins, n, first, find);
  }

  ByteLevelConfig config_;
  std::vector<Merge> byte_pairs_;
  std::shared_ptr<const Model> model_;
  const Bpe* bpe_;  // exactly one of the two is set
  const RankBpe* ranks_;
  std::uint32_t byte_ids_[256];
  std::vector<TokenShape> shapes_;
  std::size_t tokens_ = 0;                                                // ids that have a token
  std::vector<std::uint64_t> joined_ = std::vector<std::uint64_t>(1024);  // pairs of bytes side by side in some token
  SpaceTrim trim_;
};

}  // namespace

std::unique_ptr<Engine> make_byte_level_engine(const TokenizerParts& parts) {
  const auto* bpe = dynamic_cast<const Bpe*>(parts.model.get());
  const auto* ranks = dynamic_cast<const RankBpe*>(parts.model.get());
  if (bpe == nullptr && ranks == nullptr) return nullptr;
  if (bpe != nullptr && (bpe->options().continuing_subword_prefix || bpe->options().end_of_word_suffix)) return nullptr;
  constexpr std::uint32_t kMostIds = 1u << 22;  // a table of shapes beyond this is not worth its memory
  if (parts.model->id_bound() > kMostIds) return nullptr;
  auto config = byte_level_config(parts, ranks != nullptr);
  if (!config) return nullptr;
  auto engine = std::make_unique<ByteLevelEngine>(std::move(*config), parts);
  if (!engine->complete()) return nullptr;
  return engine;
}

}  // namespace tokenspace::detail
