// One pass over one or more AlignedTexts that keeps, replaces or drops characters, all into one shared buffer.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/aligned_text.hpp"

namespace tokenspace {

// Use: begin(text); calls that consume its normalized text in order up to its end; end(); ... finish(). Texts stay as
// they were until finish(). What a character is replaced by takes the alignment of that character.
class TextRewriter {
 public:
  void begin(AlignedText& text);
  // The same for edits that the reference does not make by transform() but in place (prepend, replace).
  void begin_in_place(AlignedText& text);
  // The text starts with characters inserted before everything, which transform() leaves out: the calls are then
  // gathered and passed to it in end(), one edit at a time; apply() and substitute() are not for such a text.
  bool partial() const { return recorded_; }
  void keep(std::size_t bytes);                        // whole characters, unchanged
  void keep_mapped(std::string_view mapped);           // as many bytes, each character replaced by one of equal length
  void put(std::size_t bytes, std::string_view with);  // one character replaced by any text
  void put(std::size_t bytes, char32_t with);
  void drop(std::size_t bytes);  // whole characters
  // Consumes `bytes` and writes `changes` for them with the rules of tokenizers' transform_range.
  void apply(std::size_t bytes, std::span<const unicode::CharChange> changes, std::size_t initial_removed);
  // Consumes `bytes` and writes `with`, every byte aligned to the last byte consumed ((0, 0) at the start of the text).
  void substitute(std::size_t bytes, std::string_view with);
  // Consumes `bytes` and writes the normalized text of `part`, a slice of them edited on its own; `shift` is the place
  // of its original in this text's original.
  void take(std::size_t bytes, const AlignedText& part, std::size_t shift);
  void end();
  void finish();

  std::size_t position() const { return at_; }  // bytes consumed of the present text

 private:
  friend class AlignedText;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Done {
    AlignedText* text;
    std::size_t begin, end, table;  // places in the buffer; table kNone for none
  };

  void flush();  // writes what keep() left pending
  void write_table_so_far();
  void need_table();
  void add_source(std::size_t from, std::size_t to);  // table entries of unchanged source bytes
  void add_identity(std::size_t from, std::size_t to);
  void add(std::size_t count, Span alignment);
  void advance(std::size_t bytes);
  void record(std::string_view text);

  std::shared_ptr<AlignedText::Buffer> buffer_;  // made by the first change
  std::vector<Done> done_;
  AlignedText* text_ = nullptr;
  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t pending_ = 0;  // [pending_, at_) is kept but not yet written
  std::size_t gap_ = kNone;  // without a table: where characters were first dropped
  std::size_t text_begin_ = 0, table_begin_ = 0;
  bool table_ = false;  // the present text has a table
  bool changed_ = false;
  bool recorded_ = false;
  std::size_t dropped_first_ = 0;
  std::vector<unicode::CharChange> changes_;
};

template <class Keep>
void AlignedText::filter(Keep keep) {
  TextRewriter out;
  out.begin(*this);
  const char* const first = normalized_.data();
  const char* const last = first + normalized_.size();
  const char* run = first;  // start of the characters kept and not yet written
  for (const char* p = first; p != last;) {
    const char* const start = p;
    if (keep(utf8::decode_unchecked(p))) continue;
    out.keep(static_cast<std::size_t>(start - run));
    out.drop(static_cast<std::size_t>(p - start));
    run = p;
  }
  out.keep(static_cast<std::size_t>(last - run));
  out.end();
  out.finish();
}

template <class Map>
void AlignedText::map(Map map) {
  TextRewriter out;
  out.begin(*this);
  const char* const first = normalized_.data();
  const char* const last = first + normalized_.size();
  const char* run = first;
  for (const char* p = first; p != last;) {
    const char* const start = p;
    const char32_t c = utf8::decode_unchecked(p);
    const char32_t mapped = map(c);
    if (mapped == c) continue;
    out.keep(static_cast<std::size_t>(start - run));
    out.put(static_cast<std::size_t>(p - start), mapped);
    run = p;
  }
  out.keep(static_cast<std::size_t>(last - run));
  out.end();
  out.finish();
}

}  // namespace tokenspace
