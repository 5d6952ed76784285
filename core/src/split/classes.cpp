#include "classes.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "tokenspace/unicode.hpp"
#include "tokenspace/unicode_property.hpp"

namespace tokenspace::split {
namespace {

std::uint8_t class_of(char32_t c, bool han) {
  if (c == '\r' || c == '\n') return kNewline;
  if (c == ' ') return kSpace;
  if (c == '\'') return kApostrophe;
  if (c == '/') return kSlash;
  if (unicode::is_white_space(c)) return kWhite;
  using unicode::Category;
  switch (unicode::category(c)) {
    case Category::Lu:
    case Category::Lt:
      return kUpper;
    case Category::Ll:
      return kLower;
    case Category::Lm:
    case Category::Lo:
      return han ? kHanLetter : kLetter;
    case Category::Mn:
    case Category::Mc:
    case Category::Me:
      return han ? kHanMark : kMark;
    case Category::Nd:
    case Category::Nl:
    case Category::No:
      return han ? kHanNumber : kNumber;
    case Category::Pc:
    case Category::Pd:
    case Category::Ps:
    case Category::Pe:
    case Category::Pi:
    case Category::Pf:
    case Category::Po:
      return han ? kHanPunctuation : kPunctuation;
    case Category::Sm:
    case Category::Sc:
    case Category::Sk:
    case Category::So:
      return han ? kHanSymbol : kSymbol;
    default:
      return kOther;
  }
}

}  // namespace

ClassTable::ClassTable(bool han) : index_(0x1100) {
  const std::vector<unicode::PropertyRange> ranges =
      han ? unicode::ranges_of_script(unicode::Script::Han) : std::vector<unicode::PropertyRange>();
  std::map<std::string, std::uint16_t> known;
  std::size_t range = 0;
  std::string page(256, '\0');
  for (char32_t number = 0; number < 0x1100; ++number) {
    for (char32_t i = 0; i < 256; ++i) {
      const char32_t c = number << 8 | i;
      while (range < ranges.size() && ranges[range].last < c) ++range;
      page[i] = static_cast<char>(class_of(c, range < ranges.size() && ranges[range].first <= c));
    }
    const auto [found, added] = known.try_emplace(page, static_cast<std::uint16_t>(known.size()));
    if (added) data_.insert(data_.end(), page.begin(), page.end());
    index_[number] = found->second;
  }
  std::copy_n(data_.begin(), 128, ascii_);
}

const ClassTable& ClassTable::plain() {
  static const ClassTable table(false);
  return table;
}

const ClassTable& ClassTable::with_han() {
  static const ClassTable table(true);
  return table;
}

}  // namespace tokenspace::split
