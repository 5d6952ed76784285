// A text under normalization that remembers where every byte came from (tokenizers' NormalizedString, 0.23.3).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/regex.hpp"
#include "tokenspace/span.hpp"
#include "tokenspace/unicode.hpp"

namespace tokenspace {

// What happens to the text around a match when splitting (tokenizers' SplitDelimiterBehavior).
enum class SplitBehavior : std::uint8_t { removed, isolated, merged_with_previous, merged_with_next, contiguous };

class AlignedText {
 public:
  AlignedText() = default;
  // A view of `original` (must outlive this object) that starts at byte `shift` of the text the user gave.
  explicit AlignedText(std::string_view original, std::uint32_t shift = 0);

  std::string_view normalized() const { return normalized_; }
  std::string_view original() const { return original_; }
  std::uint32_t shift() const { return shift_; }
  bool empty() const { return normalized_.empty(); }

  // Bytes [begin, end) of normalized() -> bytes in the user's text (shift included). Empty ranges are defined: as in
  // tokenizers' convert_offsets(Range::Normalized).
  Span to_original(Span normalized) const;
  Span original_range() const;  // the whole slice in the user's text

  // -- edits (tokenizers' NormalizedString methods; same results and same alignments) --
  // Replaces normalized bytes `range` by `changes`; `initial_removed` input code points vanish before the first.
  void transform_range(Span range, std::span<const unicode::CharChange> changes, std::size_t initial_removed);
  void transform(std::span<const unicode::CharChange> changes, std::size_t initial_removed);
  void prepend(std::string_view text);
  void append(std::string_view text);
  void normalize(unicode::Form form);
  void lowercase();
  void strip(bool left, bool right);
  template <class Keep> void filter(Keep keep);                 // keep(char32_t) -> bool
  template <class Map> void map(Map map);                       // map(char32_t) -> char32_t
  void replace(std::string_view pattern, std::string_view content);
  void replace(const Regex& pattern, std::string_view content);
  void set_normalized(std::string text, std::vector<Span> alignments);  // for the SentencePiece normalizer

  AlignedText slice(Span normalized) const;
  // `matches`: (range of normalized(), is_match) covering the text in order, as tokenizers' Pattern::find_matches yields.
  struct Match {
    Span span;
    bool is_match;
  };
  std::vector<AlignedText> split(std::span<const Match> matches, SplitBehavior behavior) const;

 private:
  std::string_view original_;
  std::uint32_t shift_ = 0;          // of original_ in the user's text
  std::string normalized_;
  // One span per normalized byte, relative to original_. Empty while the text is unchanged (identity), so that
  // texts no component touches cost no table; materialize() fills it before the first edit.
  std::vector<Span> alignments_;
  void materialize();
};

}  // namespace tokenspace
