#include "case_fold.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "tokenspace/unicode.hpp"

namespace tokenspace::regex {
namespace {

struct FullFold {
  char32_t c;
  std::array<char32_t, 3> to;  // 0 = unused
  std::size_t size() const { return to[2] != 0 ? 3 : 2; }
};

// CaseFolding.txt, status F (Unicode 16; unchanged since 5.1).
constexpr FullFold kFullFolds[] = {
    {0x00DF, {0x0073, 0x0073}},         {0x0130, {0x0069, 0x0307}},         {0x0149, {0x02BC, 0x006E}},
    {0x01F0, {0x006A, 0x030C}},         {0x0390, {0x03B9, 0x0308, 0x0301}}, {0x03B0, {0x03C5, 0x0308, 0x0301}},
    {0x0587, {0x0565, 0x0582}},         {0x1E96, {0x0068, 0x0331}},         {0x1E97, {0x0074, 0x0308}},
    {0x1E98, {0x0077, 0x030A}},         {0x1E99, {0x0079, 0x030A}},         {0x1E9A, {0x0061, 0x02BE}},
    {0x1E9E, {0x0073, 0x0073}},         {0x1F50, {0x03C5, 0x0313}},         {0x1F52, {0x03C5, 0x0313, 0x0300}},
    {0x1F54, {0x03C5, 0x0313, 0x0301}}, {0x1F56, {0x03C5, 0x0313, 0x0342}}, {0x1F80, {0x1F00, 0x03B9}},
    {0x1F81, {0x1F01, 0x03B9}},         {0x1F82, {0x1F02, 0x03B9}},         {0x1F83, {0x1F03, 0x03B9}},
    {0x1F84, {0x1F04, 0x03B9}},         {0x1F85, {0x1F05, 0x03B9}},         {0x1F86, {0x1F06, 0x03B9}},
    {0x1F87, {0x1F07, 0x03B9}},         {0x1F88, {0x1F00, 0x03B9}},         {0x1F89, {0x1F01, 0x03B9}},
    {0x1F8A, {0x1F02, 0x03B9}},         {0x1F8B, {0x1F03, 0x03B9}},         {0x1F8C, {0x1F04, 0x03B9}},
    {0x1F8D, {0x1F05, 0x03B9}},         {0x1F8E, {0x1F06, 0x03B9}},         {0x1F8F, {0x1F07, 0x03B9}},
    {0x1F90, {0x1F20, 0x03B9}},         {0x1F91, {0x1F21, 0x03B9}},         {0x1F92, {0x1F22, 0x03B9}},
    {0x1F93, {0x1F23, 0x03B9}},         {0x1F94, {0x1F24, 0x03B9}},         {0x1F95, {0x1F25, 0x03B9}},
    {0x1F96, {0x1F26, 0x03B9}},         {0x1F97, {0x1F27, 0x03B9}},         {0x1F98, {0x1F20, 0x03B9}},
    {0x1F99, {0x1F21, 0x03B9}},         {0x1F9A, {0x1F22, 0x03B9}},         {0x1F9B, {0x1F23, 0x03B9}},
    {0x1F9C, {0x1F24, 0x03B9}},         {0x1F9D, {0x1F25, 0x03B9}},         {0x1F9E, {0x1F26, 0x03B9}},
    {0x1F9F, {0x1F27, 0x03B9}},         {0x1FA0, {0x1F60, 0x03B9}},         {0x1FA1, {0x1F61, 0x03B9}},
    {0x1FA2, {0x1F62, 0x03B9}},         {0x1FA3, {0x1F63, 0x03B9}},         {0x1FA4, {0x1F64, 0x03B9}},
    {0x1FA5, {0x1F65, 0x03B9}},         {0x1FA6, {0x1F66, 0x03B9}},         {0x1FA7, {0x1F67, 0x03B9}},
    {0x1FA8, {0x1F60, 0x03B9}},         {0x1FA9, {0x1F61, 0x03B9}},         {0x1FAA, {0x1F62, 0x03B9}},
    {0x1FAB, {0x1F63, 0x03B9}},         {0x1FAC, {0x1F64, 0x03B9}},         {0x1FAD, {0x1F65, 0x03B9}},
    {0x1FAE, {0x1F66, 0x03B9}},         {0x1FAF, {0x1F67, 0x03B9}},         {0x1FB2, {0x1F70, 0x03B9}},
    {0x1FB3, {0x03B1, 0x03B9}},         {0x1FB4, {0x03AC, 0x03B9}},         {0x1FB6, {0x03B1, 0x0342}},
    {0x1FB7, {0x03B1, 0x0342, 0x03B9}}, {0x1FBC, {0x03B1, 0x03B9}},         {0x1FC2, {0x1F74, 0x03B9}},
    {0x1FC3, {0x03B7, 0x03B9}},         {0x1FC4, {0x03AE, 0x03B9}},         {0x1FC6, {0x03B7, 0x0342}},
    {0x1FC7, {0x03B7, 0x0342, 0x03B9}}, {0x1FCC, {0x03B7, 0x03B9}},         {0x1FD2, {0x03B9, 0x0308, 0x0300}},
    {0x1FD3, {0x03B9, 0x0308, 0x0301}}, {0x1FD6, {0x03B9, 0x0342}},         {0x1FD7, {0x03B9, 0x0308, 0x0342}},
    {0x1FE2, {0x03C5, 0x0308, 0x0300}}, {0x1FE3, {0x03C5, 0x0308, 0x0301}}, {0x1FE4, {0x03C1, 0x0313}},
    {0x1FE6, {0x03C5, 0x0342}},         {0x1FE7, {0x03C5, 0x0308, 0x0342}}, {0x1FF2, {0x1F7C, 0x03B9}},
    {0x1FF3, {0x03C9, 0x03B9}},         {0x1FF4, {0x03CE, 0x03B9}},         {0x1FF6, {0x03C9, 0x0342}},
    {0x1FF7, {0x03C9, 0x0342, 0x03B9}}, {0x1FFC, {0x03C9, 0x03B9}},         {0xFB00, {0x0066, 0x0066}},
    {0xFB01, {0x0066, 0x0069}},         {0xFB02, {0x0066, 0x006C}},         {0xFB03, {0x0066, 0x0066, 0x0069}},
    {0xFB04, {0x0066, 0x0066, 0x006C}}, {0xFB05, {0x0073, 0x0074}},         {0xFB06, {0x0073, 0x0074}},
    {0xFB13, {0x0574, 0x0576}},         {0xFB14, {0x0574, 0x0565}},         {0xFB15, {0x0574, 0x056B}},
    {0xFB16, {0x057E, 0x0576}},         {0xFB17, {0x0574, 0x056D}},
};

const FullFold* full_fold(char32_t c) {
  const auto* found = std::lower_bound(std::begin(kFullFolds), std::end(kFullFolds), c,
                                       [](const FullFold& fold, char32_t value) { return fold.c < value; });
  return found != std::end(kFullFolds) && found->c == c ? found : nullptr;
}

// Status C alone: the entries that have an F form take part in single-character folding only through it.
char32_t common_fold(char32_t c) {
  return full_fold(c) != nullptr ? c : unicode::simple_fold(c);
}

CharSet sharing_fold(const FullFold& fold) {
  CharSet set;
  for (const FullFold& other : kFullFolds) {
    if (other.to == fold.to) set.add(other.c);
  }
  return set;
}

// The spelled-out form: each folded character in any of its variants.
NodePtr spelled(const FullFold& fold) {
  std::vector<NodePtr> parts;
  for (std::size_t i = 0; i < fold.size(); ++i) parts.push_back(make_set(common_variants(fold.to[i])));
  return make_list(NodeKind::concat, std::move(parts));
}

NodePtr either(NodePtr a, NodePtr b) {
  std::vector<NodePtr> both;
  both.push_back(std::move(a));
  both.push_back(std::move(b));
  return make_list(NodeKind::alternate, std::move(both));
}

const FullFold* fold_spelled_by(const std::vector<char32_t>& text, std::size_t at, std::size_t length) {
  if (at + length > text.size()) return nullptr;
  for (const FullFold& fold : kFullFolds) {
    if (fold.size() != length) continue;
    bool equal = true;
    for (std::size_t i = 0; i < length && equal; ++i) equal = common_fold(text[at + i]) == fold.to[i];
    if (equal) return &fold;
  }
  return nullptr;
}

}  // namespace

CharSet simple_variants(char32_t c) {
  CharSet set = CharSet::of(c);
  char32_t orbit[4];
  const int count = unicode::fold_orbit(c, orbit);
  for (int i = 0; i < count; ++i) set.add(orbit[i]);
  return set;
}

void add_simple_variants(CharSet& set) {
  CharSet extra;
  std::vector<CharRange> found;
  for (const CharRange& range : set.ranges()) {
    for (char32_t c = range.first; c <= range.last; ++c) {
      char32_t orbit[4];
      const int count = unicode::fold_orbit(c, orbit);
      for (int i = 0; i < count; ++i) {
        if (!set.contains(orbit[i])) found.push_back({orbit[i], orbit[i]});
      }
    }
  }
  std::sort(found.begin(), found.end(), [](const CharRange& a, const CharRange& b) { return a.first < b.first; });
  for (const CharRange& range : found) extra.add(range.first, range.last);
  set.unite(extra);
}

CharSet common_variants(char32_t c) {
  CharSet set = CharSet::of(c);
  if (full_fold(c) != nullptr) return set;
  char32_t orbit[4];
  const int count = unicode::fold_orbit(c, orbit);
  for (int i = 0; i < count; ++i) {
    if (full_fold(orbit[i]) == nullptr) set.add(orbit[i]);
  }
  return set;
}

NodePtr fold_literal(const std::vector<char32_t>& text, bool in_look_behind) {
  std::vector<NodePtr> parts;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!in_look_behind) {
      std::size_t length = 3;
      const FullFold* fold = nullptr;
      for (; length >= 2 && fold == nullptr; --length) fold = fold_spelled_by(text, at, length);
      if (fold != nullptr) {
        parts.push_back(either(spelled(*fold), make_set(sharing_fold(*fold))));
        at += fold->size();
        continue;
      }
    }
    const FullFold* own = full_fold(text[at]);
    if (own == nullptr) {
      parts.push_back(make_set(common_variants(text[at])));
    } else if (in_look_behind) {
      parts.push_back(make_set(sharing_fold(*own)));
    } else {
      parts.push_back(either(make_set(sharing_fold(*own)), spelled(*own)));
    }
    ++at;
  }
  return make_list(NodeKind::concat, std::move(parts));
}

NodePtr fold_class(CharSet raw, bool negated) {
  CharSet closed = raw;
  for (const CharRange& range : raw.ranges()) {
    for (char32_t c = range.first; c <= range.last; ++c) {
      if (full_fold(c) != nullptr) continue;
      char32_t orbit[4];
      const int count = unicode::fold_orbit(c, orbit);
      for (int i = 0; i < count; ++i) {
        if (full_fold(orbit[i]) == nullptr && !raw.contains(orbit[i])) closed.add(orbit[i]);
      }
    }
  }
  std::vector<NodePtr> alternatives;
  std::vector<NodePtr> longer;
  for (std::size_t length = 2; length <= 3; ++length) {
    for (const FullFold& fold : kFullFolds) {
      if (fold.size() != length || !raw.contains(fold.c)) continue;
      if (!negated) longer.push_back(spelled(fold));
      closed.unite(sharing_fold(fold));
    }
  }
  if (negated) closed.negate();
  alternatives.push_back(make_set(std::move(closed)));
  for (NodePtr& node : longer) alternatives.push_back(std::move(node));
  return make_list(NodeKind::alternate, std::move(alternatives));
}

}  // namespace tokenspace::regex
