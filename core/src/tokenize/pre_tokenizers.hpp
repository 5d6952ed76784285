// Constructors of the pre-tokenizers and what their implementations share.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "component_json.hpp"
#include "tokenspace/pre_tokenizer.hpp"
#include "tokenspace/utf8.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace {

std::shared_ptr<const PreTokenizer> make_bert_pre_tokenizer();
std::shared_ptr<const PreTokenizer> make_whitespace();
std::shared_ptr<const PreTokenizer> make_whitespace_split();
std::shared_ptr<const PreTokenizer> make_punctuation(SplitBehavior behavior);
std::shared_ptr<const PreTokenizer> make_digits(bool individual_digits);
std::shared_ptr<const PreTokenizer> make_char_delimiter_split(char32_t delimiter);
// `at` is the pattern's place, for messages.
std::shared_ptr<const PreTokenizer> make_split(component_json::Pattern pattern, SplitBehavior behavior, bool invert,
                                               Json at);
std::shared_ptr<const PreTokenizer> make_byte_level(bool add_prefix_space, bool trim_offsets, bool use_regex);
enum class PrependScheme : std::uint8_t { first, never, always };
std::shared_ptr<const PreTokenizer> make_metaspace(char32_t replacement, PrependScheme scheme, bool split);
std::shared_ptr<const PreTokenizer> make_unicode_scripts();
std::shared_ptr<const PreTokenizer> make_fixed_length(std::uint64_t length);  // in code points, > 0

// Replaces each piece that is not an added token by its ranges; cut(text, spans) appends them. Empty ranges are
// dropped.
template <class Cut>
void cut_pieces(std::vector<Piece>& pieces, Cut cut) {
  std::vector<Piece> out;
  out.reserve(pieces.size() * 2);
  std::vector<Span> spans;
  for (Piece& piece : pieces) {
    look_up();
    if (piece.added) {
      out.push_back(std::move(piece));
      continue;
    }
    spans.clear();
    cut(std::as_const(piece.text), spans);
    for (const Span span : spans) {
      look_up();
      if (span.size() != 0) out.push_back({piece.text.slice(span)});
    }
  }
  pieces.swap(out);
}

// Every character that is_delimiter(char32_t) accepts is a match of its own; the text between two is one non-match.
template <class IsDelimiter>
void match_characters(std::string_view text, IsDelimiter is_delimiter, std::vector<AlignedText::Match>& matches) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* run = begin;
  const auto place = [begin](const char* p) { return static_cast<std::uint32_t>(p - begin); };
  for (const char* p = begin; p != end;) {
    const char* const start = p;
    if (!is_delimiter(utf8::decode_unchecked(p))) continue;
    if (run != start) matches.push_back({{place(run), place(start)}, false});
    matches.push_back({{place(start), place(p)}, true});
    run = p;
  }
  if (run != end) matches.push_back({{place(run), place(end)}, false});
}

template <class IsDelimiter>
void cut_at_characters(std::vector<Piece>& pieces, SplitBehavior behavior, IsDelimiter is_delimiter) {
  std::vector<AlignedText::Match> matches;
  cut_pieces(pieces, [&](const AlignedText& text, std::vector<Span>& spans) {
    matches.clear();
    match_characters(text.normalized(), is_delimiter, matches);
    AlignedText::split_spans(matches, behavior, spans);
  });
}

// Ranges found in order become matches, the text between them non-matches.
void add_gaps(std::string_view text, const std::vector<Span>& found, bool invert,
              std::vector<AlignedText::Match>& matches);

}  // namespace tokenspace
