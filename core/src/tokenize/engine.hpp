// Fast engines. An engine cuts ordinary text into units whose encodings simply follow one another, and remembers what
// each unit encodes to. It exists only for configurations where that is provably the same as the general path.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "tokenspace/buffer.hpp"
#include "tokenspace/tokenizer.hpp"
#include "unit_cache.hpp"

namespace tokenspace::detail {

// Where a segment stands: text after an added token is not the start of the text (Metaspace "first" looks at that).
enum class Position : std::uint8_t { text_start, after_added };

// Memory of one working thread.
struct Scratch {
  explicit Scratch(std::size_t budget) : ids(budget), spans(budget) {}
  UnitCache ids;    // unit -> ids
  UnitCache spans;  // unit -> id, begin, end, word in turn (engines whose spans are not simply token lengths)
  Buffer<std::uint32_t> ends;
  Buffer<std::uint32_t> starts;  // of the characters of a part (byte_level_spans.hpp)
  std::vector<std::uint32_t> unit_ids;
  std::vector<std::uint32_t> unit_begins;
  std::vector<AddedTokens::Segment> segments;
  std::size_t ahead = 0;           // bytes of text this call and those that belong to it are about to bring
  std::size_t whole_units = 0;     // that were merged into one token since `ids` was seeded (cache_seeds.hpp)
  std::uint64_t seeded_cache = 0;  // the generation of `ids` that was seeded
};

// Growing output with room to write ahead.
using Ids = Buffer<std::uint32_t>;

class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string_view name() const = 0;

  // False when this text needs the general path (decided by looking at it once, cheaply).
  virtual bool accepts(std::string_view text) const = 0;
  // The same of each ordinary segment, when the text is known to be cut by added tokens.
  virtual bool accepts_segment(std::string_view) const { return true; }
  // True when the texts it accepts are their own normal form, so that added tokens with normalized = true are found in
  // them directly; otherwise accepts() makes sure that none can occur.
  virtual bool normal_form() const = 0;
  // True when encode_spans gives offsets as the post-processor would leave them (trim_offsets included).
  virtual bool trims_offsets() const { return false; }
  // Appends the ids of one ordinary segment.
  virtual void encode(std::string_view segment, Position position, Scratch& scratch, Ids& out) const = 0;
  // The same with one span a token, in bytes of the segment, moved by `shift`. Engines that count code points take
  // `shift` and give spans in `unit`; for the others `unit` is bytes.
  virtual bool counts_code_points() const { return false; }
  virtual void encode_spans(std::string_view segment, Position position, std::uint32_t shift, OffsetUnit unit,
                            Scratch& scratch, Ids& out, Buffer<Span>& spans) const = 0;
  virtual std::uint64_t count(std::string_view segment, Position position, Scratch& scratch) const = 0;
};

// nullptr when no engine is right for these parts.
std::unique_ptr<Engine> make_byte_level_engine(const TokenizerParts& parts);
std::unique_ptr<Engine> make_space_unit_engine(const TokenizerParts& parts);
std::unique_ptr<Engine> make_sentencepiece_engine(const TokenizerParts& parts);
std::unique_ptr<Engine> make_character_engine(const TokenizerParts& parts);

}  // namespace tokenspace::detail
