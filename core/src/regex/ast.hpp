// The syntax tree both parsers produce. Case folding and class operations are resolved by the parsers, so that a leaf
// is always a set of code points; groups exist only where something refers to them.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "char_set.hpp"
#include "tokenspace/unicode.hpp"

namespace tokenspace::regex {

inline constexpr std::uint32_t kUnbounded = std::numeric_limits<std::uint32_t>::max();
inline constexpr int kMaxParseDepth = 200;

enum class NodeKind : std::uint8_t {
  empty,
  set,         // one code point of `set`
  literal,     // `text`; only between parsing and resolve_literals
  concat,      // all children in order
  alternate,   // the first child that leads to a match
  repeat,      // children[0], min..max times
  capture,     // children[0], remembered as group `index`
  atomic,      // children[0], never reconsidered once matched
  look_ahead,  // children[0] matches here (`negative`: does not)
  look_behind,
  backreference,  // the text of group `index` (of the last set one of `indices` when named groups repeat)
  assertion,
  keep,  // \K
};

enum class RepeatKind : std::uint8_t { greedy, lazy };

enum class Assertion : std::uint8_t {
  text_begin,          // \A
  text_end,            // \z
  text_end_newline,    // \Z of Oniguruma: at the end or before a newline that is the last character
  text_end_newlines,   // \Z of fancy-regex: only newlines follow
  line_begin,          // ^ in multi-line mode
  line_begin_not_end,  // ^ of Oniguruma: never at the very end of a non-empty text
  line_end,            // $ in multi-line mode
  word_boundary,
  not_word_boundary,
  word_begin,
  word_end,
  search_begin,  // \G
};

struct Node {
  NodeKind kind = NodeKind::empty;
  bool negative = false;         // look-around
  bool ignore_case = false;      // literal, backreference
  bool any = false;              // a set written as '.'
  bool ends_when_empty = false;  // repeat: a round that matched nothing ends it, also one of the required rounds
  RepeatKind repeat = RepeatKind::greedy;
  Assertion assertion = Assertion::text_begin;
  std::uint32_t min = 0, max = 0;
  std::vector<std::uint32_t> indices;
  std::uint32_t index = 0;
  std::u32string text;
  CharSet set;  // set; for word assertions the word characters
  std::vector<std::unique_ptr<Node>> children;
};
using NodePtr = std::unique_ptr<Node>;

NodePtr make_node(NodeKind kind);
NodePtr make_set(CharSet set);
NodePtr make_literal(char32_t c, bool ignore_case);
NodePtr make_any(bool with_newline);  // the dot
NodePtr make_newline();               // \R: a line end of any kind, never half of one
NodePtr make_assertion(Assertion assertion);
NodePtr make_word_assertion(Assertion assertion, CharSet word);
NodePtr make_wrapper(NodeKind kind, NodePtr child);
NodePtr make_list(NodeKind kind, std::vector<NodePtr> children);  // concat or alternate; one child stands for itself
NodePtr make_repeat(NodePtr child, std::uint32_t min, std::uint32_t max, RepeatKind kind);
NodePtr clone(const Node& node);

struct SyntaxTree {
  NodePtr root;
  std::uint32_t groups = 0;        // capture groups, numbered from 1
  bool has_backreference = false;  // captures matter only then
};

// Neighbouring literals become one, so that "s" "s" folds as "ss".
void join_literals(Node& node);

// Replaces literals by sets (or alternatives, under ignore_case); the regex crate folds character by character.
enum class FoldRule : std::uint8_t { oniguruma, simple };
void resolve_literals(NodePtr& node, FoldRule rule, bool in_look_behind = false);

// Both throw Error(format) with the byte offset in the pattern, Error(unsupported) for constructs outside the engine
// (callouts, absent operators, subexpression calls, conditionals, text segments) and Error(limit) beyond
// kMaxParseDepth.
SyntaxTree parse_oniguruma(std::string_view pattern, unicode::Version tables);
SyntaxTree parse_fancy(std::string_view pattern, unicode::Version tables);

}  // namespace tokenspace::regex
