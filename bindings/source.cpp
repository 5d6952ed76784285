// Source: byte offsets -> code points of the texts behind an Encoding, without walking the text once per overflow part.
#include <algorithm>

#include "handles.hpp"
#include "tokenspace/utf8.hpp"

namespace {

constexpr std::size_t kStep = 256;

std::uint32_t leads(std::string_view text, std::size_t begin, std::size_t end) {
  std::uint32_t count = 0;
  for (std::size_t i = begin; i < end; ++i) count += !tokenspace::utf8::is_continuation(static_cast<unsigned char>(text[i]));
  return count;
}

}  // namespace

tokenspace::Sequence Source::sequence(int which) const {
  tokenspace::Sequence out;
  out.is_split = is_split;
  if (is_split) {
    out.words = words[which];
  } else {
    out.text = words[which].front();
  }
  return out;
}

void Source::make_indexes() const {
  for (int which = 0; which < 2; ++which) {
    for (std::string_view text : words[which]) {
      Index& index = indexes_[which].emplace_back();
      index.ascii = std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
      if (index.ascii) continue;
      std::uint32_t count = 0;
      for (std::size_t begin = 0; begin < text.size(); begin += kStep) {
        index.before.push_back(count);
        count += leads(text, begin, std::min(begin + kStep, text.size()));
      }
    }
  }
}

std::uint32_t Source::code_point(int which, std::uint32_t word, std::uint32_t byte) const {
  std::call_once(once_, [this] { make_indexes(); });
  if (word >= indexes_[which].size()) return byte;
  const Index& index = indexes_[which][word];
  if (index.ascii) return byte;
  const std::string_view text = words[which][word];
  if (byte >= text.size()) {
    const std::size_t last = index.before.size() - 1;
    return index.before[last] + leads(text, last * kStep, text.size());
  }
  const std::size_t block = byte / kStep;
  // The code point that holds the byte: lead bytes up to and including it, less one.
  return index.before[block] + leads(text, block * kStep, byte + 1) - 1;
}
