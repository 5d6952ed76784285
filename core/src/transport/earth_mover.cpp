#include "tokenspace/earth_mover.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "tokenspace/error.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace {

namespace {

using Node = std::int32_t;
constexpr Node kNone = -1;

// A spanning tree of sources [0, n), targets [n, n + m) and a root n + m, to which every node is joined at first at a
// price that no real route has. Each node but the root keeps the arc to its parent: an amount, and whether it runs
// upwards. Strongly feasible: an arc with amount zero runs upwards.
class Tree {
 public:
  Tree(std::span<const std::int64_t> supply, std::span<const std::int64_t> demand, std::span<const double> costs)
      : sources_(static_cast<Node>(supply.size())),
        targets_(static_cast<Node>(demand.size())),
        root_(sources_ + targets_),
        costs_(costs),
        nodes_(static_cast<std::size_t>(root_) + 1) {
    double largest = 0;
    for (const double cost : costs) largest = std::max(largest, std::abs(cost));
    tolerance_ = 1e-11 * largest;
    joining_cost_ = (largest + 1) * static_cast<double>(root_ + 1);
    for (Node v = 0; v < root_; ++v) {
      At& node = nodes_[index(v)];
      const bool is_source = v < sources_;
      node.upwards = is_source;
      node.amount = is_source ? supply[index(v)] : demand[index(v - sources_)];
      node.potential = is_source ? joining_cost_ : -joining_cost_;
      node.depth = 1;
      attach(v, root_);
    }
  }

  // Enters the route with the most negative reduced cost of a block of routes; false when no route is worth it.
  bool improve() {
    const std::size_t arcs = costs_.size();
    const std::size_t block = std::max<std::size_t>(64, static_cast<std::size_t>(std::sqrt(static_cast<double>(arcs))));
    for (std::size_t seen = 0; seen < arcs;) {
      double least = -tolerance_;
      std::size_t entering = arcs;
      for (const std::size_t stop = std::min(arcs, seen + block); seen < stop;) {
        const auto source = static_cast<Node>(next_ / index(targets_));
        const std::size_t first = next_ % index(targets_);
        const std::size_t count = std::min(stop - seen, index(targets_) - first);
        const double out = nodes_[index(source)].potential;
        for (std::size_t t = first; t < first + count; ++t) {
          const double reduced = costs_[next_ + t - first] - out + nodes_[index(sources_) + t].potential;
          if (reduced < least) {
            least = reduced;
            entering = next_ + t - first;
          }
        }
        seen += count;
        next_ = next_ + count == arcs ? 0 : next_ + count;
      }
      if (entering != arcs) {
        pivot(static_cast<Node>(entering / index(targets_)), sources_ + static_cast<Node>(entering % index(targets_)),
              least);
        return true;
      }
    }
    return false;
  }

  // Potentials are kept up to date by adding differences; this makes them exact again.
  void recompute_potentials() {
    for_each_below(root_, [&](Node v) {
      At& node = nodes_[index(v)];
      const double cost = cost_of(v);
      const double above = nodes_[index(node.parent)].potential;
      node.potential = node.upwards ? above + cost : above - cost;
    });
  }

  Transport result() const {
    Transport out;
    for (Node v = 0; v < root_; ++v) {
      const At& node = nodes_[index(v)];
      if (node.parent == root_ || node.amount == 0) continue;
      const Node source = node.upwards ? v : node.parent, target = node.upwards ? node.parent : v;
      out.shipments.push_back(
          {static_cast<std::uint32_t>(source), static_cast<std::uint32_t>(target - sources_), node.amount});
      out.cost += static_cast<double>(node.amount) * cost_of(v);
    }
    std::sort(out.shipments.begin(), out.shipments.end(), [](const Shipment& a, const Shipment& b) {
      return a.source != b.source ? a.source < b.source : a.target < b.target;
    });
    return out;
  }

 private:
  struct At {
    Node parent = kNone, first_child = kNone, next = kNone, previous = kNone;
    std::int32_t depth = 0;
    bool upwards = false;
    std::int64_t amount = 0;
    double potential = 0;
  };

  static std::size_t index(Node v) { return static_cast<std::size_t>(v); }

  double cost_of(Node v) const {
    const At& node = nodes_[index(v)];
    if (node.parent == root_) return joining_cost_;
    const Node source = node.upwards ? v : node.parent, target = node.upwards ? node.parent : v;
    return costs_[index(source) * index(targets_) + index(target - sources_)];
  }

  void attach(Node v, Node parent) {
    At& node = nodes_[index(v)];
    At& above = nodes_[index(parent)];
    node.parent = parent;
    node.previous = kNone;
    node.next = above.first_child;
    if (node.next != kNone) nodes_[index(node.next)].previous = v;
    above.first_child = v;
  }

  void detach(Node v) {
    At& node = nodes_[index(v)];
    if (node.previous != kNone) {
      nodes_[index(node.previous)].next = node.next;
    } else {
      nodes_[index(node.parent)].first_child = node.next;
    }
    if (node.next != kNone) nodes_[index(node.next)].previous = node.previous;
  }

  // Calls visit(v) for every node below `top`, parents first, without recursion.
  template <class Visit>
  void for_each_below(Node top, Visit visit) {
    Node v = nodes_[index(top)].first_child;
    while (v != kNone) {
      visit(v);
      if (nodes_[index(v)].first_child != kNone) {
        v = nodes_[index(v)].first_child;
        continue;
      }
      while (v != top && nodes_[index(v)].next == kNone) v = nodes_[index(v)].parent;
      v = v == top ? kNone : nodes_[index(v)].next;
    }
  }

  // Sends as much as possible around the cycle that source -> target closes.
  void pivot(Node source, Node target, double reduced) {
    // The cycle runs join ... source -> target ... join. Arcs against that direction bound the amount: on the source's
    // side those that run upwards, on the target's side those that run downwards. Of the arcs that bound it, the last
    // one along the cycle from the join leaves: that keeps the tree strongly feasible.
    Node up = source, down = target;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    Node leaving_up = kNone, leaving_down = kNone;
    std::int64_t least_up = least, least_down = least;
    while (up != down) {
      if (nodes_[index(up)].depth >= nodes_[index(down)].depth) {
        const At& node = nodes_[index(up)];
        // From the source upwards the walk goes against the cycle: the first of equal ones is the last along it.
        if (node.upwards && node.amount < least_up) least_up = node.amount, leaving_up = up;
        up = node.parent;
      } else {
        const At& node = nodes_[index(down)];
        if (!node.upwards && node.amount <= least_down) least_down = node.amount, leaving_down = down;
        down = node.parent;
      }
    }
    const Node join = up;
    const bool on_target_side = least_down <= least_up;
    least = on_target_side ? least_down : least_up;
    const Node leaving = on_target_side ? leaving_down : leaving_up;
    if (least != 0) {
      for (Node v = source; v != join; v = nodes_[index(v)].parent) {
        nodes_[index(v)].amount += nodes_[index(v)].upwards ? -least : least;
      }
      for (Node v = target; v != join; v = nodes_[index(v)].parent) {
        nodes_[index(v)].amount += nodes_[index(v)].upwards ? least : -least;
      }
    }
    // The part below the leaving arc hangs on the entering one from now on; the path in it up to the old top turns
    // over.
    const Node hook = on_target_side ? target : source, holder = on_target_side ? source : target;
    Node v = hook, above = holder;
    bool upwards = !on_target_side;  // the entering arc, seen from the hook
    std::int64_t amount = least;
    for (;;) {
      At& node = nodes_[index(v)];
      const Node old_parent = node.parent;
      const bool old_upwards = node.upwards;
      const std::int64_t old_amount = node.amount;
      detach(v);
      attach(v, above);
      node.upwards = upwards;
      node.amount = amount;
      if (v == leaving) break;
      above = v;
      v = old_parent;
      upwards = !old_upwards;
      amount = old_amount;
    }
    // Inside the part all potentials move by the same amount: the one that makes the entering arc's reduced cost zero.
    const double shift = on_target_side ? -reduced : reduced;
    const auto update = [&](Node w) {
      At& node = nodes_[index(w)];
      node.potential += shift;
      node.depth = nodes_[index(node.parent)].depth + 1;
    };
    update(hook);
    for_each_below(hook, update);
  }

  Node sources_, targets_, root_;
  std::span<const double> costs_;
  std::vector<At> nodes_;
  double tolerance_ = 0, joining_cost_ = 0;
  std::size_t next_ = 0;
};

void check(std::span<const std::int64_t> supply, std::span<const std::int64_t> demand, std::span<const double> costs) {
  const auto total = [](std::span<const std::int64_t> amounts) {
    std::int64_t sum = 0;
    for (const std::int64_t amount : amounts) {
      if (amount <= 0 || amount > (std::int64_t{1} << 62) - sum) {
        fail(ErrorKind::invalid_argument, "earth mover", "amounts above 0 with a sum below 2^62",
             std::to_string(amount));
      }
      sum += amount;
    }
    return sum;
  };
  const std::int64_t given = total(supply), wanted = total(demand);
  if (given != wanted || given == 0) {
    fail(ErrorKind::invalid_argument, "earth mover", "the same sum of supply and demand, above 0",
         std::to_string(given) + " and " + std::to_string(wanted));
  }
  if (supply.size() + demand.size() > (std::size_t{1} << 30) || costs.size() != supply.size() * demand.size()) {
    fail(ErrorKind::invalid_argument, "earth mover", "a cost for each source and target",
         std::to_string(costs.size()) + " costs");
  }
  for (const double cost : costs) {
    if (!std::isfinite(cost)) fail(ErrorKind::invalid_argument, "earth mover", "finite costs", std::to_string(cost));
  }
}

}  // namespace

Transport earth_mover(std::span<const std::int64_t> supply, std::span<const std::int64_t> demand,
                      std::span<const double> costs) {
  check(supply, demand, costs);
  Tree tree(supply, demand, costs);
  for (;;) {
    bool improved = false;
    while (tree.improve()) {
      improved = true;
      look_up();
    }
    if (!improved) return tree.result();
    tree.recompute_potentials();  // nothing is left by the potentials that were summed up: once more with exact ones
  }
}

}  // namespace tokenspace
