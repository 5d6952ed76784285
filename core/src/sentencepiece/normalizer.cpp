// SentencePiece's normalizer (0.2.3, normalizer.cc): longest rule of the character map at each position, then white
// space.
#include <array>
#include <cstring>

#include "to_json.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"
#include "tokenspace/watch.hpp"
#include "vocabulary.hpp"

namespace tokenspace::sentencepiece {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// A darts-clone double array as it is stored in precompiled_charsmap.
struct DartsUnit {
  std::uint32_t word;
  bool has_leaf() const { return (word >> 8 & 1) != 0; }
  std::uint32_t value() const { return word & 0x7FFFFFFF; }
  std::uint32_t label() const { return word & (0x80000000u | 0xFF); }  // above 255 in value units: no byte matches
  std::uint32_t offset() const { return (word >> 10) << ((word & 0x200) >> 6); }
};

class CharsMap {
 public:
  CharsMap() = default;
  CharsMap(std::string_view blob, const std::string& name) {
    const auto bad = [&name](std::string_view expected, std::string_view received) {
      fail(ErrorKind::format, "read " + name, expected, received, "the file as its trainer wrote it");
    };
    if (blob.size() <= 4) bad("a precompiled_charsmap of more than 4 bytes", std::to_string(blob.size()));
    const std::size_t trie_bytes = load(blob.data());
    if (trie_bytes >= blob.size() - 4 || trie_bytes < 1024 || trie_bytes % 1024 != 0) {
      bad("a precompiled_charsmap whose trie is a multiple of 1024 bytes and shorter than the map",
          std::to_string(trie_bytes) + " of " + std::to_string(blob.size()) + " bytes");
    }
    units_.resize(trie_bytes / 4);
    for (std::size_t i = 0; i < units_.size(); ++i) units_[i].word = load(blob.data() + 4 + i * 4);
    targets_ = blob.substr(4 + trie_bytes);
    if (targets_.back() != '\0') bad("a precompiled_charsmap that ends with NUL", "another byte");
    if (!valid()) bad("a precompiled_charsmap with indices inside it", "one that points outside");
  }

  bool empty() const { return units_.empty(); }

  // The longest rule at the start of `text`; false when none applies.
  bool match(std::string_view text, std::size_t& length, std::string_view& target) const {
    // The reference collects at most 32 matches, shortest first.
    constexpr int kMaxMatches = 32;
    int matches = 0;
    std::uint32_t value = 0;
    length = 0;
    std::uint32_t node = units_[0].offset();
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      node ^= byte;
      const DartsUnit unit = units_[node];
      if (unit.label() != byte) break;
      node ^= unit.offset();
      if (unit.has_leaf()) {
        value = units_[node].value();
        length = i + 1;
        if (++matches == kMaxMatches) break;
      }
    }
    if (length == 0) return false;
    target = std::string_view(targets_.data() + value);
    return true;
  }

  // True when some rule matches a text that holds `byte`: a walk over every prefix of every rule.
  bool holds(unsigned char byte) const {
    // The walk costs 256 steps a node; usually no unit is such an edge at all, which one pass shows.
    std::vector<bool> is_base(units_.size());
    for (std::size_t i = 0; i < units_.size(); ++i) {
      if (units_[i].label() <= 0xFF) is_base[i ^ units_[i].offset()] = true;
    }
    bool possible = false;
    for (std::size_t i = 0; i < units_.size() && !possible; ++i)
      possible = units_[i].label() == byte && is_base[i ^ byte];
    if (!possible) return false;
    // Visited once: a map may fold back on itself.
    std::vector<bool> seen(units_.size());
    std::vector<std::uint32_t> open{units_[0].offset()};
    seen[open.back()] = true;
    while (!open.empty()) {
      const std::uint32_t node = open.back();
      open.pop_back();
      for (std::uint32_t next = 1; next < 256; ++next) {
        const DartsUnit unit = units_[node ^ next];
        if (unit.label() != next) continue;
        if (next == byte) return true;
        const std::uint32_t child = node ^ next ^ unit.offset();
        if (seen[child]) continue;
        seen[child] = true;
        open.push_back(child);
      }
    }
    return false;
  }

  // True when rules starting with this ASCII byte need a byte above 127 next (or there are none): before ASCII it
  // stands.
  bool stands_before_ascii(unsigned char byte) const {
    std::uint32_t node = units_[0].offset() ^ byte;
    if (units_[node].label() != byte) return true;
    if (units_[node].has_leaf()) return false;
    node ^= units_[node].offset();
    for (unsigned next = 0; next < 128; ++next) {
      if (units_[node ^ next].label() == next) return false;
    }
    return true;
  }

 private:
  static std::uint32_t load(const char* p) {
    std::uint32_t word = 0;
    for (int i = 3; i >= 0; --i) word = word << 8 | static_cast<unsigned char>(p[i]);
    return word;
  }

  // After this, no walk over any text can leave the array: every child block of every unit lies inside.
  bool valid() const {
    const std::size_t size = units_.size();
    if (units_[0].label() != 0 || units_[0].has_leaf() || units_[0].offset() == 0 ||
        (units_[0].offset() | 0xFF) >= size) {
      return false;
    }
    for (std::size_t i = 1; i < size; ++i) {
      if (units_[i].label() <= 0xFF) {
        const std::size_t block = i ^ units_[i].offset();
        if ((block | 0xFF) >= size) return false;
        if (units_[i].has_leaf() && units_[block].label() <= 0xFF) return false;
      } else if (units_[i].value() >= targets_.size()) {
        return false;
      }
    }
    return true;
  }

  std::vector<DartsUnit> units_;
  std::string_view targets_;  // NUL-terminated strings
};

}  // namespace

struct SentencePieceNormalizer::Impl {
  NormalizerSpec spec;
  std::shared_ptr<const Vocabulary> vocabulary;
  CharsMap map;
  std::string charsmap_copy;  // of denormalizers, whose file nobody else keeps
  // Bytes that stand for themselves whenever the next byte is ASCII or the text ends; U+0020 has its own rule.
  std::array<bool, 256> plain{};
  bool plain_space = false;

  std::string_view prefix(std::string_view text, std::size_t& consumed) const {
    if (vocabulary) {
      if (const std::size_t length = vocabulary->user_defined().match(text)) {
        consumed = length;
        return text.substr(0, length);
      }
    }
    std::string_view target;
    if (!map.empty() && map.match(text, consumed, target)) return target;
    consumed = utf8::valid_sequence_length(text);
    if (consumed == 0) {
      consumed = 1;
      return kReplacement;
    }
    return text.substr(0, consumed);
  }

  template <bool kAlign>
  void run(std::string_view text, std::string& out, std::vector<std::uint32_t>* origin) const;
};

SentencePieceNormalizer::SentencePieceNormalizer(const NormalizerSpec& spec,
                                                 std::shared_ptr<const Vocabulary> vocabulary,
                                                 const std::string& name) {
  auto impl = std::make_unique<Impl>();
  impl->spec = spec;
  impl->vocabulary = std::move(vocabulary);
  if (!spec.charsmap.empty()) {
    if (!impl->vocabulary) {
      impl->charsmap_copy = spec.charsmap;
      impl->spec.charsmap = impl->charsmap_copy;
    }
    impl->map = CharsMap(impl->spec.charsmap, name);
  }
  for (unsigned byte = 0; byte < 128; ++byte) {
    const auto c = static_cast<unsigned char>(byte);
    const bool stands = (impl->map.empty() || impl->map.stands_before_ascii(c)) &&
                        !(impl->vocabulary && impl->vocabulary->user_defined().may_start(c));
    if (c == ' ') {
      impl->plain_space = stands;
    } else {
      impl->plain[c] = stands;
    }
  }
  json_ = normalizer_json(impl->spec, impl->vocabulary.get());
  impl_ = std::move(impl);
}

SentencePieceNormalizer::~SentencePieceNormalizer() = default;

const NormalizerSpec& SentencePieceNormalizer::spec() const {
  return impl_->spec;
}

bool SentencePieceNormalizer::matches_hold_space() const {
  if (!impl_->map.empty() && impl_->map.holds(' ')) return true;
  if (!impl_->vocabulary) return false;
  for (const Piece& piece : impl_->vocabulary->pieces()) {
    if (piece.type == PieceType::user_defined && piece.text.find(' ') != std::string_view::npos) return true;
  }
  return false;
}

std::unique_ptr<SentencePieceNormalizer> SentencePieceNormalizer::with_dummy_prefix() const {
  NormalizerSpec spec = impl_->spec;
  spec.add_dummy_prefix = true;
  return std::make_unique<SentencePieceNormalizer>(spec, impl_->vocabulary, "normalizer");
}

template <bool kAlign>
void SentencePieceNormalizer::Impl::run(std::string_view text, std::string& out,
                                        std::vector<std::uint32_t>* origin) const {
  out.clear();
  if constexpr (kAlign) origin->clear();
  const std::size_t size = text.size();
  const bool collapse = spec.remove_extra_whitespaces;
  const std::string_view space = spec.escape_whitespaces ? kSpaceSymbol : std::string_view(" ");
  std::size_t at = 0;  // bytes of `text` consumed
  const auto put = [&](std::string_view part) {
    out.append(part);
    if constexpr (kAlign) origin->insert(origin->end(), part.size(), static_cast<std::uint32_t>(at));
  };

  if (collapse) {
    while (at < size) {
      std::size_t consumed = 0;
      if (prefix(text.substr(at), consumed) != " ") break;
      at += consumed;
    }
  }
  if (at == size) {  // nothing, or nothing but white space
    if constexpr (kAlign) origin->push_back(0);
    return;
  }
  out.reserve(size + size / 2 + 16);
  if constexpr (kAlign) origin->reserve(size + size / 2 + 17);
  if (!spec.whitespace_as_suffix && spec.add_dummy_prefix) put(space);

  bool after_space = collapse;
  while (at < size) {
    look_up();
    // Plain ASCII: copied whole. Its last byte may open a rule with what follows, unless that is ASCII too.
    std::size_t run_end = at;
    while (run_end < size && plain[static_cast<unsigned char>(text[run_end])]) ++run_end;
    if (run_end > at && run_end < size && static_cast<unsigned char>(text[run_end]) >= 0x80) --run_end;
    if (run_end > at) {
      out.append(text, at, run_end - at);
      if constexpr (kAlign) {
        for (std::size_t i = at; i < run_end; ++i) origin->push_back(static_cast<std::uint32_t>(i));
      }
      at = run_end;
      after_space = false;
      continue;
    }
    if (plain_space && text[at] == ' ' && (at + 1 == size || static_cast<unsigned char>(text[at + 1]) < 0x80)) {
      if (!after_space) put(space);
      ++at;
      after_space = collapse;
      continue;
    }
    std::size_t consumed = 0;
    std::string_view part = prefix(text.substr(at), consumed);
    while (after_space && !part.empty() && part.front() == ' ') part.remove_prefix(1);
    if (!part.empty()) {
      for (std::size_t begin = 0; begin < part.size();) {
        const std::size_t found = std::min(part.find(' ', begin), part.size());
        put(part.substr(begin, found - begin));
        if (found < part.size()) put(space);
        begin = found + 1;
      }
      after_space = part.back() == ' ';
    }
    at += consumed;
    if (!collapse) after_space = false;
  }

  std::size_t end = at;
  if (collapse) {
    while (out.size() >= space.size() && std::string_view(out).substr(out.size() - space.size()) == space) {
      const std::size_t length = out.size() - space.size();
      out.resize(length);
      if constexpr (kAlign) {
        end = (*origin)[length];
        origin->resize(length);
      }
    }
  }
  at = end;
  if (spec.whitespace_as_suffix && spec.add_dummy_prefix) put(space);
  if constexpr (kAlign) origin->push_back(static_cast<std::uint32_t>(at));
}

void SentencePieceNormalizer::normalize(std::string_view text, std::string& out,
                                        std::vector<std::uint32_t>* origin) const {
  if (origin != nullptr) {
    impl_->run<true>(text, out, origin);
  } else {
    impl_->run<false>(text, out, nullptr);
  }
}

void SentencePieceNormalizer::normalize(AlignedText& text) const {
  std::string out;
  std::vector<std::uint32_t> origin;
  normalize(text.normalized(), out, &origin);
  std::vector<Span> alignments(out.size());
  const bool untouched = text.normalized() == text.original();
  const std::uint32_t size = static_cast<std::uint32_t>(text.normalized().size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    Span where{origin[i], origin[i + 1]};
    if (!untouched) {
      // Another normalizer ran before: go through its alignments, with empty ranges at the start of the byte they
      // precede.
      const Span begin = where.begin < size ? text.to_original({where.begin, where.begin + 1}) : text.original_range();
      const std::uint32_t first = (where.begin < size ? begin.begin : begin.end) - text.shift();
      where = where.begin == where.end ? Span{first, first} : Span{first, text.to_original(where).end - text.shift()};
    }
    alignments[i] = where;
  }
  text.set_normalized(std::move(out), std::move(alignments));
}

}  // namespace tokenspace::sentencepiece
