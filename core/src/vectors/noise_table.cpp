#include "noise_table.hpp"

#include <cmath>
#include <string>

#include "tokenspace/error.hpp"

namespace tokenspace::vectors {

namespace {

[[noreturn]] void refuse(std::string_view expected, std::string_view received) {
  fail(ErrorKind::invalid_argument, "noise", expected, received, "an ns_exponent nearer to 0");
}

}  // namespace

NoiseTable::NoiseTable(std::span<const double> weights) {
  if (weights.size() > (std::size_t{1} << 31)) refuse("at most 2^31 words", std::to_string(weights.size()));
  double sum = 0;
  for (const double weight : weights) {
    if (!(weight >= 0) || !std::isfinite(weight)) {
      refuse("weights that are finite and not negative", std::to_string(weight));
    }
    sum += weight;
  }
  if (!weights.empty() && !(sum > 0 && std::isfinite(sum))) {
    refuse("weights with a positive finite sum", std::to_string(sum));
  }
  // Scaled so that the mean is 1: slots below give the rest of their unit to one above.
  const auto n = static_cast<std::uint32_t>(weights.size());
  std::vector<double> share(n);
  std::vector<std::uint32_t> below;
  std::vector<std::uint32_t> above;
  for (std::uint32_t i = 0; i < n; ++i) {
    share[i] = weights[i] * (n / sum);
    (share[i] < 1 ? below : above).push_back(i);
  }
  slots_.resize(n);
  while (!below.empty() && !above.empty()) {
    const std::uint32_t small = below.back();
    const std::uint32_t large = above.back();
    below.pop_back();
    slots_[small] = {static_cast<std::uint32_t>(share[small] * 4294967296.0), large};
    share[large] -= 1 - share[small];
    if (share[large] < 1) {
      above.pop_back();
      below.push_back(large);
    }
  }
  // What is left differs from 1 by rounding alone.
  for (const std::uint32_t i : below) slots_[i] = {0xFFFFFFFFu, i};
  for (const std::uint32_t i : above) slots_[i] = {0xFFFFFFFFu, i};
}

}  // namespace tokenspace::vectors
