// The Precompiled normalizer: SentencePiece's character map applied the way spm_precompiled 0.1.4 does, grapheme
// cluster by grapheme cluster (SentencePiece itself takes the longest match at each place, which gives other results).
#include <cstring>
#include <optional>
#include <vector>

#include "component_json.hpp"
#include "normalizers.hpp"
#include "tokenspace/text_rewriter.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace {
namespace {

using unicode::CharChange;

// Standard alphabet, canonical padding, nothing else: as base64 0.22 reads it. False when malformed.
bool decode_base64(std::string_view text, std::string& out) {
  if (text.size() % 4 != 0) return false;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const std::size_t digits = text.size() - padding;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[i];
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<std::uint32_t>(c - 'a' + 26);
    } else if (c >= '0' && c <= '9') {
      value = static_cast<std::uint32_t>(c - '0' + 52);
    } else if (c == '+' || c == '/') {
      value = c == '+' ? 62 : 63;
    } else {
      return false;
    }
    bits = bits << 6 | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<char>(bits >> held & 0xFF));
    }
  }
  return (bits & ((1u << held) - 1)) == 0;
}

// A Darts double array of 32-bit units, then NUL-separated replacements. The units come from a file: every step is
// checked.
class CharsMap {
 public:
  CharsMap(std::vector<std::uint32_t> units, std::string targets)
      : units_(std::move(units)), targets_(std::move(targets)) {}

  // The replacement of the shortest entry that starts `key` (not the longest: the reference takes the first it meets).
  std::optional<std::string_view> find(std::string_view key) const {
    if (units_.empty()) return std::nullopt;
    std::size_t node = offset(units_[0]);
    for (const char byte : key) {
      const auto c = static_cast<unsigned char>(byte);
      if (c == 0) break;
      node ^= c;
      if (node >= units_.size()) break;
      const std::uint32_t unit = units_[node];
      if ((unit & 0x800000FFu) != c) break;
      node ^= offset(unit);
      if ((unit >> 8 & 1) == 0) continue;
      if (node >= units_.size()) break;
      return target(units_[node] & 0x7FFFFFFFu);
    }
    return std::nullopt;
  }

 private:
  static std::size_t offset(std::uint32_t unit) {
    return static_cast<std::size_t>(unit >> 10) << ((unit & (1u << 9)) >> 6);
  }

  std::optional<std::string_view> target(std::size_t begin) const {
    if (begin > targets_.size()) return std::nullopt;
    const std::string_view text = std::string_view(targets_).substr(begin);
    // A place inside a character cannot be meant; the reference would stop there.
    if (!text.empty() && utf8::is_continuation(static_cast<unsigned char>(text[0]))) return std::nullopt;
    return text.substr(0, text.find('\0'));
  }

  std::vector<std::uint32_t> units_;
  std::string targets_;
};

// The edits of one text. Runs without a replacement go to the rewriter as they are; the edits between two runs are
// gathered with one unchanged character in front, since a removed character is written onto the character before it.
class Edits {
 public:
  explicit Edits(AlignedText& text) : text_(text), source_(text.normalized()) {
    out_.begin(text);
    whole_ = out_.partial();
  }

  void keep(std::size_t bytes) { at_ += bytes; }

  void replace(std::size_t bytes, std::string_view with) {
    gather();
    const auto removed = static_cast<std::int64_t>(utf8::count_code_points(source_.substr(at_, bytes)));
    const std::size_t first = changes_.size();
    append(with);
    const auto added = static_cast<std::int64_t>(changes_.size() - first);
    if (added > removed) {
      for (std::size_t i = changes_.size() - static_cast<std::size_t>(added - removed); i < changes_.size(); ++i) {
        changes_[i].change = 1;
      }
    } else if (added < removed) {
      if (changes_.empty()) {
        // Nothing to write the removal onto: it is lost, and everything behind is aligned that much too far left.
        whole_ = true;
      } else {
        changes_.back().change += static_cast<std::int32_t>(added - removed);
      }
    }
    at_ += bytes;
    kept_ = at_;
    edited_ = true;
  }

  void finish() {
    if (!edited_) return;
    if (whole_) {
      append(source_.substr(kept_));
      text_.transform(changes_, 0);
      return;
    }
    out_.apply(kept_ - done_, changes_, 0);
    out_.keep(source_.size() - kept_);
    out_.end();
    out_.finish();
  }

 private:
  // Brings `changes_` up to `at_`, handing a long unchanged run to the rewriter instead.
  void gather() {
    if (at_ == kept_) return;
    const std::size_t run = at_ - kept_;
    if (!whole_ && run > 8) {
      std::size_t last = at_ - 1;
      while (utf8::is_continuation(static_cast<unsigned char>(source_[last]))) --last;
      if (!changes_.empty()) out_.apply(kept_ - done_, changes_, 0);
      changes_.clear();
      out_.keep(last - kept_);
      done_ = kept_ = last;
    }
    append(source_.substr(kept_, at_ - kept_));
    kept_ = at_;
  }

  void append(std::string_view text) {
    const char* p = text.data();
    while (p != text.data() + text.size()) changes_.push_back({utf8::decode_unchecked(p), 0});
  }

  AlignedText& text_;
  std::string_view source_;
  TextRewriter out_;
  std::vector<CharChange> changes_;  // of source bytes [done_, kept_)
  std::size_t done_ = 0, kept_ = 0, at_ = 0;
  bool whole_, edited_ = false;
};

class Precompiled : public Normalizer {
 public:
  Precompiled(CharsMap map, std::string_view base64) : map_(std::move(map)) {
    json_ = "{\"type\":\"Precompiled\",\"precompiled_charsmap\":" + component_json::quoted(base64) + "}";
    for (int c = 0; c < 128; ++c) {
      const char byte = static_cast<char>(c);
      ascii_[static_cast<std::size_t>(c)] = map_.find({&byte, 1}).has_value();
    }
  }

  void normalize(AlignedText& text) const override {
    const std::string_view source = text.normalized();
    Edits edits(text);
    for (std::size_t at = 0; at < source.size();) {
      const auto lead = static_cast<unsigned char>(source[at]);
      // An ASCII character before another is a cluster of its own, but for CR LF.
      const bool alone =
          lead < 0x80 && lead != '\r' && (at + 1 == source.size() || static_cast<unsigned char>(source[at + 1]) < 0x80);
      if (alone && !ascii_[lead]) {
        edits.keep(1);
        ++at;
        continue;
      }
      const std::size_t length = alone ? 1 : unicode::grapheme_length(source.substr(at));
      cluster(source.substr(at, length), edits);
      at += length;
    }
    edits.finish();
  }

 private:
  void cluster(std::string_view cluster, Edits& edits) const {
    if (cluster.size() < 6) {
      if (const auto found = map_.find(cluster)) {
        edits.replace(cluster.size(), *found);
        return;
      }
    }
    for (std::size_t at = 0; at < cluster.size();) {
      const std::size_t length = utf8::sequence_length(static_cast<unsigned char>(cluster[at]));
      if (const auto found = map_.find(cluster.substr(at, length))) {
        edits.replace(length, *found);
      } else {
        edits.keep(length);
      }
      at += length;
    }
  }

  CharsMap map_;
  bool ascii_[128];  // has an entry
};

}  // namespace

std::shared_ptr<const Normalizer> read_precompiled(Json config) {
  const Json value = config.at("precompiled_charsmap");
  const std::string_view base64 = value.as_string();
  std::string blob;
  if (!decode_base64(base64, blob)) component_json::refuse(value, "base64 with padding", "other characters or length");
  const auto unit_at = [&](std::size_t byte) {
    std::uint32_t unit = 0;
    for (unsigned i = 0; i < 4; ++i) unit |= std::uint32_t{static_cast<unsigned char>(blob[byte + i])} << (8 * i);
    return unit;
  };
  const std::size_t units = blob.size() < 4 ? 0 : unit_at(0) / 4;
  if (blob.size() < 4 || units > (blob.size() - 4) / 4) {
    component_json::refuse(value, "a character map as long as it says", std::to_string(blob.size()) + " bytes");
  }
  std::vector<std::uint32_t> trie(units);
  for (std::size_t i = 0; i < units; ++i) trie[i] = unit_at(4 + 4 * i);
  std::string targets = blob.substr(4 + 4 * units);
  if (!utf8::is_valid(targets)) component_json::refuse(value, "replacements in UTF-8", "an invalid sequence");
  return std::make_shared<Precompiled>(CharsMap(std::move(trie), std::move(targets)), base64);
}

}  // namespace tokenspace
