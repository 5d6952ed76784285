#include <algorithm>
#include <map>
#include <utility>

#include "node_measures.hpp"
#include "program.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::regex {
namespace {

constexpr std::size_t kMaxInstructions = 200000;

class Compiler {
 public:
  explicit Compiler(const SyntaxTree& tree) : tree_(tree) {}

  Program run() {
    program_.groups = tree_.groups;
    program_.has_captures = tree_.has_backreference;
    const Begin end{CharSet(), true, true};
    emit(*tree_.root, end);
    add(Op::match);
    const Begin start = begin_of(*tree_.root);
    if (!start.open) program_.start_set = set_id(start.first);
    program_.alphabet = Alphabet(sets_);
    return std::move(program_);
  }

 private:
  std::size_t add(Op op) {
    if (program_.code.size() >= kMaxInstructions) {
      fail(ErrorKind::limit, "compile regex", "a pattern of at most 200000 instructions", "a larger one",
           "smaller repeat counts");
    }
    program_.code.emplace_back();
    program_.code.back().op = op;
    program_.code.back().loop = loop_;
    return program_.code.size() - 1;
  }
  std::uint32_t here() const { return static_cast<std::uint32_t>(program_.code.size()); }

  std::uint32_t set_id(const CharSet& set) {
    std::vector<std::pair<char32_t, char32_t>> key;
    key.reserve(set.ranges().size());
    for (const CharRange& range : set.ranges()) key.push_back({range.first, range.last});
    const auto [found, added] = ids_.try_emplace(std::move(key), static_cast<std::uint32_t>(sets_.size()));
    if (added) sets_.push_back(set);
    return found->second;
  }
  std::uint32_t filter(const Begin& begin) { return begin.open ? kNoSet : set_id(begin.first); }

  void emit(const Node& node, const Begin& follow) {
    switch (node.kind) {
      case NodeKind::empty:
      case NodeKind::literal:
        return;
      case NodeKind::set:
        program_.code[add(Op::set)].set = set_id(node.set);
        return;
      case NodeKind::concat:
        return emit_concat(node, follow);
      case NodeKind::alternate:
        return emit_alternate(node, follow);
      case NodeKind::repeat:
        return emit_repeat(node, follow);
      case NodeKind::capture:
        if (!program_.has_captures) return emit(*node.children[0], follow);
        program_.code[add(Op::save)].a = 2 * node.index;
        emit(*node.children[0], follow);
        program_.code[add(Op::save)].a = 2 * node.index + 1;
        return;
      case NodeKind::atomic:
        return emit_atomic(*node.children[0]);
      case NodeKind::look_ahead:
      case NodeKind::look_behind:
        return emit_look(node);
      case NodeKind::backreference: {
        Instruction& made = program_.code[add(Op::backreference)];
        made.a = static_cast<std::uint32_t>(program_.references.size());
        made.ignore_case = node.ignore_case;
        program_.references.push_back(node.indices);
        return;
      }
      case NodeKind::assertion: {
        const std::size_t at = add(Op::assertion);
        program_.code[at].assertion = node.assertion;
        if (!node.set.empty()) program_.code[at].set = set_id(node.set);
        if (node.assertion == Assertion::search_begin) program_.has_search_begin = true;
        return;
      }
      case NodeKind::keep:
        add(Op::keep);
        return;
    }
  }

  void emit_concat(const Node& node, const Begin& follow) {
    // What follows each child, from the right.
    std::vector<Begin> after(node.children.size());
    Begin next = follow;
    for (std::size_t i = node.children.size(); i-- > 0;) {
      after[i] = next;
      if (i > 0) next = then(begin_of(*node.children[i]), next);
    }
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      // Two or more single characters in a row are compared as bytes.
      std::string text;
      std::size_t end = i;
      while (end < node.children.size() && node.children[end]->kind == NodeKind::set &&
             node.children[end]->set.single() >= 0) {
        utf8::append(text, static_cast<char32_t>(node.children[end]->set.single()));
        ++end;
      }
      if (end - i >= 2) {
        const std::size_t at = add(Op::text);
        program_.code[at].a = static_cast<std::uint32_t>(program_.texts.size());
        program_.texts.push_back(std::move(text));
        i = end - 1;
      } else {
        emit(*node.children[i], after[i]);
      }
    }
  }

  void emit_alternate(const Node& node, const Begin& follow) {
    std::vector<Begin> begins;
    for (const NodePtr& child : node.children) begins.push_back(then(begin_of(*child), follow));
    std::vector<std::size_t> jumps;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const bool last = i + 1 == node.children.size();
      std::size_t split = 0;
      if (!last) {
        Begin rest;
        for (std::size_t j = i + 1; j < node.children.size(); ++j) {
          rest.first.unite(begins[j].first);
          rest.open = rest.open || begins[j].open;
        }
        split = add(Op::split);
        program_.code[split].set = filter(begins[i]);
        program_.code[split].other_set = filter(rest);
      }
      emit(*node.children[i], follow);
      if (!last) {
        jumps.push_back(add(Op::jump));
        program_.code[split].b = here();
      }
    }
    for (const std::size_t jump : jumps) program_.code[jump].a = here();
  }

  void emit_atomic(const Node& body) {
    // An atomic group over one run is a possessive run.
    if (body.kind == NodeKind::repeat && body.children[0]->kind == NodeKind::set && body.repeat != RepeatKind::lazy) {
      return emit_run(body, Op::run_possessive, Begin{CharSet(), true, true});
    }
    add(Op::atomic_begin);
    emit(body, Begin{CharSet(), true, true});
    add(Op::atomic_end);
  }

  void emit_look(const Node& node) {
    const Node& body = *node.children[0];
    const bool behind = node.kind == NodeKind::look_behind;
    if (body.kind == NodeKind::set) {
      Instruction& made = program_.code[add(Op::look_set)];
      made.negative = node.negative;
      made.behind = behind;
      const std::size_t at = program_.code.size() - 1;
      program_.code[at].set = set_id(body.set);
      return;
    }
    const std::size_t look = add(Op::look);
    program_.code[look].negative = node.negative;
    program_.code[look].behind = behind;
    const Length length = length_of(body);
    program_.code[look].min = static_cast<std::uint32_t>(length.min);
    program_.code[look].max = static_cast<std::uint32_t>(length.max);
    emit(body, Begin{CharSet(), true, !behind});
    add(Op::look_end);
    program_.code[look].a = here();
  }

  void emit_run(const Node& node, Op op, const Begin& follow) {
    const CharSet& set = node.children[0]->set;
    if (op == Op::run && (follow.always || (!follow.open && !set.intersects(follow.first)))) {
      op = Op::run_possessive;  // giving characters back could not help
    }
    const std::size_t at = add(op);
    const std::uint32_t id = set_id(set);
    const std::uint32_t next = filter(follow);
    Instruction& made = program_.code[at];
    made.set = id;
    made.other_set = next;
    made.min = node.min;
    made.max = node.max;
    made.run = program_.runs++;
  }

  void emit_repeat(const Node& node, const Begin& follow) {
    if (node.max == 0) return;
    if (node.children[0]->kind == NodeKind::set) {
      return emit_run(node, node.repeat == RepeatKind::lazy ? Op::run_lazy : Op::run, follow);
    }
    const bool may_be_empty = length_of(*node.children[0]).min == 0;
    if (node.max == kUnbounded && node.min > 0 && !may_be_empty) return emit_tail_loop(node, follow);
    emit_counted(node, may_be_empty, follow);
  }

  // Behind one round: another or what follows.
  static Begin again_of(const Begin& own, const Begin& follow) {
    Begin again = then(own, follow);
    again.first.unite(follow.first);
    again.open = again.open || follow.open;
    again.always = follow.always;
    return again;
  }

  // At least one round of what consumes something: the choice is behind the round.
  void emit_tail_loop(const Node& node, const Begin& follow) {
    const Node& body = *node.children[0];
    const Begin own = begin_of(body);
    const Begin again = again_of(own, follow);
    for (std::uint32_t i = 1; i < node.min; ++i) emit(body, then(own, again));
    const std::uint32_t top = here();
    emit(body, again);
    const bool lazy = node.repeat == RepeatKind::lazy;  // leaves first: pc + 1
    const std::size_t split = add(lazy ? Op::split : Op::split_far);
    const std::uint32_t turn = filter(then(own, follow));
    const std::uint32_t leave = filter(follow);
    program_.code[split].set = lazy ? leave : turn;
    program_.code[split].other_set = lazy ? turn : leave;
    program_.code[split].b = top;
  }

  void emit_counted(const Node& node, bool may_be_empty, const Begin& follow) {
    const Begin own = begin_of(*node.children[0]);
    const Begin again = again_of(own, follow);
    const Begin required = then(own, again);  // behind a round that another one must follow
    const bool check_all = may_be_empty && node.ends_when_empty;
    std::vector<std::size_t> exits;  // their `b` is the end
    const std::uint32_t begin = here();
    for (std::uint32_t i = 0; i < node.min; ++i) {
      if (emit_round(node, check_all, i + 1 < node.min ? required : again, exits)) continue;
      program_.code.resize(begin);
      return;
    }
    if (node.max == kUnbounded) {
      const std::uint32_t top = here();
      exits.push_back(begin_optional(node.repeat, own, follow));
      emit_round(node, may_be_empty, again, exits);
      program_.code[add(Op::jump)].a = top;
    }
    for (std::uint32_t i = node.min; node.max != kUnbounded && i < node.max; ++i) {
      exits.push_back(begin_optional(node.repeat, own, follow));
      if (!emit_round(node, check_all, again, exits)) break;
    }
    for (const std::size_t at : exits) program_.code[at].b = here();
  }

  // One round; a checked one leaves by one of `exits` when it matched nothing. False when the body has no instructions:
  // it adds nothing however often.
  bool emit_round(const Node& node, bool checked, const Begin& follow, std::vector<std::size_t>& exits) {
    const Node& body = *node.children[0];
    if (!checked) {
      const std::uint32_t before = here();
      emit(body, follow);
      return here() != before;
    }
    // All rounds of a loop share a register: never are two of them open.
    const auto [known, added] = loops_.try_emplace(&node, static_cast<std::uint32_t>(program_.loop_parents.size()));
    if (added) program_.loop_parents.push_back(loop_);
    const std::uint32_t around = std::exchange(loop_, known->second);
    program_.loop_depth = std::max(program_.loop_depth, ++depth_);
    program_.code[add(Op::loop_begin)].a = loop_;
    const std::uint32_t before = here();
    emit(body, follow);
    const bool something = here() != before;
    exits.push_back(add(Op::loop_check));
    program_.code[exits.back()].a = loop_;
    --depth_;
    loop_ = around;
    return something;
  }

  // greedy: split(body at pc + 1, else out). lazy: split_far(out first, else body at pc + 1).
  std::size_t begin_optional(RepeatKind kind, const Begin& own, const Begin& follow) {
    const std::size_t split = add(kind == RepeatKind::lazy ? Op::split_far : Op::split);
    const std::uint32_t turn = filter(then(own, follow));
    const std::uint32_t leave = filter(follow);
    program_.code[split].set = kind == RepeatKind::lazy ? leave : turn;
    program_.code[split].other_set = kind == RepeatKind::lazy ? turn : leave;
    return split;
  }

  const SyntaxTree& tree_;
  Program program_;
  std::vector<CharSet> sets_;
  std::map<std::vector<std::pair<char32_t, char32_t>>, std::uint32_t> ids_;
  std::map<const Node*, std::uint32_t> loops_;  // the registers of checked loops
  std::uint32_t loop_ = kNoLoop;                // the innermost one open
  std::uint32_t depth_ = 0;
};

}  // namespace

Program compile(const SyntaxTree& tree) {
  return Compiler(tree).run();
}

}  // namespace tokenspace::regex
