#include "oniguruma_repeat.hpp"

#include <algorithm>

#include "node_measures.hpp"

namespace tokenspace::regex {
namespace {

// A repeat whose body takes more instructions than this, times its count, becomes a counted loop, which an empty round
// leaves whatever the count is; a smaller one is written out, and its rounds are free to be empty.
constexpr std::uint64_t kWrittenOut = 10;
constexpr std::uint64_t kMany = 1 << 20;  // sizes beyond are all alike

// ? * + ?? *? +?, else -1.
int popular(const Node& repeat) {
  const int lazy = repeat.repeat == RepeatKind::lazy ? 3 : 0;
  if (repeat.min == 0 && repeat.max == 1) return lazy;
  if (repeat.min == 0 && repeat.max == kUnbounded) return lazy + 1;
  if (repeat.min == 1 && repeat.max == kUnbounded) return lazy + 2;
  return -1;
}

enum class Reduced { as_is, inner, star, plus, lazy_star, lazy_option, optional_plus };

// What an outer quantifier (column) makes of an inner one (row).
constexpr Reduced kReduced[6][6] = {
    {Reduced::inner, Reduced::star, Reduced::star, Reduced::lazy_option, Reduced::lazy_star, Reduced::as_is},
    {Reduced::inner, Reduced::inner, Reduced::inner, Reduced::optional_plus, Reduced::optional_plus, Reduced::inner},
    {Reduced::star, Reduced::star, Reduced::inner, Reduced::as_is, Reduced::optional_plus, Reduced::inner},
    {Reduced::inner, Reduced::lazy_star, Reduced::lazy_star, Reduced::inner, Reduced::lazy_star, Reduced::lazy_star},
    {Reduced::inner, Reduced::inner, Reduced::inner, Reduced::inner, Reduced::inner, Reduced::inner},
    {Reduced::as_is, Reduced::star, Reduced::plus, Reduced::lazy_star, Reduced::lazy_star, Reduced::inner},
};

void assign(Node& repeat, std::uint32_t min, std::uint32_t max, RepeatKind kind) {
  repeat.min = min;
  repeat.max = max;
  repeat.repeat = kind;
}

NodePtr reduced(NodePtr outer) {
  NodePtr& inner = outer->children[0];
  const int row = popular(*inner), column = popular(*outer);
  if (row >= 0 && column < 0) {
    // The rounds that might follow the required ones of (?:a*){2,5} could only be empty.
    if ((row == 1 || row == 2) && outer->max != kUnbounded && outer->max > 1 && outer->repeat == RepeatKind::greedy) {
      outer->max = outer->min == 0 ? 1 : outer->min;
    }
    return outer;
  }
  if (row < 0 || column < 0) {
    const std::uint64_t count = static_cast<std::uint64_t>(outer->min) * inner->min;
    if (outer->min != outer->max || inner->min != inner->max || count >= kUnbounded) return outer;
    assign(*inner, static_cast<std::uint32_t>(count), static_cast<std::uint32_t>(count), outer->repeat);
    return std::move(inner);
  }
  switch (kReduced[row][column]) {
    case Reduced::as_is:
      return outer;
    case Reduced::inner:
      break;
    case Reduced::star:
      assign(*inner, 0, kUnbounded, RepeatKind::greedy);
      break;
    case Reduced::plus:
      assign(*inner, 1, kUnbounded, RepeatKind::greedy);
      break;
    case Reduced::lazy_star:
      assign(*inner, 0, kUnbounded, RepeatKind::lazy);
      break;
    case Reduced::lazy_option:
      assign(*inner, 0, 1, RepeatKind::lazy);
      break;
    case Reduced::optional_plus:
      assign(*outer, 0, 1, RepeatKind::lazy);
      assign(*inner, 1, kUnbounded, RepeatKind::greedy);
      return outer;
  }
  return std::move(inner);
}

// A concatenation or a plain group of one is what it holds.
const Node& core(const Node& node) {
  return node.kind == NodeKind::concat && node.children.size() == 1 ? core(*node.children[0]) : node;
}

constexpr std::size_t utf8_length(char32_t c) {
  return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

// Neighbouring characters of one length in UTF-8 are one instruction; under ignore_case each is its own.
std::uint64_t literal_size(const std::u32string& text, bool ignore_case) {
  if (ignore_case) return text.size();
  std::uint64_t runs = 0;
  std::size_t last = 0;
  for (const char32_t c : text) {
    const std::size_t length = utf8_length(c);
    runs += length != last;
    last = length;
  }
  return runs;
}

// The character a node begins with, when the library looks for one.
const Node* head(const Node& node) {
  switch (node.kind) {
    case NodeKind::literal:
      return node.text.empty() ? nullptr : &node;
    case NodeKind::set:
      return node.any ? nullptr : &node;
    case NodeKind::concat:
    case NodeKind::capture:
    case NodeKind::atomic:
      return node.children.empty() ? nullptr : head(*node.children[0]);
    case NodeKind::alternate:  // of one: an option group
      return node.children.size() == 1 ? head(*node.children[0]) : nullptr;
    case NodeKind::repeat:
      return node.min > 0 ? head(*node.children[0]) : nullptr;
    case NodeKind::look_ahead:
      return node.negative ? nullptr : head(*node.children[0]);
    default:
      return nullptr;
  }
}

bool exclusive(const Node& a, const Node& b) {
  if (a.kind == NodeKind::literal && b.kind == NodeKind::literal) return a.text[0] != b.text[0];
  if (a.kind == NodeKind::literal) return !b.set.contains(a.text[0]);
  if (b.kind == NodeKind::literal) return !a.set.contains(b.text[0]);
  const auto ascii = [](const CharSet& set) { return set.empty() || set.ranges().back().last < 0x80; };
  return !a.set.intersects(b.set) && (ascii(a.set) || ascii(b.set));
}

bool is_strict(const Node& body) {
  return body.kind == NodeKind::set || body.kind == NodeKind::literal;
}

bool is_loop(const Node& node) {
  return node.kind == NodeKind::repeat && node.repeat == RepeatKind::greedy && node.max == kUnbounded && node.min <= 1;
}

std::uint64_t size_of(const Node& node, const Node* next = nullptr);

// True when the library writes the required rounds one after another. It counts longer ones, or for a long (...)+
// enters the loop in its middle.
bool written_out(const Node& repeat, std::uint64_t body) {
  if (repeat.max == kUnbounded) return repeat.min == 0 || body * repeat.min <= kWrittenOut;
  if (repeat.repeat == RepeatKind::lazy) return repeat.min == 0 && repeat.max == 1;
  return repeat.max == 1 || (body + 1) * repeat.max <= kWrittenOut;
}

std::uint64_t repeat_size(const Node& repeat, const Node* next) {
  const Node& body = core(*repeat.children[0]);
  const std::uint64_t once = size_of(body);
  if (once == 0 || repeat.max == 0) return 0;
  const std::uint64_t least = repeat.min;
  if (body.kind == NodeKind::literal && least == repeat.max && least > 1 && least <= 100) {
    std::u32string text;
    for (std::uint64_t i = 0; i < least; ++i) text += body.text;
    std::size_t bytes = 0;
    for (const char32_t c : text) bytes += utf8_length(c);
    if (bytes <= 100) return literal_size(text, body.ignore_case);
  }
  const std::uint64_t round = once + (length_of(body).min == 0 ? 2 : 0);
  if (repeat.max == kUnbounded && (least <= 1 || once * least <= kWrittenOut)) {
    if (body.any && repeat.repeat == RepeatKind::greedy) return once * least + 1;
    const std::uint64_t required = least == 1 && once > kWrittenOut ? 1 : once * least;
    // Before something it cannot match itself, the loop becomes possessive, which takes one instruction more.
    const Node* const first = head(body);
    const Node* const follow = next != nullptr ? head(*next) : nullptr;
    const bool possessive =
        is_loop(repeat) && is_strict(body) && first != nullptr && follow != nullptr && exclusive(*first, *follow);
    return required + round + (possessive ? 3 : 2);
  }
  if (!written_out(repeat, once)) return round + 2;
  if (repeat.repeat == RepeatKind::lazy) return once + 2;
  return once * least + (once + 1) * (repeat.max - least);
}

std::uint64_t look_size(const Node& look) {
  const std::uint64_t body = size_of(*look.children[0]);
  if (look.kind == NodeKind::look_ahead) return body + (look.negative ? 5 : 2);
  return body + (look.negative ? 6 : 3);  // of one length; the others are beyond kWrittenOut anyhow
}

std::uint64_t unbounded_size_of(const Node& node, const Node* next) {
  std::uint64_t size = 0;
  switch (node.kind) {
    case NodeKind::empty:
      return 0;
    case NodeKind::literal:
      return literal_size(node.text, node.ignore_case);
    case NodeKind::concat:
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        size += size_of(*node.children[i], i + 1 < node.children.size() ? node.children[i + 1].get() : nullptr);
      }
      return size;
    case NodeKind::alternate:
      for (const NodePtr& child : node.children) size += size_of(*child) + 2;
      return size - 2;
    case NodeKind::repeat:
      return repeat_size(node, next);
    case NodeKind::capture:
      return size_of(*node.children[0], next) + 2;
    case NodeKind::atomic: {
      const Node& body = core(*node.children[0]);
      return size_of(body) + (is_loop(body) && is_strict(core(*body.children[0])) && !body.children[0]->any ? 1 : 2);
    }
    case NodeKind::look_ahead:
    case NodeKind::look_behind:
      return look_size(node);
    default:
      return 1;
  }
}

std::uint64_t size_of(const Node& node, const Node* next) {
  return std::min(kMany, unbounded_size_of(node, next));
}

}  // namespace

NodePtr oniguruma_repeat(NodePtr body, std::uint32_t min, std::uint32_t max, RepeatKind kind) {
  const bool nested = body->kind == NodeKind::repeat;
  NodePtr node = make_wrapper(NodeKind::repeat, std::move(body));
  assign(*node, min, max, kind);
  return nested ? reduced(std::move(node)) : std::move(node);
}

void mark_repeats(Node& node) {
  for (const NodePtr& child : node.children) mark_repeats(*child);
  if (node.kind != NodeKind::repeat) return;
  node.ends_when_empty = !written_out(node, size_of(*node.children[0]));
}

}  // namespace tokenspace::regex
