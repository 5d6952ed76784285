#include "train/unigram_seeds.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "tokenspace/thread_pool.hpp"
#include "train/unigram_suffixes.hpp"

namespace tokenspace::train::unigram {
namespace {

constexpr std::size_t kCheckEvery = 1 << 20;  // positions between two looks at the cancel flag
constexpr Symbol kDiverse = 0xFFFFFFFF;       // different characters stand before the occurrences, or a segment begins

bool better(const Seed& a, const Seed& b) {
  if (a.score() != b.score()) return a.score() > b.score();
  return a.first != b.first ? a.first < b.first : a.length < b.length;
}

// Keeps the best `limit` seeds. The order is total, so the survivors do not depend on when this is called.
void keep_best(std::vector<Seed>& seeds, std::size_t limit) {
  if (seeds.size() <= limit) return;
  std::nth_element(seeds.begin(), seeds.begin() + static_cast<std::ptrdiff_t>(limit), seeds.end(), better);
  seeds.resize(limit);
}

// Enumerates the shared prefixes of sorted suffixes: the inner nodes of their prefix tree, on a stack of open nodes.
class Walk {
 public:
  Walk(const Segments& segments, const UnigramOptions& options, const Rules& rules, std::vector<Seed>& out)
      : segments_(segments), options_(options), rules_(rules), out_(out) {}

  void run(const SortedSuffixes& sorted, std::uint32_t base) {
    stack_.clear();
    const std::size_t n = sorted.suffixes.size();
    for (std::size_t i = 0; i <= n; ++i) {
      const std::uint32_t at = base + static_cast<std::uint32_t>(i);
      const std::uint32_t shared = i == 0 || i == n ? 0 : sorted.shared[i];
      Node inner{shared, at, 0, 0};
      while (!stack_.empty() && stack_.back().depth > shared) {
        Node node = stack_.back();
        stack_.pop_back();
        absorb(node, inner);
        close(node, at, sorted.suffixes[i - 1].position);
        inner = {shared, node.first, node.weight, node.left};
      }
      if (i == n) return;
      if (inner.weight != 0) push(inner);
      const Suffix& suffix = sorted.suffixes[i];
      const Symbol left = suffix.position == 0 ? 0 : segments_.symbols[suffix.position - 1];
      push({sorted.lengths[i], at, segments_.counts[suffix.segment], left == 0 ? kDiverse : left});
    }
  }

 private:
  struct Node {
    std::uint32_t depth;
    std::uint32_t first;
    std::uint64_t weight;
    Symbol left;
  };

  static void absorb(Node& node, const Node& part) {
    if (part.weight == 0) return;
    node.weight += part.weight;
    if (node.left != part.left) node.left = kDiverse;
  }

  void push(const Node& node) {
    if (!stack_.empty() && stack_.back().depth == node.depth) {
      absorb(stack_.back(), node);
    } else {
      stack_.push_back(node);
    }
  }

  void close(const Node& node, std::uint32_t last, std::uint32_t position) {
    if (node.depth < 2 || node.depth > options_.max_piece_length || node.weight < 2) return;
    if (node.left != kDiverse && node.depth < options_.max_piece_length) return;
    classes_.clear();
    for (std::uint32_t i = 0; i < node.depth; ++i) {
      classes_.push_back(segments_.alphabet.classes[segments_.symbols[position + i]]);
    }
    if (!rules_.valid(classes_)) return;
    out_.push_back({node.first, last, node.depth, node.weight});
    if (out_.size() >= 2 * options_.seed_size + 4096) keep_best(out_, options_.seed_size);
  }

  const Segments& segments_;
  const UnigramOptions& options_;
  const Rules& rules_;
  std::vector<Seed>& out_;
  std::vector<Node> stack_;
  std::vector<CharacterClass> classes_;
};

// Positions by their first symbol. The last of a segment begins nothing longer than itself.
void group_by_first_symbol(const Segments& segments, const Control& control, Seeds& out) {
  const Buffer<Symbol>& symbols = segments.symbols;
  out.first_of.assign(segments.alphabet.characters.size() + 2, 0);
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    if (symbols[i] != 0 && symbols[i + 1] != 0) ++out.first_of[symbols[i] + 1];
  }
  std::partial_sum(out.first_of.begin(), out.first_of.end(), out.first_of.begin());
  out.suffixes.resize(out.first_of.back());
  std::vector<std::uint32_t> next(out.first_of);
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
    if (i % kCheckEvery == 0) control.check();
    if (symbols[i] != 0 && symbols[i + 1] != 0) out.suffixes[next[symbols[i]]++] = static_cast<std::uint32_t>(i);
  }
}

}  // namespace

Seeds find_seeds(const Segments& segments, const UnigramOptions& options, const Rules& rules, Control& control) {
  Seeds out;
  group_by_first_symbol(segments, control, out);
  control.begin("seed", out.suffixes.size());
  if (options.max_piece_length < 2) return out;

  // The longest groups first, so that no thread is left with a long one at the end.
  std::vector<Symbol> order(segments.alphabet.characters.size());
  std::iota(order.begin(), order.end(), 1);
  std::stable_sort(order.begin(), order.end(), [&](Symbol a, Symbol b) {
    return out.first_of[a + 1] - out.first_of[a] > out.first_of[b + 1] - out.first_of[b];
  });
  const unsigned threads = resolve_threads(options.threads);
  std::vector<std::vector<Seed>> found(threads);
  const SuffixSorter sorter(segments, static_cast<std::uint32_t>(options.max_piece_length) + 1, control);
  parallel_for(order.size(), 1, threads, [&](std::size_t begin, std::size_t end, unsigned worker) {
    SortedSuffixes sorted;
    Walk walk(segments, options, rules, found[worker]);
    for (std::size_t i = begin; i < end; ++i) {
      control.check();
      const std::uint32_t first = out.first_of[order[i]];
      const std::uint32_t count = out.first_of[order[i] + 1] - first;
      if (count == 0) continue;
      sorter.sort({out.suffixes.data() + first, count}, sorted);
      walk.run(sorted, first);
      control.done.fetch_add(count, std::memory_order_relaxed);
    }
  });
  for (unsigned worker = 0; worker < threads; ++worker) {
    out.seeds.insert(out.seeds.end(), found[worker].begin(), found[worker].end());
    found[worker] = {};
  }
  keep_best(out.seeds, options.seed_size);
  std::sort(out.seeds.begin(), out.seeds.end(), better);
  return out;
}

}  // namespace tokenspace::train::unigram
