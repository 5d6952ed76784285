// Performance notes. Looking new words up in a table of such tokens instead was tried and gained nothing: two words of
// three are not in it, and the look-up waits for memory about as long as a merge or two. In the cache the words are
// hits like any other, and the cache has its final size at once.
#include "cache_seeds.hpp"

#include "tokenspace/decoder.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::detail {

namespace {

constexpr std::size_t kTokensPerUnit = 8;   // seeds once an eighth of all tokens were met,
constexpr std::size_t kBytesPerToken = 30;  // or kFewUnits of them when this much text is ahead
constexpr std::size_t kFewUnits = 128;
constexpr std::size_t kBatch = 32;  // cache lines fetched together

// The bytes of a token of up to 2 * kShortUnit bytes of text; 0 when it is not in the byte alphabet or has none.
std::size_t alphabet_bytes(std::string_view text, char* out) {
  std::size_t n = 0;
  for (const char* p = text.data(); p < text.data() + text.size();) {
    const int byte = char_to_byte(utf8::decode_unchecked(p));
    if (byte < 0) return 0;
    out[n++] = static_cast<char>(byte);
  }
  return n;
}

void seed(const Bpe& bpe, UnitCache& cache) {
  const Vocab& vocab = bpe.vocab();
  // Room for as many other units, so that the next growth is far.
  if (!cache.reserve_short(cache.short_units() + vocab.size() + vocab.size() / 2)) return;
  struct {
    UnitKey key;
    std::uint64_t hash;
    std::uint32_t id;
  } batch[kBatch];
  std::size_t n = 0;
  const auto flush = [&] {
    for (std::size_t i = 0; i < n; ++i) cache.seed_short(batch[i].key, batch[i].hash, batch[i].id);
    n = 0;
  };
  for (const Vocab::Entry& entry : vocab.entries()) {
    if (entry.length > 2 * kShortUnit || !bpe.is_whole(entry)) continue;
    char bytes[2 * kShortUnit] = {};
    const std::size_t length = alphabet_bytes(vocab.text(entry), bytes);
    if (length == 0 || length > kShortUnit) continue;
    const UnitKey key = short_key(bytes, length, 0);
    batch[n] = {key, hash_key(key), entry.id};
    cache.prefetch_short(batch[n].hash);
    if (++n == kBatch) flush();
  }
  flush();
}

}  // namespace

void met_whole_token(const Bpe& bpe, Scratch& scratch) {
  if (scratch.seeded_cache == scratch.ids.generation()) return;
  const std::size_t met = ++scratch.whole_units;
  const std::size_t tokens = bpe.vocab().size();
  const bool long_text = met >= kFewUnits && scratch.ahead >= tokens * kBytesPerToken;
  if (!(long_text || met >= tokens / kTokensPerUnit) || !bpe.knows_whole()) return;
  scratch.seeded_cache = scratch.ids.generation();
  scratch.whole_units = 0;
  seed(bpe, scratch.ids);
}

}  // namespace tokenspace::detail
