// fancy-regex 0.19 over regex-syntax 0.8, as tiktoken 0.14 builds them: the pattern language of both, Unicode mode.
#include <map>
#include <string>

#include "ast.hpp"
#include "case_fold.hpp"
#include "pattern_reader.hpp"
#include "properties.hpp"

namespace tokenspace::regex {
namespace {

struct Flags {
  bool ignore_case = false;
  bool multi_line = false;
  bool dot_all = false;
  bool swap_greed = false;
  bool extended = false;
};

class FancyParser {
 public:
  FancyParser(std::string_view pattern, unicode::Version tables) : reader_(pattern), tables_(tables) {}

  SyntaxTree parse() {
    SyntaxTree tree;
    tree.root = alternation(0);
    if (!reader_.at_end()) reader_.error("the end of the pattern", "')' without '('");
    for (const auto& [node, name] : named_references_) {
      const auto found = names_.find(name);
      if (found == names_.end()) reader_.error("the name of a group", "\"" + name + "\"");
      node->indices = {found->second};
    }
    for (const Node* node : references_) {
      for (const std::uint32_t group : node->indices) {
        if (group == 0 || group > groups_)
          reader_.error("a reference to an existing group", "group " + std::to_string(group));
      }
    }
    tree.has_backreference = !references_.empty();
    join_literals(*tree.root);
    resolve_literals(tree.root, FoldRule::simple);
    tree.groups = groups_;
    return tree;
  }

 private:
  NodePtr alternation(int depth) {
    if (depth > kMaxParseDepth) reader_.limit("nesting");
    std::vector<NodePtr> branches;
    branches.push_back(branch(depth));
    while (reader_.take('|')) branches.push_back(branch(depth));
    return make_list(NodeKind::alternate, std::move(branches));
  }

  NodePtr branch(int depth) {
    std::vector<NodePtr> items;
    while (true) {
      skip_ignored();
      if (reader_.at_end() || reader_.peek() == '|' || reader_.peek() == ')') break;
      NodePtr item = quantified(atom(depth));
      if (item->kind != NodeKind::empty) items.push_back(std::move(item));
    }
    return make_list(NodeKind::concat, std::move(items));
  }

  void skip_ignored() {
    while (!reader_.at_end()) {
      if (reader_.starts_with("(?#")) {
        const std::size_t end = reader_.pattern().find(')', reader_.offset());
        if (end == std::string_view::npos) reader_.error("')' at the end of a comment", "the end of the pattern");
        reader_.seek(end + 1);
      } else if (flags_.extended && reader_.peek() == '#') {
        while (!reader_.at_end() && reader_.next() != '\n') {
        }
      } else if (flags_.extended && (reader_.peek() == ' ' || reader_.peek() == '\t' || reader_.peek() == '\n' ||
                                     reader_.peek() == '\r')) {
        reader_.next();
      } else {
        return;
      }
    }
  }

  bool count(std::uint32_t& value) {
    std::uint64_t read = 0;
    bool found = false;
    while (!reader_.at_end() && reader_.peek() >= '0' && reader_.peek() <= '9') {
      read = read * 10 + (reader_.next() - '0');
      found = true;
      if (read > 100000) reader_.limit("repeat counts (100000)");
    }
    value = static_cast<std::uint32_t>(read);
    return found;
  }

  // {n} {n,} {n,m} {,m}; otherwise '{' is a literal character.
  bool interval(std::uint32_t& min, std::uint32_t& max) {
    const std::size_t start = reader_.offset();
    reader_.skip(1);
    skip_ignored();
    const bool has_min = count(min);
    skip_ignored();
    if (has_min && reader_.take('}')) {
      max = min;
      return true;
    }
    if (reader_.take(',')) {
      skip_ignored();
      if (!count(max)) max = kUnbounded;
      skip_ignored();
      if (reader_.take('}')) return true;
    }
    reader_.seek(start);
    return false;
  }

  NodePtr quantified(NodePtr node) {
    skip_ignored();
    if (reader_.at_end()) return node;
    const std::size_t at = reader_.offset();
    std::uint32_t min = 0, max = 0;
    const char32_t c = reader_.peek();
    if (c == '?' || c == '*' || c == '+') {
      reader_.skip(1);
      min = c == '+' ? 1 : 0;
      max = c == '?' ? 1 : kUnbounded;
    } else if (c != '{' || !interval(min, max)) {
      return node;
    }
    if (node->kind == NodeKind::empty || node->kind == NodeKind::look_ahead || node->kind == NodeKind::look_behind ||
        node->kind == NodeKind::keep ||
        (node->kind == NodeKind::assertion && node->assertion == Assertion::search_begin)) {
      reader_.error_at(at, "something repeatable before a quantifier", "something else");
    }
    if (max < min) reader_.error_at(at, "a repeat range in ascending order", "a descending one");
    skip_ignored();
    bool lazy = reader_.take('?');
    if (flags_.swap_greed) lazy = !lazy;
    // Here {n,m}+ is possessive, unlike in Oniguruma.
    const bool possessive = reader_.take('+');
    node = make_repeat(std::move(node), min, max, lazy ? RepeatKind::lazy : RepeatKind::greedy);
    if (possessive) node = make_wrapper(NodeKind::atomic, std::move(node));
    return node;
  }

  NodePtr atom(int depth) {
    const char32_t c = reader_.peek();
    switch (c) {
      case '.': {
        reader_.skip(1);
        CharSet set = CharSet::all();
        if (!flags_.dot_all) set.subtract(CharSet::of('\n'));
        return make_set(std::move(set));
      }
      case '^':
        reader_.skip(1);
        return make_assertion(flags_.multi_line ? Assertion::line_begin : Assertion::text_begin);
      case '$':
        reader_.skip(1);
        return make_assertion(flags_.multi_line ? Assertion::line_end : Assertion::text_end);
      case '(':
        return group(depth);
      case '[':
        reader_.skip(1);
        return make_set(bracket(depth));
      case '\\':
        return escape();
      case '+':
      case '*':
      case '?':
        reader_.error("something to repeat", "a quantifier");
      default:
        return make_literal(reader_.next(), flags_.ignore_case);
    }
  }

  NodePtr close(NodePtr node) {
    skip_ignored();
    if (!reader_.take(')')) reader_.error("')'", "the end of the pattern");
    return node;
  }

  NodePtr group(int depth) {
    const std::size_t open = reader_.offset();
    reader_.skip(1);
    skip_ignored();
    if (reader_.starts_with("?=") || reader_.starts_with("?!")) {
      const bool negative = reader_.starts_with("?!");
      reader_.skip(2);
      return look(NodeKind::look_ahead, negative, depth);
    }
    if (reader_.starts_with("?<=") || reader_.starts_with("?<!")) {
      const bool negative = reader_.starts_with("?<!");
      reader_.skip(3);
      return look(NodeKind::look_behind, negative, depth);
    }
    if (reader_.starts_with("?>")) {
      reader_.skip(2);
      return close(make_wrapper(NodeKind::atomic, alternation(depth + 1)));
    }
    if (reader_.starts_with("?P=")) {
      reader_.skip(3);
      return named_reference(name_until(')', open));
    }
    if (reader_.starts_with("?P<") || reader_.starts_with("?<") || reader_.starts_with("?'")) {
      reader_.skip(reader_.starts_with("?P<") ? 2 : 1);
      const char32_t end = reader_.next() == '<' ? '>' : '\'';
      std::string name = name_until(end, open);
      if (!names_.try_emplace(std::move(name), groups_ + 1).second) {
        reader_.unsupported(open, "two groups of one name");
      }
      return capture(depth);
    }
    if (reader_.starts_with("?~") || reader_.starts_with("?(") || reader_.starts_with("?P>") ||
        reader_.starts_with("*")) {
      reader_.unsupported(open, "an absent operator, conditional, call or verb");
    }
    if (reader_.take('?')) return flag_group(open, depth);
    return capture(depth);
  }

  NodePtr look(NodeKind kind, bool negative, int depth) {
    NodePtr node = close(make_wrapper(kind, alternation(depth + 1)));
    node->negative = negative;
    return node;
  }

  NodePtr capture(int depth) {
    const std::uint32_t index = ++groups_;
    NodePtr node = make_wrapper(NodeKind::capture, close(alternation(depth + 1)));
    node->index = index;
    return node;
  }

  std::string name_until(char32_t end, std::size_t at) {
    std::string name;
    while (!reader_.at_end() && reader_.peek() != end) {
      const std::size_t begin = reader_.offset();
      reader_.next();
      name.append(reader_.pattern().substr(begin, reader_.offset() - begin));
    }
    if (!reader_.take(end) || name.empty()) reader_.error_at(at, "a group name", "none");
    return name;
  }

  NodePtr flag_group(std::size_t open, int depth) {
    const Flags before = flags_;
    bool on = true;
    bool any = false;
    while (true) {
      skip_ignored();
      if (reader_.at_end()) reader_.error_at(open, "a group", "the end of the pattern");
      const char32_t c = reader_.next();
      if (c == 'i') {
        flags_.ignore_case = on;
      } else if (c == 'm') {
        flags_.multi_line = on;
      } else if (c == 's') {
        flags_.dot_all = on;
      } else if (c == 'U') {
        flags_.swap_greed = on;
      } else if (c == 'x') {
        flags_.extended = on;
      } else if (c == 'u' && on) {
        // Unicode mode is the only one.
      } else if (c == 'R' || c == 'u') {
        reader_.unsupported(open, "the flag R or -u");
      } else if (c == '-' && on) {
        on = false;
        any = false;
        continue;
      } else if (c == ')') {
        // Stands until the end of the pattern, past the end of the enclosing group (fancy-regex, not the regex crate).
        if (!any) reader_.error_at(open, "a flag", "none");
        return make_node(NodeKind::empty);
      } else if (c == ':') {
        if (!on && !any) reader_.error_at(open, "a flag", "none");
        NodePtr node = close(alternation(depth + 1));
        flags_ = before;
        return node;
      } else {
        reader_.error_at(open, "a flag out of i m s U x", "another character");
      }
      any = true;
    }
  }

  NodePtr named_reference(std::string name) {
    NodePtr node = make_node(NodeKind::backreference);
    node->ignore_case = flags_.ignore_case;
    named_references_.push_back({node.get(), std::move(name)});
    references_.push_back(node.get());
    return node;
  }

  NodePtr numbered_reference(std::uint32_t group) {
    NodePtr node = make_node(NodeKind::backreference);
    node->ignore_case = flags_.ignore_case;
    node->indices = {group};
    references_.push_back(node.get());
    return node;
  }

  char32_t hex_escape(std::size_t digits, std::size_t at) {
    std::uint64_t code = 0;
    bool braces = false;
    std::size_t read = 0;
    if (reader_.take('{')) braces = true;
    while (!reader_.at_end() && read < (braces ? 8 : digits) && hex_value(reader_.peek()) >= 0) {
      code = code << 4 | static_cast<std::uint64_t>(hex_value(reader_.next()));
      ++read;
    }
    if (braces ? read == 0 || !reader_.take('}') : read != digits)
      reader_.error_at(at, "hexadecimal digits", "too few");
    if (code > kMaxCodePoint || (code >= 0xD800 && code < 0xE000))
      reader_.error_at(at, "a Unicode code point", "another number");
    return static_cast<char32_t>(code);
  }

  CharSet perl_set(char32_t letter) const {
    CharSet set = (letter | 0x20) == 'd'   ? digit_set(tables_)
                  : (letter | 0x20) == 's' ? space_set()
                  : (letter | 0x20) == 'w' ? fancy_word_set(tables_)
                                           : hex_digit_set();
    if ((letter & 0x20) == 0) set.negate();
    return set;
  }

  // After \p or \P.
  CharSet property(bool negated, std::size_t at) {
    std::string_view name;
    if (reader_.at_end()) reader_.error_at(at, "a property name", "the end of the pattern");
    if (reader_.take('{')) {
      const std::size_t begin = reader_.offset();
      const std::size_t end = reader_.pattern().find('}', begin);
      if (end == std::string_view::npos) reader_.error_at(at, "'}' after a property name", "the end of the pattern");
      name = reader_.pattern().substr(begin, end - begin);
      reader_.seek(end + 1);
    } else {
      const std::size_t begin = reader_.offset();
      reader_.next();
      name = reader_.pattern().substr(begin, reader_.offset() - begin);
    }
    if (name.starts_with("^")) {
      negated = !negated;
      name.remove_prefix(1);
    }
    CharSet set;
    if (!fancy_property(name, tables_, set))
      reader_.error_at(at, "a known property name", "\"" + std::string(name) + "\"");
    if (flags_.ignore_case) add_simple_variants(set);
    if (negated) set.negate();
    return set;
  }

  // Escapes with the same meaning everywhere: a set, or one code point. The backslash is consumed, `c` too.
  bool set_escape(char32_t c, std::size_t at, CharSet& out) {
    switch (c) {
      case 'd':
      case 'D':
      case 's':
      case 'S':
      case 'w':
      case 'W':
      case 'h':
      case 'H':
        out = perl_set(c);
        return true;
      case 'p':
      case 'P':
        out = property(c == 'P', at);
        return true;
      default:
        return false;
    }
  }

  char32_t literal_escape(char32_t c, std::size_t at) {
    switch (c) {
      case 'a':
        return 0x07;
      case 'b':
        return 0x08;
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'v':
        return '\v';
      case 'e':
        return 0x1B;
      case 'x':
        return hex_escape(2, at);
      case 'u':
        return hex_escape(4, at);
      case 'U':
        return hex_escape(8, at);
      default:
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) reader_.error_at(at, "a known escape", "another letter");
        return c;
    }
  }

  NodePtr word_assertion(Assertion kind) {
    NodePtr node = make_assertion(kind);
    node->set = fancy_word_set(tables_);
    return node;
  }

  NodePtr escape() {
    const std::size_t at = reader_.offset();
    reader_.skip(1);
    if (reader_.at_end()) reader_.error_at(at, "a character after '\\'", "the end of the pattern");
    const char32_t c = reader_.next();
    CharSet set;
    if (set_escape(c, at, set)) return make_set(std::move(set));
    if (c >= '0' && c <= '9') {
      reader_.seek(at + 1);
      std::uint32_t group = 0;
      count(group);
      return numbered_reference(group);
    }
    switch (c) {
      case 'k': {
        if (!reader_.starts_with("<") && !reader_.starts_with("'")) reader_.error_at(at, "a group name", "none");
        const char32_t end = reader_.next() == '<' ? '>' : '\'';
        std::string name = name_until(end, at);
        if (name.find_first_not_of("0123456789") == std::string::npos && name.size() < 6) {
          return numbered_reference(static_cast<std::uint32_t>(std::stoul(name)));
        }
        if (name[0] == '-' || name[0] == '+') reader_.unsupported(at, "a relative reference");
        return named_reference(std::move(name));
      }
      case 'A':
        return make_assertion(Assertion::text_begin);
      case 'z':
        return make_assertion(Assertion::text_end);
      case 'Z':
        return make_assertion(Assertion::text_end_newlines);
      case 'b':
        if (reader_.starts_with("{start}")) {
          reader_.skip(7);
          return word_assertion(Assertion::word_begin);
        }
        if (reader_.starts_with("{end}")) {
          reader_.skip(5);
          return word_assertion(Assertion::word_end);
        }
        if (reader_.starts_with("{start-half}") || reader_.starts_with("{end-half}"))
          reader_.unsupported(at, "a half boundary");
        return word_assertion(Assertion::word_boundary);
      case 'B':
        return word_assertion(Assertion::not_word_boundary);
      case '<':
        return word_assertion(Assertion::word_begin);
      case '>':
        return word_assertion(Assertion::word_end);
      case 'K':
        return make_node(NodeKind::keep);
      case 'G':
        return make_assertion(Assertion::search_begin);
      case 'O':
        return make_set(CharSet::all());
      case 'N': {
        set = CharSet::all();
        set.subtract(CharSet::of('\n'));
        return make_set(std::move(set));
      }
      case 'R': {
        std::vector<NodePtr> pair, either;
        pair.push_back(make_set(CharSet::of('\r')));
        pair.push_back(make_set(CharSet::of('\n')));
        either.push_back(make_list(NodeKind::concat, std::move(pair)));
        either.push_back(make_set(CharSet{{0x0A, 0x0D}, {0x85, 0x85}, {0x2028, 0x2029}}));
        return make_wrapper(NodeKind::atomic, make_list(NodeKind::alternate, std::move(either)));
      }
      case 'g':
        reader_.unsupported(at, "a subexpression call");
      default:
        return make_literal(literal_escape(c, at), flags_.ignore_case);
    }
  }

  void finish(CharSet& set, bool negated) const {
    if (flags_.ignore_case) add_simple_variants(set);
    if (negated) set.negate();
  }

  CharSet bracket(int depth);

  PatternReader reader_;
  unicode::Version tables_;
  Flags flags_;
  std::uint32_t groups_ = 0;
  std::map<std::string, std::uint32_t> names_;
  std::vector<std::pair<Node*, std::string>> named_references_;
  std::vector<Node*> references_;
};

// After '['. Set operators && -- ~~ have one precedence, below juxtaposition, and group to the left.
CharSet FancyParser::bracket(int depth) {
  if (depth > kMaxParseDepth) reader_.limit("nesting");
  const std::size_t open = reader_.offset();
  const bool negated = reader_.take('^');
  CharSet result;
  char operation = 0;
  CharSet current;
  bool first = true;

  const auto combine = [&](char next) {
    if (operation == 0) {
      result = std::move(current);
    } else {
      finish(current, false);
      finish(result, false);
      if (operation == '&') {
        result.intersect(current);
      } else if (operation == '-') {
        result.subtract(current);
      } else {
        CharSet both = result;
        both.intersect(current);
        result.unite(current);
        result.subtract(both);
      }
    }
    current = CharSet();
    operation = next;
  };

  // One element: a set, or a single code point that may begin a range.
  const auto element = [&](char32_t& single, CharSet& set) {
    const std::size_t at = reader_.offset();
    const char32_t c = reader_.next();
    if (c == '\\') {
      if (reader_.at_end()) reader_.error_at(at, "a character after '\\'", "the end of the pattern");
      const char32_t e = reader_.next();
      if (set_escape(e, at, set)) return false;
      single = literal_escape(e, at);
      return true;
    }
    if (c == '[') {
      if (reader_.starts_with(":")) {
        const std::size_t end = reader_.pattern().find(":]", reader_.offset() + 1);
        if (end != std::string_view::npos) {
          std::string_view name = reader_.pattern().substr(reader_.offset() + 1, end - reader_.offset() - 1);
          const bool inverted = name.starts_with("^");
          if (inverted) name.remove_prefix(1);
          if (fancy_posix(name, set)) {
            finish(set, inverted);
            reader_.seek(end + 2);
            return false;
          }
        }
      }
      set = bracket(depth + 1);
      return false;
    }
    single = c;
    return true;
  };

  while (reader_.take('-')) {
    current.add('-');
    first = false;
  }
  if (first && reader_.take(']')) current.add(']');
  while (true) {
    if (reader_.at_end()) reader_.error_at(open, "']' at the end of a class", "the end of the pattern");
    if (reader_.take(']')) break;
    if (reader_.starts_with("&&") || reader_.starts_with("--") || reader_.starts_with("~~")) {
      const char next = static_cast<char>(reader_.peek());
      reader_.skip(2);
      combine(next);
      continue;
    }
    const std::size_t at = reader_.offset();
    char32_t low = 0;
    CharSet set;
    if (!element(low, set)) {
      current.unite(set);
      if (reader_.starts_with("-") && !reader_.starts_with("-]") && !reader_.starts_with("--")) {
        reader_.error_at(at, "a character at the start of a range", "a class");
      }
      continue;
    }
    if (reader_.starts_with("-") && !reader_.starts_with("-]") && !reader_.starts_with("--")) {
      reader_.skip(1);
      if (reader_.at_end()) reader_.error_at(open, "']' at the end of a class", "the end of the pattern");
      char32_t high = 0;
      if (!element(high, set)) reader_.error_at(at, "a character at the end of a range", "a class");
      if (high < low) reader_.error_at(at, "a range in ascending order", "a descending one");
      current.add(low, high);
    } else {
      current.add(low);
    }
  }
  combine(0);
  finish(result, negated);
  return result;
}

}  // namespace

SyntaxTree parse_fancy(std::string_view pattern, unicode::Version tables) {
  return FancyParser(pattern, tables).parse();
}

}  // namespace tokenspace::regex
