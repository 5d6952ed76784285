// A text under normalization that remembers where every byte came from (tokenizers' NormalizedString, 0.23.3).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/regex.hpp"
#include "tokenspace/span.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {

// What happens to the text around a match when splitting (tokenizers' SplitDelimiterBehavior).
enum class SplitBehavior : std::uint8_t { removed, isolated, merged_with_previous, merged_with_next, contiguous };

// Cheap to copy and to slice: edited text and its table live in a shared immutable buffer, unedited text is a view. An
// edit writes a new buffer and never touches other slices.
class AlignedText {
 public:
  AlignedText() = default;
  // A view of `original` (valid UTF-8; must outlive this object) that starts at byte `shift` of the text the user gave.
  // Error(limit) when an offset would not fit 32 bits.
  explicit AlignedText(std::string_view original, std::uint32_t shift = 0);

  std::string_view normalized() const { return normalized_; }
  std::string_view original() const { return original_; }
  std::uint32_t shift() const { return shift_; }
  bool empty() const { return normalized_.empty(); }

  // Bytes [begin, end) of normalized() -> bytes in the user's text (shift included). Empty ranges are defined: as in
  // tokenizers' convert_offsets(Range::Normalized), [b, b) gives [shift + b, shift + b). A range that is reversed or
  // leaves the text comes back unchanged, as Encoding's offsets do there.
  Span to_original(Span normalized) const;
  Span original_range() const;  // the whole slice in the user's text

  // -- edits (tokenizers' NormalizedString methods; same results and same alignments) --
  // Replaces normalized bytes `range` by `changes`; `initial_removed` input code points vanish before the first.
  // Where the reference would index behind its table (and panic), the last entry is used.
  void transform_range(Span range, std::span<const unicode::CharChange> changes, std::size_t initial_removed);
  void transform(std::span<const unicode::CharChange> changes, std::size_t initial_removed);
  void prepend(std::string_view text);
  void append(std::string_view text);
  void normalize(unicode::Form form);
  void lowercase();
  void strip(bool left, bool right);
  template <class Keep>
  void filter(Keep keep);  // keep(char32_t) -> bool
  template <class Map>
  void map(Map map);                                                 // map(char32_t) -> char32_t
  void replace(std::string_view pattern, std::string_view content);  // an empty pattern matches nowhere
  void replace(const Regex& pattern, std::string_view content);
  // The whole normalized text with one span (relative to original()) per byte: for the SentencePiece normalizer.
  void set_normalized(std::string text, std::vector<Span> alignments);

  AlignedText slice(Span normalized) const;  // on code point boundaries
  // `matches`: (range of normalized(), is_match) covering the text in order, as tokenizers' Pattern::find_matches
  // yields.
  struct Match {
    Span span;
    bool is_match;
  };
  std::vector<AlignedText> split(std::span<const Match> matches, SplitBehavior behavior) const;
  // The ranges split() keeps, empty ones included.
  static void split_spans(std::span<const Match> matches, SplitBehavior behavior, std::vector<Span>& out);

 private:
  friend class TextRewriter;
  struct Buffer {
    std::string text;
    std::vector<Span> alignments;
  };

  Span alignment(std::size_t index) const;  // of the byte `index`, relative to original_
  // The part of the text that transform() replaces. The reference finds it by converting the whole original back, which
  // leaves out leading characters that were inserted before everything; false when it would change nothing at all.
  bool transformable(Span& range) const;
  bool wholly_transformable() const;
  void replace_matches(std::span<const Span> matches, std::string_view content);

  std::string_view original_;
  std::string_view normalized_;  // original_ itself, or inside buffer_
  // One span per normalized byte, to be lowered by base_. Null while every character is still at its original's place
  // and as long (characters may be missing at the end), so that texts nobody touches, and ASCII lower-casing, cost no
  // table.
  const Span* alignments_ = nullptr;
  std::shared_ptr<const Buffer> buffer_;
  std::uint32_t shift_ = 0;  // of original_ in the user's text
  std::uint32_t base_ = 0;
};

}  // namespace tokenspace

#include "tokenspace/text_rewriter.hpp"
