#include "node_measures.hpp"

#include <algorithm>

namespace tokenspace::regex {

Begin begin_of(const Node& node) {
  Begin out;
  switch (node.kind) {
    case NodeKind::empty:
    case NodeKind::keep:
      out.open = out.always = true;
      break;
    case NodeKind::set:
      out.first = node.set;
      break;
    case NodeKind::concat:
      out.open = out.always = true;
      for (const NodePtr& child : node.children) {
        const Begin part = begin_of(*child);
        if (out.open) out.first.unite(part.first);
        out.open = out.open && part.open;
        out.always = out.always && part.always;
      }
      break;
    case NodeKind::alternate:
      for (const NodePtr& child : node.children) {
        const Begin part = begin_of(*child);
        out.first.unite(part.first);
        out.open = out.open || part.open;
        out.always = out.always || part.always;
      }
      break;
    case NodeKind::repeat:
      out = begin_of(*node.children[0]);
      if (node.min == 0) out.open = out.always = true;
      if (node.max == 0) out.first = CharSet();
      break;
    case NodeKind::capture:
    case NodeKind::atomic:
      out = begin_of(*node.children[0]);
      break;
    case NodeKind::backreference:
      out.first = CharSet::all();
      out.open = true;
      break;
    default:  // assertions and look-around consume nothing
      out.open = true;
      break;
  }
  return out;
}

Begin then(Begin here, const Begin& follow) {
  if (!here.open) return here;
  here.first.unite(follow.first);
  here.open = follow.open;
  here.always = here.always && follow.always;
  return here;
}

Length length_of(const Node& node) {
  constexpr std::uint64_t kMany = 0xFFFFFFFF;
  Length out;
  switch (node.kind) {
    case NodeKind::set:
      return {1, 1};
    case NodeKind::literal:
      return {node.text.size(), node.text.size()};
    case NodeKind::concat:
      for (const NodePtr& child : node.children) {
        const Length part = length_of(*child);
        out.min = std::min(kMany, out.min + part.min);
        out.max = std::min(kMany, out.max + part.max);
      }
      return out;
    case NodeKind::alternate:
      out.min = kMany;
      for (const NodePtr& child : node.children) {
        const Length part = length_of(*child);
        out.min = std::min(out.min, part.min);
        out.max = std::max(out.max, part.max);
      }
      return out;
    case NodeKind::repeat: {
      const Length part = length_of(*node.children[0]);
      out.min = std::min(kMany, part.min * node.min);
      out.max = part.max == 0 ? 0 : node.max == kUnbounded ? kMany : std::min(kMany, part.max * node.max);
      return out;
    }
    case NodeKind::capture:
    case NodeKind::atomic:
      return length_of(*node.children[0]);
    case NodeKind::backreference:
      return {0, kMany};
    default:
      return {0, 0};
  }
}

}  // namespace tokenspace::regex
