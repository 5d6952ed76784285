#include "ast.hpp"

#include <algorithm>

#include "case_fold.hpp"

namespace tokenspace::regex {

NodePtr make_node(NodeKind kind) {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  return node;
}

NodePtr make_set(CharSet set) {
  NodePtr node = make_node(NodeKind::set);
  node->set = std::move(set);
  return node;
}

NodePtr make_literal(char32_t c, bool ignore_case) {
  NodePtr node = make_node(NodeKind::literal);
  node->text.push_back(c);
  node->ignore_case = ignore_case;
  return node;
}

NodePtr make_any(bool with_newline) {
  CharSet set = CharSet::all();
  if (!with_newline) set.subtract(CharSet::of('\n'));
  NodePtr node = make_set(std::move(set));
  node->any = true;
  return node;
}

NodePtr make_newline() {
  std::vector<NodePtr> pair, either;
  pair.push_back(make_literal('\r', false));
  pair.push_back(make_literal('\n', false));
  either.push_back(make_list(NodeKind::concat, std::move(pair)));
  either.push_back(make_set(CharSet{{0x0A, 0x0D}, {0x85, 0x85}, {0x2028, 0x2029}}));
  return make_wrapper(NodeKind::atomic, make_list(NodeKind::alternate, std::move(either)));
}

NodePtr make_assertion(Assertion assertion) {
  NodePtr node = make_node(NodeKind::assertion);
  node->assertion = assertion;
  return node;
}

NodePtr make_word_assertion(Assertion assertion, CharSet word) {
  NodePtr node = make_assertion(assertion);
  node->set = std::move(word);
  return node;
}

NodePtr make_wrapper(NodeKind kind, NodePtr child) {
  NodePtr node = make_node(kind);
  node->children.push_back(std::move(child));
  return node;
}

NodePtr make_list(NodeKind kind, std::vector<NodePtr> children) {
  if (children.empty()) return make_node(NodeKind::empty);
  if (children.size() == 1) return std::move(children[0]);
  NodePtr node = make_node(kind);
  node->children = std::move(children);
  return node;
}

NodePtr make_repeat(NodePtr child, std::uint32_t min, std::uint32_t max, RepeatKind kind) {
  // One of ?, *, + upon another is one of them again (Oniguruma does the same): a** nested to any depth stays linear.
  // The body is a character, so that no round can be empty.
  const auto simple = [](std::uint32_t least, std::uint32_t most) {
    return least <= 1 && (most == 1 || most == kUnbounded);
  };
  if (kind == RepeatKind::greedy && child->kind == NodeKind::repeat && child->repeat == RepeatKind::greedy &&
      simple(min, max) && simple(child->min, child->max) &&
      (child->children[0]->kind == NodeKind::set || child->children[0]->kind == NodeKind::literal)) {
    child->min *= min;
    child->max = std::max(child->max, max);
    return child;
  }
  NodePtr node = make_wrapper(NodeKind::repeat, std::move(child));
  node->min = min;
  node->max = max;
  node->repeat = kind;
  return node;
}

NodePtr clone(const Node& node) {
  auto copy = std::make_unique<Node>();
  copy->kind = node.kind;
  copy->negative = node.negative;
  copy->ignore_case = node.ignore_case;
  copy->any = node.any;
  copy->ends_when_empty = node.ends_when_empty;
  copy->repeat = node.repeat;
  copy->assertion = node.assertion;
  copy->min = node.min;
  copy->max = node.max;
  copy->indices = node.indices;
  copy->index = node.index;
  copy->text = node.text;
  copy->set = node.set;
  for (const NodePtr& child : node.children) copy->children.push_back(clone(*child));
  return copy;
}

namespace {

NodePtr resolved(const Node& literal, FoldRule rule, bool in_look_behind) {
  if (literal.ignore_case && rule == FoldRule::oniguruma) {
    return fold_literal(std::vector<char32_t>(literal.text.begin(), literal.text.end()), in_look_behind);
  }
  std::vector<NodePtr> parts;
  for (const char32_t c : literal.text) {
    parts.push_back(make_set(literal.ignore_case ? simple_variants(c) : CharSet::of(c)));
  }
  return make_list(NodeKind::concat, std::move(parts));
}

// Moves the children of nested concatenations up and joins neighbouring literals.
void flatten(std::vector<NodePtr>& from, std::vector<NodePtr>& into) {
  for (NodePtr& child : from) {
    if (child->kind == NodeKind::concat) {
      flatten(child->children, into);
    } else if (child->kind == NodeKind::literal && !into.empty() && into.back()->kind == NodeKind::literal &&
               into.back()->ignore_case == child->ignore_case) {
      into.back()->text += child->text;
    } else {
      into.push_back(std::move(child));
    }
  }
}

}  // namespace

void join_literals(Node& node) {
  if (node.kind == NodeKind::concat) {
    std::vector<NodePtr> flat;
    flatten(node.children, flat);
    node.children = std::move(flat);
  }
  for (const NodePtr& child : node.children) join_literals(*child);
}

void resolve_literals(NodePtr& node, FoldRule rule, bool in_look_behind) {
  if (node->kind == NodeKind::literal) {
    node = resolved(*node, rule, in_look_behind);
    return;
  }
  const bool inside = in_look_behind || node->kind == NodeKind::look_behind;
  for (NodePtr& child : node->children) resolve_literals(child, rule, inside);
}

}  // namespace tokenspace::regex
