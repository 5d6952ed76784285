// Which kernels run, and the walk over the texts.
#include "tokenspace/token_table.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "cpu/features.hpp"
#include "cpu/kernel_list.hpp"
#include "token_table_kernels.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::nn {

namespace {

const cpu::KernelList<TokenTableKernels>& sets() {
  static const cpu::KernelList<TokenTableKernels> found = [] {
    cpu::KernelList<TokenTableKernels> list(kScalarTokenTableKernels);
#if defined(__x86_64__)
    const cpu::Features& has = cpu::features();
    list.add(has.avx2, kAvx2TokenTableKernels);
    list.add(has.avx512, kAvx512TokenTableKernels);
#endif
    return list;
  }();
  return found;
}

// Texts a thread takes at once, and the tokens below which a further thread gains nothing (starting one costs 30 us).
constexpr std::size_t kGrain = 256;
constexpr std::size_t kTokensPerThread = 16384;
// Longer texts are summed in pieces, and the pieces in double: a float sum of a million tokens is off in the third
// digit.
constexpr std::size_t kPieceTokens = 1024;

[[noreturn]] void refuse_id(std::uint32_t id, std::size_t vocabulary_size) {
  fail(ErrorKind::invalid_argument, "encode", "token ids below " + std::to_string(vocabulary_size), std::to_string(id),
       "the tokenizer that belongs to this model");
}

// One text; `kept`: room for its ids without the dropped token.
void mean_of(const TokenTableKernels& kernels, const TokenTable& table, const std::uint32_t* ids, std::size_t count,
             bool normalize, std::vector<std::uint32_t>& kept, float* out) {
  bool drops = false;
  for (std::size_t i = 0; i < count; ++i) {
    if (ids[i] >= table.vocabulary_size) refuse_id(ids[i], table.vocabulary_size);
    drops |= ids[i] == table.dropped;
  }
  if (drops) {
    kept.clear();
    std::copy_if(ids, ids + count, std::back_inserter(kept), [&](std::uint32_t id) { return id != table.dropped; });
    ids = kept.data();
    count = kept.size();
  }
  if (count == 0) {
    std::fill_n(out, table.dimensions, 0.0f);
    return;
  }
  if (count <= kPieceTokens) {
    kernels.sum(table, ids, count, 1.0f / static_cast<float>(count), out);
  } else {
    std::vector<double> total(table.dimensions, 0.0);
    for (std::size_t begin = 0; begin < count; begin += kPieceTokens) {
      kernels.sum(table, ids + begin, std::min(kPieceTokens, count - begin), 1.0f, out);
      for (std::size_t i = 0; i < total.size(); ++i) total[i] += static_cast<double>(out[i]);
      look_up();
    }
    for (std::size_t i = 0; i < total.size(); ++i) out[i] = static_cast<float>(total[i] / static_cast<double>(count));
  }
  if (normalize) kernels.normalize(out, table.dimensions);
}

}  // namespace

std::size_t token_table_kernel_sets(const TokenTableKernels* const** out) {
  *out = sets().begin();
  return sets().size();
}

void mean_rows(const TokenTable& table, const Bags& bags, bool normalize, unsigned threads, float* out) {
  const TokenTableKernels& kernels = sets().best();
  const auto tokens = static_cast<std::size_t>(bags.count == 0 ? 0 : bags.offsets[bags.count]);
  const std::size_t useful = std::max<std::size_t>(1, (tokens + bags.count) / kTokensPerThread);
  const auto workers = static_cast<unsigned>(std::min<std::size_t>(resolve_threads(threads), useful));
  parallel_for(bags.count, kGrain, workers, [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<std::uint32_t> kept;
    for (std::size_t text = begin; text < end; ++text) {
      const auto first = static_cast<std::size_t>(bags.offsets[text]);
      const auto count = static_cast<std::size_t>(bags.offsets[text + 1]) - first;
      mean_of(kernels, table, bags.ids + first, count, normalize, kept, out + text * table.dimensions);
      look_up();
    }
  });
}

}  // namespace tokenspace::nn
