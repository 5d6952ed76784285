// Oniguruma 6.9.10, ONIG_SYNTAX_ONIGURUMA (the default of the onig crate), UTF-8. Source of the rules: its doc/RE and
// behaviour of the library itself, checked by differential fuzzing.
#include <algorithm>
#include <map>
#include <string>

#include "ast.hpp"
#include "case_fold.hpp"
#include "oniguruma_repeat.hpp"
#include "pattern_reader.hpp"
#include "properties.hpp"

namespace tokenspace::regex {
namespace {

constexpr std::uint32_t kMaxRepeat = 100000;

struct Options {
  bool ignore_case = false;
  bool dot_all = false;
  bool extended = false;
  bool ascii_word = false, ascii_digit = false, ascii_space = false, ascii_posix = false;
};

class OnigurumaParser {
 public:
  OnigurumaParser(std::string_view pattern, unicode::Version tables) : reader_(pattern), tables_(tables) {}

  SyntaxTree parse() {
    scan_for_names();
    SyntaxTree tree;
    tree.root = alternation(0);
    if (!reader_.at_end()) reader_.error("balanced parentheses", "')' without '('");
    for (const auto& [group, offset] : references_) {
      if (group > groups_)
        reader_.error_at(offset, "a reference to an existing group", "group " + std::to_string(group));
    }
    join_literals(*tree.root);
    mark_repeats(*tree.root);
    resolve_literals(tree.root, FoldRule::oniguruma);
    tree.groups = groups_;
    tree.has_backreference = !references_.empty();
    return tree;
  }

 private:
  // A named group anywhere turns every plain (...) into a non-capturing one, also those before it.
  void scan_for_names() {
    const std::string_view p = reader_.pattern();
    for (std::size_t i = 0; i + 3 < p.size(); ++i) {
      if (p[i] == '\\') {
        ++i;
      } else if (p[i] == '(' && p[i + 1] == '?' &&
                 ((p[i + 2] == '<' && p[i + 3] != '=' && p[i + 3] != '!') || p[i + 2] == '\'')) {
        named_ = true;
      }
    }
  }

  NodePtr alternation(int depth) {
    if (depth > kMaxParseDepth) reader_.limit("nesting");
    const Options saved = options_;
    std::vector<NodePtr> branches;
    branches.push_back(branch(depth));
    while (reader_.take('|')) branches.push_back(branch(depth));
    options_ = saved;
    return make_list(NodeKind::alternate, std::move(branches));
  }

  NodePtr branch(int depth) {
    std::vector<NodePtr> items;
    while (true) {
      skip_ignored();
      if (reader_.at_end() || reader_.peek() == '|' || reader_.peek() == ')') break;
      bool rest_of_group = false;
      NodePtr item = atom(depth, rest_of_group);
      if (rest_of_group) {  // (?i) applies to everything up to the closing parenthesis, alternatives included
        items.push_back(std::move(item));
        break;
      }
      items.push_back(quantified(std::move(item), depth));
    }
    return make_list(NodeKind::concat, std::move(items));
  }

  // Comments, and blanks in extended mode.
  void skip_ignored() {
    while (!reader_.at_end()) {
      if (reader_.starts_with("(?#")) {
        reader_.skip(3);
        while (true) {
          if (reader_.at_end()) reader_.error("')' at the end of a comment", "the end of the pattern");
          const char32_t c = reader_.next();
          if (c == '\\') {
            if (!reader_.at_end()) reader_.next();
          } else if (c == ')') {
            break;
          }
        }
      } else if (options_.extended && reader_.peek() == '#') {
        while (!reader_.at_end() && reader_.next() != '\n') {
        }
      } else if (options_.extended &&
                 std::string_view(" \t\n\r\f").find(static_cast<char>(reader_.peek())) != std::string_view::npos &&
                 reader_.peek() < 0x80) {
        reader_.next();
      } else {
        return;
      }
    }
  }

  static bool repeatable(const Node& node) {
    switch (node.kind) {
      case NodeKind::assertion:
      case NodeKind::look_ahead:
      case NodeKind::look_behind:
      case NodeKind::keep:
        return false;
      case NodeKind::alternate:
        return node.children.size() == 1 || std::all_of(node.children.begin(), node.children.end(),
                                                        [](const NodePtr& child) { return repeatable(*child); });
      default:
        return true;
    }
  }

  struct Interval {
    std::uint32_t min = 0, max = 0;
    bool fixed = false, possessive = false;
  };

  // {n}, {n,}, {n,m}, {,m}; anything else that begins with '{' is literal text.
  bool interval(Interval& out) {
    const std::size_t start = reader_.offset();
    reader_.skip(1);
    bool has_min = false, has_max = false;
    out.min = number(has_min);
    if (reader_.take(',')) {
      out.max = number(has_max);
      if (!has_max) out.max = kUnbounded;
      if ((!has_min && !has_max) || !reader_.take('}')) {
        reader_.seek(start);
        return false;
      }
    } else {
      if (!has_min || !reader_.take('}')) {
        reader_.seek(start);
        return false;
      }
      out.max = out.min;
      out.fixed = true;
    }
    if (out.max < out.min) {  // {5,2} is the possessive {2,5}
      std::swap(out.min, out.max);
      out.possessive = true;
    }
    return true;
  }

  std::uint32_t number(bool& found) {
    std::uint64_t value = 0;
    found = false;
    while (!reader_.at_end() && reader_.peek() >= '0' && reader_.peek() <= '9') {
      value = value * 10 + (reader_.next() - '0');
      found = true;
      if (value > kMaxRepeat) reader_.error("a repeat count of at most 100000", "a larger one");
    }
    return static_cast<std::uint32_t>(value);
  }

  NodePtr quantified(NodePtr node, int depth) {
    int layers = 0;
    while (true) {
      skip_ignored();
      if (reader_.at_end()) return node;
      const char32_t c = reader_.peek();
      Interval range;
      bool lazy = false;
      const std::size_t at = reader_.offset();
      if (c == '?' || c == '*' || c == '+') {
        reader_.skip(1);
        range.min = c == '+' ? 1 : 0;
        range.max = c == '?' ? 1 : kUnbounded;
        lazy = reader_.take('?');
        if (!lazy) range.possessive = reader_.take('+');
      } else if (c == '{' && interval(range)) {
        // {n}? is an optional {n}, and {n,m}+ a repeated {n,m}: the suffix is left for the next round.
        lazy = !range.possessive && !range.fixed && reader_.take('?');
      } else {
        return node;
      }
      if (!repeatable(*node))
        reader_.error_at(at, "something repeatable before a quantifier", "an anchor or look-around");
      if (++layers + depth > kMaxParseDepth) reader_.limit("nesting");
      if (range.min == 1 && range.max == 1) continue;
      node = oniguruma_repeat(std::move(node), range.min, range.max, lazy ? RepeatKind::lazy : RepeatKind::greedy);
      if (range.possessive) node = make_wrapper(NodeKind::atomic, std::move(node));
    }
  }

  NodePtr atom(int depth, bool& rest_of_group) {
    const char32_t c = reader_.peek();
    switch (c) {
      case '(':
        return group(depth, rest_of_group);
      case '[': {
        reader_.skip(1);
        bool negated = false;
        CharSet raw = bracket(depth, negated);
        if (options_.ignore_case) return fold_class(std::move(raw), negated);
        if (negated) raw.negate();
        if (!negated && raw.single() >= 0) return make_literal(static_cast<char32_t>(raw.single()), false);
        return make_set(std::move(raw));
      }
      case '.':
        reader_.skip(1);
        return dot(options_.dot_all);
      case '^':
        reader_.skip(1);
        return make_assertion(Assertion::line_begin_not_end);
      case '$':
        reader_.skip(1);
        return make_assertion(Assertion::line_end);
      case '\\':
        return escape();
      case '?':
      case '*':
      case '+':
        reader_.error("something to repeat", "a quantifier");
      case '{': {
        Interval range;
        if (interval(range)) reader_.error("something to repeat", "a quantifier");
        break;
      }
      default:
        break;
    }
    return make_literal(reader_.next(), options_.ignore_case);
  }

  static NodePtr dot(bool with_newline) {
    CharSet set = CharSet::all();
    if (!with_newline) set.subtract(CharSet::of('\n'));
    NodePtr node = make_set(std::move(set));
    node->any = true;
    return node;
  }

  NodePtr close(NodePtr node) {
    if (!reader_.take(')')) reader_.error("')'", "the end of the pattern");
    return node;
  }

  NodePtr group(int depth, bool& rest_of_group) {
    const std::size_t open = reader_.offset();
    reader_.skip(1);
    if (reader_.starts_with("*")) reader_.unsupported(open, "a callout");
    if (!reader_.take('?')) {
      if (named_) return close(alternation(depth + 1));
      const std::uint32_t index = ++groups_;
      return capture(index, depth);
    }
    if (reader_.take(':')) return close(alternation(depth + 1));
    if (reader_.take('=')) return look(NodeKind::look_ahead, false, depth);
    if (reader_.take('!')) return look(NodeKind::look_ahead, true, depth);
    if (reader_.take('>')) return close(make_wrapper(NodeKind::atomic, alternation(depth + 1)));
    if (reader_.starts_with("<=") || reader_.starts_with("<!")) {
      const bool negative = reader_.starts_with("<!");
      reader_.skip(2);
      return look(NodeKind::look_behind, negative, depth);
    }
    if (reader_.starts_with("<") || reader_.starts_with("'")) {
      const char32_t end = reader_.next() == '<' ? '>' : '\'';
      std::string name = group_name(end);
      const std::uint32_t index = ++groups_;
      names_[std::move(name)].push_back(index);
      return capture(index, depth);
    }
    if (reader_.starts_with("~")) reader_.unsupported(open, "an absent operator");
    if (reader_.starts_with("(")) reader_.unsupported(open, "a conditional");
    if (reader_.starts_with("{")) reader_.unsupported(open, "a callout");
    return option_group(open, depth, rest_of_group);
  }

  NodePtr capture(std::uint32_t index, int depth) {
    NodePtr node = make_wrapper(NodeKind::capture, close(alternation(depth + 1)));
    node->index = index;
    return node;
  }

  NodePtr look(NodeKind kind, bool negative, int depth) {
    NodePtr node = close(make_wrapper(kind, alternation(depth + 1)));
    node->negative = negative;
    return node;
  }

  std::string group_name(char32_t end) {
    const std::size_t start = reader_.offset();
    std::string name;
    while (true) {
      if (reader_.at_end()) reader_.error_at(start, "a group name", "the end of the pattern");
      const std::size_t at = reader_.offset();
      const char32_t c = reader_.next();
      if (c == end) break;
      if (c == ')' || (name.empty() && (c < 'A' || c == '-')))
        reader_.error_at(at, "a group name of word characters", "another character");
      name.append(reader_.pattern().substr(at, reader_.offset() - at));
    }
    if (name.empty()) reader_.error_at(start, "a group name", "none");
    return name;
  }

  NodePtr option_group(std::size_t open, int depth, bool& rest_of_group) {
    Options changed = options_;
    bool on = true;
    while (true) {
      if (reader_.at_end()) reader_.error_at(open, "a group", "the end of the pattern");
      const char32_t c = reader_.next();
      if (c == '-') {
        on = false;
      } else if (c == 'i') {
        changed.ignore_case = on;
      } else if (c == 'm') {
        changed.dot_all = on;
      } else if (c == 'x') {
        changed.extended = on;
      } else if (c == 'W') {
        changed.ascii_word = on;
      } else if (c == 'D') {
        changed.ascii_digit = on;
      } else if (c == 'S') {
        changed.ascii_space = on;
      } else if (c == 'P') {
        changed.ascii_posix = on;
      } else if (c == ')') {
        // The option stands for a group that reaches to the end of the enclosing one.
        const Options saved = options_;
        options_ = changed;
        NodePtr rest = alternation(depth + 1);
        options_ = saved;
        rest_of_group = true;
        return make_wrapper(NodeKind::alternate, std::move(rest));
      } else if (c == ':') {
        const Options saved = options_;
        options_ = changed;
        // An alternation of one: as in the library, an anchor inside is repeatable and literals do not join across its
        // border.
        NodePtr node = make_wrapper(NodeKind::alternate, close(alternation(depth + 1)));
        options_ = saved;
        return node;
      } else if (c == 'y' || c == 'C' || c == 'I' || c == 'L') {
        reader_.unsupported(open, "a whole-pattern or text-segment option");
      } else {
        reader_.error_at(open, "a group option out of i m x W D S P", "another character");
      }
    }
  }

  CharSet limited(CharSet set, bool ascii) const {
    if (ascii) set.intersect(CharSet{{0, 0x7F}});
    return set;
  }
  CharSet word(bool in_class) const {
    return limited(in_class ? oniguruma_word_set(tables_) : oniguruma_bare_word_set(tables_),
                   options_.ascii_word || options_.ascii_posix);
  }
  CharSet type_set(char32_t letter, bool in_class) const {
    CharSet set;
    switch (letter | 0x20) {
      case 'w':
        set = word(in_class);
        break;
      case 'd':
        set = limited(digit_set(tables_), options_.ascii_digit || options_.ascii_posix);
        break;
      case 's':
        set = limited(space_set(), options_.ascii_space || options_.ascii_posix);
        break;
      default:
        set = hex_digit_set();
        break;
    }
    if ((letter & 0x20) == 0) set.negate();
    return set;
  }

  // After "\p{" or "\P{".
  CharSet property(bool negated, bool in_class) {
    const std::size_t start = reader_.offset();
    if (reader_.take('^')) negated = !negated;
    const std::size_t begin = reader_.offset();
    while (!reader_.at_end() && reader_.peek() != '}') {
      const char32_t c = reader_.next();
      if (c == '(' || c == ')' || c == '{' || c == '|')
        reader_.error_at(start, "'}' after a property name", "another character");
    }
    const std::string_view name = reader_.pattern().substr(begin, reader_.offset() - begin);
    if (!reader_.take('}')) reader_.error_at(start, "'}' after a property name", "the end of the pattern");
    CharSet set;
    if (!oniguruma_property(name, tables_, set))
      reader_.error_at(start, "a known property name", "\"" + std::string(name) + "\"");
    std::string plain;
    for (const char c : name) {
      if (c != ' ' && c != '-' && c != '_') plain.push_back(static_cast<char>(c | 0x20));
    }
    if (plain == "word") set = word(in_class);
    const bool is_posix = plain == "alnum" || plain == "alpha" || plain == "blank" || plain == "cntrl" ||
                          plain == "graph" || plain == "lower" || plain == "print" || plain == "punct" ||
                          plain == "upper" || plain == "xdigit";
    set = limited(std::move(set),
                  (options_.ascii_posix && (is_posix || plain == "digit" || plain == "space" || plain == "word")) ||
                      (options_.ascii_digit && plain == "digit") || (options_.ascii_space && plain == "space") ||
                      (options_.ascii_word && plain == "word"));
    if (negated) set.negate();
    return set;
  }

  std::uint32_t hex(std::size_t max_digits) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < max_digits && !reader_.at_end(); ++i) {
      const int digit = hex_value(reader_.peek());
      if (digit < 0) break;
      value = value << 4 | static_cast<std::uint32_t>(digit);
      reader_.next();
    }
    return value;
  }

  char32_t checked(std::uint32_t code, std::size_t at) {
    if (code > kMaxCodePoint || (code >= 0xD800 && code < 0xE000))
      reader_.error_at(at, "a Unicode code point", "another number");
    return code;
  }

  // \xHH and \ooo name bytes; several in a row make one UTF-8 character.
  char32_t byte_escape(std::uint32_t first, std::size_t at) {
    if (first < 0x80) return first;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : -1;
    if (more < 0) reader_.error_at(at, "bytes of a UTF-8 character", "a stray byte");
    std::string bytes(1, static_cast<char>(first));
    for (int i = 0; i < more; ++i) {
      if (!reader_.starts_with("\\x")) reader_.error_at(at, "bytes of a UTF-8 character", "too few of them");
      reader_.skip(2);
      bytes.push_back(static_cast<char>(hex(2)));
    }
    if (utf8::valid_sequence_length(bytes) != bytes.size())
      reader_.error_at(at, "bytes of a UTF-8 character", "others");
    const char* p = bytes.data();
    return utf8::decode_unchecked(p);
  }

  // The escapes that name one code point, outside and inside brackets. The backslash is consumed, `c` is the next
  // character.
  bool code_point_escape(char32_t c, std::size_t at, bool in_class, char32_t& out) {
    static constexpr std::string_view kLetters = "tvnrfae", kControls = "\t\v\n\r\f\x07\x1B";
    if (const std::size_t i = c < 0x80 ? kLetters.find(static_cast<char>(c)) : std::string_view::npos;
        i != std::string_view::npos) {
      out = static_cast<char32_t>(kControls[i]);
      return true;
    }
    switch (c) {
      case 'b':
        if (!in_class) return false;
        out = 0x08;
        return true;
      case 'x':
        if (reader_.take('{')) {
          const std::size_t digits = reader_.offset();
          const std::uint32_t code = hex(8);
          if (reader_.offset() == digits) {  // "\x{" without digits: the letter x, then "{"
            reader_.seek(digits - 1);
            out = 'x';
            return true;
          }
          if (!reader_.take('}')) reader_.error_at(at, "'}' after a hexadecimal number", "another character");
          out = checked(code, at);
          return true;
        }
        out = byte_escape(hex(2), at);
        return true;
      case 'u': {
        const std::size_t digits = reader_.offset();
        const std::uint32_t code = hex(4);
        if (reader_.offset() != digits + 4) reader_.error_at(at, "four hexadecimal digits", "fewer");
        out = checked(code, at);
        return true;
      }
      case 'o':
        if (reader_.take('{')) {
          std::uint32_t code = 0;
          while (!reader_.at_end() && reader_.peek() >= '0' && reader_.peek() <= '7' && code <= kMaxCodePoint) {
            code = code << 3 | (reader_.next() - '0');
          }
          if (!reader_.take('}')) reader_.error_at(at, "'}' after an octal number", "another character");
          out = checked(code, at);
          return true;
        }
        out = 'o';
        return true;
      case 'c':
      case 'C':
      case 'M':
        reader_.unsupported(at, "a control or meta escape");
      default:
        return false;
    }
  }

  std::uint32_t octal(std::size_t max_digits) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < max_digits && !reader_.at_end() && reader_.peek() >= '0' && reader_.peek() <= '7';
         ++i) {
      value = value << 3 | (reader_.next() - '0');
    }
    return value;
  }

  NodePtr escape() {
    const std::size_t at = reader_.offset();
    reader_.skip(1);
    if (reader_.at_end()) reader_.error_at(at, "a character after '\\'", "the end of the pattern");
    const char32_t c = reader_.next();
    switch (c) {
      case 'w':
      case 'W':
      case 'd':
      case 'D':
      case 's':
      case 'S':
      case 'h':
      case 'H':
        return make_set(type_set(c, false));
      case 'p':
      case 'P':
        if (reader_.take('{')) return make_set(property(c == 'P', false));
        break;
      case 'b':
      case 'B': {
        NodePtr node = make_assertion(c == 'b' ? Assertion::word_boundary : Assertion::not_word_boundary);
        node->set = word(false);
        return node;
      }
      case 'A':
        return make_assertion(Assertion::text_begin);
      case 'Z':
        return make_assertion(Assertion::text_end_newline);
      case 'z':
        return make_assertion(Assertion::text_end);
      case 'G':
        return make_assertion(Assertion::search_begin);
      case 'K':
        return make_node(NodeKind::keep);
      case 'N':
        return dot(false);
      case 'O':
        return dot(true);
      case 'R': {
        std::vector<NodePtr> pair, either;
        pair.push_back(make_literal('\r', false));
        pair.push_back(make_literal('\n', false));
        either.push_back(make_list(NodeKind::concat, std::move(pair)));
        either.push_back(make_set(CharSet{{0x0A, 0x0D}, {0x85, 0x85}, {0x2028, 0x2029}}));
        return make_wrapper(NodeKind::atomic, make_list(NodeKind::alternate, std::move(either)));
      }
      case 'X':
      case 'y':
      case 'Y':
        reader_.unsupported(at, "a text-segment escape");
      case 'g':
        if (reader_.starts_with("<") || reader_.starts_with("'")) reader_.unsupported(at, "a subexpression call");
        break;
      case 'k':
        if (reader_.starts_with("<") || reader_.starts_with("'")) return named_reference(at);
        break;
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
      case '6':
      case '7':
      case '8':
      case '9': {
        reader_.seek(at + 1);
        bool found = false;
        const std::uint32_t group = number(found);
        if (group <= groups_ || group <= 9) return reference({group}, at, false);
        reader_.seek(at + 1);
        if (c >= '8') return make_literal(reader_.next(), options_.ignore_case);
        return make_literal(byte_escape(octal(3), at), options_.ignore_case);
      }
      case '0':
        return make_literal(byte_escape(octal(2), at), options_.ignore_case);
      default:
        break;
    }
    char32_t code = c;
    code_point_escape(c, at, false, code);
    return make_literal(code, options_.ignore_case);
  }

  NodePtr reference(std::vector<std::uint32_t> groups, std::size_t at, bool by_name) {
    if (named_ && !by_name) reader_.error_at(at, "references by name in a pattern with named groups", "a number");
    for (const std::uint32_t group : groups) references_.push_back({group, at});
    NodePtr node = make_node(NodeKind::backreference);
    node->indices = std::move(groups);
    node->ignore_case = options_.ignore_case;
    return node;
  }

  NodePtr named_reference(std::size_t at) {
    const char32_t end = reader_.next() == '<' ? '>' : '\'';
    std::string name;
    while (!reader_.at_end() && reader_.peek() != end) {
      const std::size_t begin = reader_.offset();
      reader_.next();
      name.append(reader_.pattern().substr(begin, reader_.offset() - begin));
    }
    if (!reader_.take(end) || name.empty()) reader_.error_at(at, "a group name", "none");
    const bool relative = name[0] == '-' || name[0] == '+';
    if (relative || (name[0] >= '0' && name[0] <= '9')) {
      std::int64_t value = 0;
      for (std::size_t i = relative ? 1 : 0; i < name.size(); ++i) {
        if (name[i] < '0' || name[i] > '9' || value > 100000)
          reader_.unsupported(at, "a reference with a recursion level");
        value = value * 10 + (name[i] - '0');
      }
      if (name[0] == '-') value = static_cast<std::int64_t>(groups_) + 1 - value;
      if (name[0] == '+') value += groups_;
      if (value <= 0) reader_.error_at(at, "a reference to an existing group", name);
      return reference({static_cast<std::uint32_t>(value)}, at, false);
    }
    const auto found = names_.find(name);
    if (found == names_.end()) reader_.error_at(at, "the name of an earlier group", "\"" + name + "\"");
    return reference(found->second, at, true);
  }

  // One bracket expression after its '['. The result is the set before negation.
  CharSet bracket(int depth, bool& negated);

  PatternReader reader_;
  unicode::Version tables_;
  Options options_;
  bool named_ = false;
  std::uint32_t groups_ = 0;
  std::map<std::string, std::vector<std::uint32_t>> names_;
  std::vector<std::pair<std::uint32_t, std::size_t>> references_;
};

CharSet OnigurumaParser::bracket(int depth, bool& negated) {
  if (depth > kMaxParseDepth) reader_.limit("nesting");
  const std::size_t open = reader_.offset();
  negated = reader_.take('^');
  CharSet result;  // the intersection of the parts before the last "&&"
  bool has_result = false;
  CharSet current;
  // What the previous element was decides what '-' means.
  enum class State { start, value, range, complete, type } state = State::start;
  char32_t pending = 0;  // the last single value; added when it turns out not to begin a range
  bool first = true;

  const auto flush = [&] {
    if (state == State::value) current.add(pending);
  };
  const auto take_value = [&](char32_t c) {
    if (state == State::range) {
      if (pending > c) reader_.error("a range in ascending order", "a descending one");
      current.add(pending, c);
      state = State::complete;
      return;
    }
    flush();
    pending = c;
    state = State::value;
  };
  const auto take_set = [&](const CharSet& set) {
    if (state == State::range) reader_.error("a character at the end of a range", "a class");
    flush();
    current.unite(set);
    state = State::type;
  };

  while (true) {
    if (reader_.at_end()) reader_.error_at(open, "']' at the end of a class", "the end of the pattern");
    const std::size_t at = reader_.offset();
    const char32_t c = reader_.next();
    if (c == ']' && !first) break;
    if (c == ']' && first) {
      // "[]...]": literal when a later ']' can close the class.
      bool closes = false, escaped = false;
      for (std::size_t i = reader_.offset(); i < reader_.pattern().size() && !closes; ++i) {
        const char b = reader_.pattern()[i];
        closes = b == ']' && !escaped;
        escaped = b == '\\' && !escaped;
      }
      if (!closes) reader_.error_at(open, "at least one character in a class", "none");
      first = false;
      take_value(c);
      continue;
    }
    first = false;
    if (c == '\\') {
      if (reader_.at_end()) reader_.error_at(at, "a character after '\\'", "the end of the pattern");
      const char32_t e = reader_.next();
      if (std::string_view("wWdDsShH").find(static_cast<char>(e)) != std::string_view::npos && e < 0x80) {
        take_set(type_set(e, true));
      } else if ((e == 'p' || e == 'P') && reader_.take('{')) {
        take_set(property(e == 'P', true));
      } else if (e >= '0' && e <= '7') {
        reader_.seek(at + 1);
        take_value(byte_escape(octal(3), at));
      } else {
        char32_t code = e;
        code_point_escape(e, at, true, code);
        take_value(code);
      }
    } else if (c == '[') {
      if (reader_.starts_with(":")) {
        const std::size_t end = reader_.pattern().find(":]", reader_.offset() + 1);
        const std::size_t name_at = reader_.offset() + 1;
        if (end != std::string_view::npos && end - name_at < 20) {
          std::string_view name = reader_.pattern().substr(name_at, end - name_at);
          const bool inverted = !name.empty() && name[0] == '^';
          if (inverted) name.remove_prefix(1);
          const bool plausible = std::all_of(name.begin(), name.end(), [](char b) { return b != ']' && b != '\\'; });
          CharSet set;
          if (plausible) {
            if (!oniguruma_posix(name, tables_, set))
              reader_.error_at(at, "a POSIX class name", "\"" + std::string(name) + "\"");
            set = limited(std::move(set), options_.ascii_posix || (options_.ascii_digit && name == "digit") ||
                                              (options_.ascii_space && name == "space") ||
                                              (options_.ascii_word && name == "word"));
            if (inverted) set.negate();
            reader_.seek(end + 2);
            take_set(set);
            continue;
          }
        }
      }
      flush();
      state = State::complete;
      bool inner_negated = false;
      CharSet inner = bracket(depth + 1, inner_negated);
      if (inner_negated) inner.negate();
      current.unite(inner);
    } else if (c == '&' && reader_.starts_with("&")) {
      reader_.skip(1);
      if (state == State::range) {
        current.add(pending);
        current.add('-');
      } else {
        flush();
      }
      if (has_result) {
        result.intersect(current);
      } else {
        result = std::move(current);
        has_result = true;
      }
      current = CharSet();
      state = State::start;
    } else if (c == '-') {
      const bool before_end = reader_.starts_with("]");
      const bool before_and = reader_.starts_with("&&");
      if (state == State::value && !before_end && !before_and) {
        state = State::range;
      } else if (state == State::type && !before_end && !before_and) {
        reader_.error_at(at, "a character before '-'", "a class");
      } else {
        take_value('-');
      }
    } else {
      take_value(c);
    }
  }
  if (state == State::range) {
    current.add(pending);
    current.add('-');
  } else {
    flush();
  }
  if (has_result) {
    result.intersect(current);
    return result;
  }
  return current;
}

}  // namespace

SyntaxTree parse_oniguruma(std::string_view pattern, unicode::Version tables) {
  return OnigurumaParser(pattern, tables).parse();
}

}  // namespace tokenspace::regex
