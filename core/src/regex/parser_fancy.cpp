// fancy-regex 0.19 over regex-syntax 0.8, as tiktoken 0.14 builds them: the pattern language of both, Unicode mode.
#include <map>
#include <string>

#include "ast.hpp"
#include "fancy_source.hpp"
#include "properties.hpp"

namespace tokenspace::regex {
namespace {

class FancyParser {
 public:
  FancyParser(std::string_view pattern, unicode::Version tables) : source_{PatternReader(pattern), tables, {}} {}

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
      source_.skip_ignored();
      if (reader_.at_end() || reader_.peek() == '|' || reader_.peek() == ')') break;
      NodePtr item = quantified(atom(depth));
      if (item->kind != NodeKind::empty) items.push_back(std::move(item));
    }
    return make_list(NodeKind::concat, std::move(items));
  }

  // {n} {n,} {n,m} {,m}; otherwise '{' is a literal character.
  bool interval(std::uint32_t& min, std::uint32_t& max) {
    const std::size_t start = reader_.offset();
    reader_.skip(1);
    source_.skip_ignored();
    const bool has_min = source_.take_count(min);
    source_.skip_ignored();
    if (has_min && reader_.take('}')) {
      max = min;
      return true;
    }
    if (reader_.take(',')) {
      source_.skip_ignored();
      if (!source_.take_count(max)) max = kUnbounded;
      source_.skip_ignored();
      if (reader_.take('}')) return true;
    }
    reader_.seek(start);
    return false;
  }

  NodePtr quantified(NodePtr node) {
    source_.skip_ignored();
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
    source_.skip_ignored();
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
      case '.':
        reader_.skip(1);
        return make_any(flags_.dot_all);
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
        return make_set(fancy_class(source_, depth));
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
    source_.skip_ignored();
    if (!reader_.take(')')) reader_.error("')'", "the end of the pattern");
    return node;
  }

  NodePtr group(int depth) {
    const std::size_t open = reader_.offset();
    reader_.skip(1);
    source_.skip_ignored();
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
      return named_reference(reader_.take_name(')', open));
    }
    if (reader_.starts_with("?P<") || reader_.starts_with("?<") || reader_.starts_with("?'")) {
      reader_.skip(reader_.starts_with("?P<") ? 2 : 1);
      const char32_t end = reader_.next() == '<' ? '>' : '\'';
      std::string name = reader_.take_name(end, open);
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

  NodePtr flag_group(std::size_t open, int depth) {
    const FancyFlags before = flags_;
    bool on = true;
    bool any = false;
    while (true) {
      source_.skip_ignored();
      if (reader_.at_end()) reader_.error_at(open, "a group", "the end of the pattern");
      const char32_t c = reader_.next();
      if (flags_.set(c, on)) {
        any = true;
        continue;
      }
      if (c == 'u' && on) {
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

  NodePtr escape() {
    const std::size_t at = reader_.offset();
    reader_.skip(1);
    if (reader_.at_end()) reader_.error_at(at, "a character after '\\'", "the end of the pattern");
    const char32_t c = reader_.next();
    CharSet set;
    if (source_.set_escape(c, at, set)) return make_set(std::move(set));
    if (c >= '0' && c <= '9') {
      reader_.seek(at + 1);
      std::uint32_t group = 0;
      source_.take_count(group);
      return numbered_reference(group);
    }
    switch (c) {
      case 'k': {
        if (!reader_.starts_with("<") && !reader_.starts_with("'")) reader_.error_at(at, "a group name", "none");
        const char32_t end = reader_.next() == '<' ? '>' : '\'';
        std::string name = reader_.take_name(end, at);
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
          return make_word_assertion(Assertion::word_begin, fancy_word_set(source_.tables));
        }
        if (reader_.starts_with("{end}")) {
          reader_.skip(5);
          return make_word_assertion(Assertion::word_end, fancy_word_set(source_.tables));
        }
        if (reader_.starts_with("{start-half}") || reader_.starts_with("{end-half}"))
          reader_.unsupported(at, "a half boundary");
        return make_word_assertion(Assertion::word_boundary, fancy_word_set(source_.tables));
      case 'B':
        return make_word_assertion(Assertion::not_word_boundary, fancy_word_set(source_.tables));
      case '<':
        return make_word_assertion(Assertion::word_begin, fancy_word_set(source_.tables));
      case '>':
        return make_word_assertion(Assertion::word_end, fancy_word_set(source_.tables));
      case 'K':
        return make_node(NodeKind::keep);
      case 'G':
        return make_assertion(Assertion::search_begin);
      case 'O':
        return make_any(true);
      case 'N':
        return make_any(false);
      case 'R':
        return make_newline();
      case 'g':
        reader_.unsupported(at, "a subexpression call");
      default:
        return make_literal(source_.literal_escape(c, at), flags_.ignore_case);
    }
  }

  FancySource source_;
  PatternReader& reader_ = source_.reader;
  FancyFlags& flags_ = source_.flags;
  std::uint32_t groups_ = 0;
  std::map<std::string, std::uint32_t> names_;
  std::vector<std::pair<Node*, std::string>> named_references_;
  std::vector<Node*> references_;
};

// After '['. Set operators && -- ~~ have one precedence, below juxtaposition, and group to the left.
}  // namespace

SyntaxTree parse_fancy(std::string_view pattern, unicode::Version tables) {
  return FancyParser(pattern, tables).parse();
}

}  // namespace tokenspace::regex
