// Oniguruma 6.9.10, ONIG_SYNTAX_ONIGURUMA (the default of the onig crate), UTF-8. Source of the rules: its doc/RE and
// behaviour of the library itself, checked by differential fuzzing.
#include <algorithm>
#include <map>
#include <string>

#include "ast.hpp"
#include "case_fold.hpp"
#include "oniguruma_repeat.hpp"
#include "oniguruma_source.hpp"

namespace tokenspace::regex {
namespace {

class OnigurumaParser {
 public:
  OnigurumaParser(std::string_view pattern, unicode::Version tables) : source_{PatternReader(pattern), tables, {}} {}

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
    const OnigurumaOptions saved = options_;
    std::vector<NodePtr> branches;
    branches.push_back(branch(depth));
    while (reader_.take('|')) branches.push_back(branch(depth));
    options_ = saved;
    return make_list(NodeKind::alternate, std::move(branches));
  }

  NodePtr branch(int depth) {
    std::vector<NodePtr> items;
    while (true) {
      source_.skip_ignored();
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
    const auto least = source_.take_count();
    out.min = least.value_or(0);
    if (reader_.take(',')) {
      const auto most = source_.take_count();
      out.max = most.value_or(kUnbounded);
      if ((!least && !most) || !reader_.take('}')) {
        reader_.seek(start);
        return false;
      }
    } else {
      if (!least || !reader_.take('}')) {
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

  NodePtr quantified(NodePtr node, int depth) {
    int layers = 0;
    while (true) {
      source_.skip_ignored();
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
        CharSet raw = oniguruma_class(source_, depth, negated);
        if (options_.ignore_case) return fold_class(std::move(raw), negated);
        if (negated) raw.negate();
        if (!negated && raw.single() >= 0) return make_literal(static_cast<char32_t>(raw.single()), false);
        return make_set(std::move(raw));
      }
      case '.':
        reader_.skip(1);
        return make_any(options_.dot_all);
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
      std::string name = source_.group_name(end);
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

  NodePtr option_group(std::size_t open, int depth, bool& rest_of_group) {
    OnigurumaOptions changed = options_;
    bool on = true;
    while (true) {
      if (reader_.at_end()) reader_.error_at(open, "a group", "the end of the pattern");
      const char32_t c = reader_.next();
      if (c == '-') {
        on = false;
      } else if (changed.set(c, on)) {
        continue;
      } else if (c == ')') {
        // The option stands for a group that reaches to the end of the enclosing one.
        const OnigurumaOptions saved = options_;
        options_ = changed;
        NodePtr rest = alternation(depth + 1);
        options_ = saved;
        rest_of_group = true;
        return make_wrapper(NodeKind::alternate, std::move(rest));
      } else if (c == ':') {
        const OnigurumaOptions saved = options_;
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

  NodePtr escape() {
    const std::size_t at = reader_.offset();
    reader_.skip(1);
    if (reader_.at_end()) reader_.error_at(at, "a character after '\\'", "the end of the pattern");
    const char32_t c = reader_.next();
    if (source_.is_type(c)) return make_set(source_.type_set(c, false));
    if (c >= '1' && c <= '9') return numbered_escape(c, at);
    switch (c) {
      case 'p':
      case 'P':
        if (reader_.take('{')) return make_set(source_.property(c == 'P', false));
        break;
      case 'b':
        return make_word_assertion(Assertion::word_boundary, source_.word(false));
      case 'B':
        return make_word_assertion(Assertion::not_word_boundary, source_.word(false));
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
        return make_any(false);
      case 'O':
        return make_any(true);
      case 'R':
        return make_newline();
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
      case '0':
        return make_literal(source_.octal_escape(2, at), options_.ignore_case);
      default:
        break;
    }
    char32_t code = c;
    source_.code_point_escape(c, at, false, code);
    return make_literal(code, options_.ignore_case);
  }

  // A reference when there can be such a group, else an octal number or a digit.
  NodePtr numbered_escape(char32_t first, std::size_t at) {
    reader_.seek(at + 1);
    const std::uint32_t group = source_.take_count().value_or(0);
    if (group <= groups_ || group <= 9) return reference({group}, at, false);
    reader_.seek(at + 1);
    if (first >= '8') return make_literal(reader_.next(), options_.ignore_case);
    return make_literal(source_.octal_escape(3, at), options_.ignore_case);
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
    const std::string name = reader_.take_name(end, at);
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

  OnigurumaSource source_;
  PatternReader& reader_ = source_.reader;
  OnigurumaOptions& options_ = source_.options;
  bool named_ = false;
  std::uint32_t groups_ = 0;
  std::map<std::string, std::vector<std::uint32_t>> names_;
  std::vector<std::pair<std::uint32_t, std::size_t>> references_;
};

}  // namespace

SyntaxTree parse_oniguruma(std::string_view pattern, unicode::Version tables) {
  return OnigurumaParser(pattern, tables).parse();
}

}  // namespace tokenspace::regex
