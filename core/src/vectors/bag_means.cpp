// The vectors of a vocabulary whose words are bags of rows.
#include <algorithm>
#include <vector>

#include "pair_kernels.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/watch.hpp"
#include "tokenspace/word2vec.hpp"

namespace tokenspace::vectors {

void mean_of_bags(Matrix words, const BagConfig& bags, std::size_t dim, float* out, unsigned threads) {
  check_bags(bags, words.rows, "mean of bags");
  const PairKernels& kernels = pair_kernels();
  parallel_for(words.rows, 1024, resolve_threads(threads), [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<const float*> rows;
    for (std::size_t word = begin; word < end; ++word) {
      if (word % 1024 == 0) look_up();
      rows.assign(1, words.data + word * dim);
      for (std::int64_t i = bags.offsets[word]; i < bags.offsets[word + 1]; ++i) {
        rows.push_back(bags.rows.data + bags.parts[static_cast<std::size_t>(i)] * dim);
      }
      kernels.sum_rows(rows.data(), rows.size(), dim, 1.0f / static_cast<float>(rows.size()), out + word * dim);
    }
  });
}

void check_bags(const BagConfig& bags, std::size_t words, std::string_view operation) {
  const auto refuse = [&](std::string_view expected, std::string_view received) {
    fail(ErrorKind::invalid_argument, operation, expected, received);
  };
  if (bags.offsets.size() != words + 1 || bags.offsets.front() != 0 ||
      !std::is_sorted(bags.offsets.begin(), bags.offsets.end()) ||
      static_cast<std::size_t>(bags.offsets.back()) != bags.parts.size()) {
    refuse("a bag for each word", "other sizes");
  }
  if (std::any_of(bags.parts.begin(), bags.parts.end(), [&](std::uint32_t part) { return part >= bags.rows.rows; })) {
    refuse("parts of bags that have a row", "others");
  }
  if (bags.lock_factors.size() > 1 && bags.lock_factors.size() != bags.rows.rows) {
    refuse("one lock factor, or one for each part", "another number");
  }
}

}  // namespace tokenspace::vectors
