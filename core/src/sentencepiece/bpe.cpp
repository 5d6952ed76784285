// SentencePiece BPE (0.2.3, bpe_model.cc): the pair whose piece has the highest score merges first, leftmost on ties.
#include <algorithm>
#include <array>
#include <queue>
#include <unordered_map>

#include "bpe_tables.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/watch.hpp"
#include "vocabulary.hpp"

namespace tokenspace::sentencepiece {
namespace {

using Symbol = BpeTables::Symbol;
constexpr std::uint32_t kEnd = 0xFFFFFFFF;
constexpr int kMaxResegmentDepth = 100;  // the reference's bound
constexpr std::size_t kShort = 48;       // symbols below which scanning beats a heap

// A candidate merge. Stale when the two symbols at `left` no longer span `size` bytes together.
struct Candidate {
  std::uint32_t rank, left, size;
  Symbol piece;
  friend bool operator<(const Candidate& a, const Candidate& b) {  // std::priority_queue pops the greatest
    return a.rank != b.rank ? a.rank > b.rank : a.left > b.left;
  }
};

// The symbols of a long stretch as a linked list.
struct Chain {
  std::vector<std::uint32_t> start, next, previous;
  std::vector<Symbol> symbol;
  std::vector<bool> frozen, dead;
  std::uint32_t text_end = 0;

  std::uint32_t end_of(std::uint32_t i) const { return next[i] == kEnd ? text_end : start[next[i]]; }
};

struct Keep {
  bool operator()() const { return false; }
};

}  // namespace

struct BpeModel::Impl {
  const Vocabulary& vocabulary;
  BpeTables tables;
  explicit Impl(const Vocabulary& v) : vocabulary(v), tables(v) {}

  void emit(Symbol symbol, std::size_t begin, std::size_t end, TokenSink& sink) const {
    if (tables.is_piece(symbol)) {
      sink.known(symbol, begin, end);
    } else {
      sink.unknown(begin, end);
    }
  }

  // A stretch of at most kShort symbols: repeated scans for the best pair, all in registers and two cache lines.
  void merge_short(const Symbol* symbols, const std::uint32_t* starts, std::size_t count, std::uint32_t end,
                   TokenSink& sink) const {
    std::array<Symbol, kShort> symbol;
    std::array<std::uint32_t, kShort + 1> start;
    std::array<Symbol, kShort> merged;
    std::array<std::uint32_t, kShort> rank;
    for (std::size_t i = 0; i < count; ++i) {
      symbol[i] = symbols[i];
      start[i] = starts[i];
    }
    start[count] = end;
    const auto look = [&](std::size_t i) {
      merged[i] = tables.merge(symbol[i], symbol[i + 1]);
      rank[i] = merged[i] == BpeTables::kNoSymbol ? kEnd : tables.rank(merged[i]);
    };
    for (std::size_t i = 0; i + 1 < count; ++i) look(i);
    while (count > 1) {
      std::size_t best = 0;
      for (std::size_t i = 1; i + 1 < count; ++i) {
        if (rank[i] < rank[best]) best = i;
      }
      if (rank[best] == kEnd) break;
      symbol[best] = merged[best];
      --count;
      for (std::size_t i = best + 1; i < count; ++i) {
        symbol[i] = symbol[i + 1];
        start[i] = start[i + 1];
        merged[i] = merged[i + 1];
        rank[i] = rank[i + 1];
      }
      start[count] = end;
      if (best > 0) look(best - 1);
      if (best + 1 < count) look(best);
    }
    for (std::size_t i = 0; i < count; ++i) emit(symbol[i], start[i], start[i + 1], sink);
  }

  // `skip()` decides whether a valid merge is dropped (BPE-dropout); `seen` is told of every candidate pair.
  template <class Skip, class Seen>
  void merge_chain(Chain& chain, Skip skip, Seen seen) const {
    const auto count = static_cast<std::uint32_t>(chain.symbol.size());
    std::vector<Candidate> initial;
    const auto candidate = [&](std::uint32_t left, Candidate& out) {
      const std::uint32_t right = chain.next[left];
      if (right == kEnd || chain.frozen[left] || chain.frozen[right]) return false;
      const Symbol piece = tables.merge(chain.symbol[left], chain.symbol[right]);
      if (piece == BpeTables::kNoSymbol) return false;
      out = {tables.rank(piece), left, chain.end_of(right) - chain.start[left], piece};
      seen(out, chain.start[left], chain.start[right]);
      return true;
    };
    Candidate found{};
    for (std::uint32_t i = 0; i + 1 < count; ++i) {
      if (i % 1024 == 1023) look_up();
      if (candidate(i, found)) initial.push_back(found);
    }
    std::priority_queue<Candidate> agenda(std::less<Candidate>(), std::move(initial));
    for (std::size_t steps = 1; !agenda.empty(); ++steps) {
      if (steps % 1024 == 0) look_up();
      const Candidate top = agenda.top();
      agenda.pop();
      const std::uint32_t left = top.left;
      if (chain.dead[left]) continue;
      const std::uint32_t right = chain.next[left];
      if (right == kEnd || chain.end_of(right) - chain.start[left] != top.size) continue;
      if (skip()) continue;
      chain.symbol[left] = top.piece;
      chain.dead[right] = true;
      chain.next[left] = chain.next[right];
      if (chain.next[right] != kEnd) chain.previous[chain.next[right]] = left;
      if (chain.previous[left] != kEnd && candidate(chain.previous[left], found)) agenda.push(found);
      if (candidate(left, found)) agenda.push(found);
    }
  }

  void append_symbol(Chain& chain, Symbol symbol, std::uint32_t start, bool frozen) const {
    const auto index = static_cast<std::uint32_t>(chain.symbol.size());
    if (index > 0) chain.next[index - 1] = index;
    chain.symbol.push_back(symbol);
    chain.start.push_back(start);
    chain.previous.push_back(index == 0 ? kEnd : index - 1);
    chain.next.push_back(kEnd);
    chain.frozen.push_back(frozen);
    chain.dead.push_back(false);
  }

  Chain chain_of(std::string_view text) const {
    Chain chain;
    chain.text_end = static_cast<std::uint32_t>(text.size());
    for (std::size_t at = 0; at < text.size();) {
      std::size_t length = vocabulary.user_defined().match(text.substr(at));
      if (length > 0) {
        const auto id = vocabulary.find_text_piece(text.substr(at, length));
        append_symbol(chain, id ? *id : BpeTables::kNoSymbol, static_cast<std::uint32_t>(at), true);
      } else {
        const Symbol symbol = tables.character(text.substr(at), length);
        append_symbol(chain, symbol, static_cast<std::uint32_t>(at), false);
      }
      at += length;
    }
    return chain;
  }

  template <class Skip>
  void whole_text(std::string_view text, Skip skip, std::vector<ModelToken>& out) const;
  void by_stretches(std::string_view text, std::vector<ModelToken>& out) const;
};

// Pieces of type UNUSED merge and are then cut again where the last candidate pair with their text, anywhere in the
// whole text, had its border; so the text must be one chain and every candidate must be remembered in the reference's
// order.
template <class Skip>
void BpeModel::Impl::whole_text(std::string_view text, Skip skip, std::vector<ModelToken>& out) const {
  Chain chain = chain_of(text);
  std::unordered_map<Symbol, std::uint32_t> cut;  // unused piece -> bytes of its left part
  merge_chain(chain, skip, [&](const Candidate& pair, std::uint32_t begin, std::uint32_t middle) {
    if (tables.has_unused() && vocabulary.type(pair.piece) == PieceType::unused) cut[pair.piece] = middle - begin;
  });
  TokenSink sink(vocabulary, text, out);
  struct Part {
    Symbol symbol;
    std::uint32_t begin, end;
    int depth;
  };
  std::vector<Part> stack;
  const auto symbol_of = [&](std::uint32_t begin, std::uint32_t end) -> Symbol {
    const auto id = vocabulary.find_text_piece(text.substr(begin, end - begin));
    return id ? *id : BpeTables::kNoSymbol;
  };
  for (std::uint32_t i = 0; i != kEnd && !chain.symbol.empty(); i = chain.next[i]) {
    stack.push_back({chain.symbol[i], chain.start[i], chain.end_of(i), 0});
    while (!stack.empty()) {
      const Part part = stack.back();
      stack.pop_back();
      if (!tables.is_piece(part.symbol)) {
        sink.unknown(part.begin, part.end);
      } else if (vocabulary.type(part.symbol) != PieceType::unused || part.depth > kMaxResegmentDepth) {
        sink.known(part.symbol, part.begin, part.end);
      } else if (const auto found = cut.find(part.symbol); found == cut.end()) {
        sink.unknown(part.begin, part.end);
      } else {
        const std::uint32_t middle = part.begin + found->second;
        stack.push_back({symbol_of(middle, part.end), middle, part.end, part.depth + 1});
        stack.push_back({symbol_of(part.begin, middle), part.begin, middle, part.depth + 1});
      }
    }
  }
}

void BpeModel::Impl::by_stretches(std::string_view text, std::vector<ModelToken>& out) const {
  TokenSink sink(vocabulary, text, out);
  std::array<Symbol, kShort> symbols;
  std::array<std::uint32_t, kShort> starts;
  const PrefixMatcher& user_defined = vocabulary.user_defined();
  std::size_t at = 0;
  while (at < text.size()) {
    // Collect a stretch: characters up to a user-defined symbol or to a border no piece crosses.
    std::size_t count = 0;
    Chain chain;
    Symbol before = BpeTables::kNoSymbol;
    std::size_t user_length = 0;
    while (at < text.size()) {
      const std::string_view rest = text.substr(at);
      user_length = user_defined.match(rest);
      if (user_length > 0) break;
      std::size_t length = 0;
      const Symbol symbol = tables.character(rest, length);
      if (count > 0 && !tables.may_join(before, symbol)) break;
      before = symbol;
      if (count < kShort) {
        symbols[count] = symbol;
        starts[count] = static_cast<std::uint32_t>(at);
      } else {
        if (count == kShort) {
          for (std::size_t i = 0; i < kShort; ++i) append_symbol(chain, symbols[i], starts[i], false);
        }
        append_symbol(chain, symbol, static_cast<std::uint32_t>(at), false);
      }
      if (++count % 1024 == 0) look_up();
      at += length;
    }
    if (count > kShort) {
      chain.text_end = static_cast<std::uint32_t>(at);
      merge_chain(chain, Keep(), [](const Candidate&, std::uint32_t, std::uint32_t) {});
      for (std::uint32_t i = 0; i != kEnd; i = chain.next[i])
        emit(chain.symbol[i], chain.start[i], chain.end_of(i), sink);
    } else if (count == 1) {
      emit(symbols[0], starts[0], at, sink);
    } else if (count > 1) {
      merge_short(symbols.data(), starts.data(), count, static_cast<std::uint32_t>(at), sink);
    }
    if (user_length > 0) {
      const auto id = vocabulary.find_text_piece(text.substr(at, user_length));
      sink.known(*id, at, at + user_length);
      at += user_length;
    }
  }
}

BpeModel::BpeModel(std::shared_ptr<const Vocabulary> vocabulary)
    : SentencePieceModel(std::move(vocabulary)), impl_(std::make_unique<const Impl>(*vocabulary_)) {
  pieces_cross_spaces_ = vocabulary_->pieces_cross_spaces() || impl_->tables.has_unused();
}

BpeModel::~BpeModel() = default;

void BpeModel::tokenize(std::string_view piece, std::vector<ModelToken>& out) const {
  if (impl_->tables.has_unused()) {
    impl_->whole_text(piece, Keep(), out);
  } else {
    impl_->by_stretches(piece, out);
  }
}

void BpeModel::sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const {
  const double dropout = sampling.dropout > 0 ? sampling.dropout : sampling.alpha;
  if (!(dropout > 0)) return tokenize(piece, out);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  impl_->whole_text(piece, [&] { return dropout >= 1.0 || uniform(rng) < dropout; }, out);
}

// Segmentations in which some merges do not happen, fewest first: each step takes a segmentation and forbids one more
// of the merges it made (a merge is the span of its result).
std::vector<Segmentation> BpeModel::alternatives(std::string_view piece, std::size_t n) const {
  std::vector<Segmentation> out;
  if (n == 0) return out;
  using Border = std::pair<std::uint32_t, std::uint32_t>;  // begin and end of a merge's result
  struct Variant {
    std::vector<Border> forbidden;
  };
  const auto same = [](const std::vector<ModelToken>& a, const std::vector<ModelToken>& b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(),
                      [](const ModelToken& x, const ModelToken& y) { return x.id == y.id && x.span == y.span; });
  };
  std::vector<Variant> queue(1);
  for (std::size_t i = 0; i < queue.size() && out.size() < n && i < 64 * n; ++i) {
    const std::vector<Border> forbidden = queue[i].forbidden;
    Chain chain = impl_->chain_of(piece);
    std::vector<Border> made;
    // A merge is known by its span only once it is about to happen, so candidates inside forbidden spans are refused
    // there.
    const auto blocked = [&](std::uint32_t begin, std::uint32_t end) {
      return std::find(forbidden.begin(), forbidden.end(), Border{begin, end}) != forbidden.end();
    };
    const BpeTables& tables = impl_->tables;
    std::priority_queue<Candidate> agenda;
    const auto push = [&](std::uint32_t left) {
      const std::uint32_t right = chain.next[left];
      if (right == kEnd || chain.frozen[left] || chain.frozen[right]) return;
      const Symbol merged = tables.merge(chain.symbol[left], chain.symbol[right]);
      if (merged == BpeTables::kNoSymbol || vocabulary_->type(merged) == PieceType::unused) return;
      if (blocked(chain.start[left], chain.end_of(right))) return;
      agenda.push({tables.rank(merged), left, chain.end_of(right) - chain.start[left], merged});
    };
    for (std::uint32_t s = 0; s + 1 < chain.symbol.size(); ++s) push(s);
    while (!agenda.empty()) {
      const Candidate top = agenda.top();
      agenda.pop();
      const std::uint32_t left = top.left;
      if (chain.dead[left]) continue;
      const std::uint32_t right = chain.next[left];
      if (right == kEnd || chain.end_of(right) - chain.start[left] != top.size) continue;
      made.emplace_back(chain.start[left], chain.end_of(right));
      chain.symbol[left] = top.piece;
      chain.dead[right] = true;
      chain.next[left] = chain.next[right];
      if (chain.next[right] != kEnd) chain.previous[chain.next[right]] = left;
      if (chain.previous[left] != kEnd) push(chain.previous[left]);
      push(left);
    }
    Segmentation segmentation;
    segmentation.score = 0.0 - static_cast<double>(forbidden.size());
    if (i == 0) {
      tokenize(piece, segmentation.tokens);
    } else {
      TokenSink sink(*vocabulary_, piece, segmentation.tokens);
      for (std::uint32_t s = 0; s != kEnd && !chain.symbol.empty(); s = chain.next[s]) {
        const bool unused = tables.is_piece(chain.symbol[s]) && vocabulary_->type(chain.symbol[s]) == PieceType::unused;
        impl_->emit(unused ? BpeTables::kNoSymbol : chain.symbol[s], chain.start[s], chain.end_of(s), sink);
      }
    }
    if (std::none_of(out.begin(), out.end(),
                     [&](const Segmentation& s) { return same(s.tokens, segmentation.tokens); })) {
      out.push_back(std::move(segmentation));
    }
    // Later merges first: undoing the last merge changes least. The queue stays within what can still be looked at.
    for (std::size_t m = made.size(); m-- > 0 && queue.size() < 64 * n;) {
      Variant next{forbidden};
      next.forbidden.push_back(made[m]);
      queue.push_back(std::move(next));
    }
  }
  return out;
}

}  // namespace tokenspace::sentencepiece
