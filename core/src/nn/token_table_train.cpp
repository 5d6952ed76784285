#include "tokenspace/token_table_train.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/watch.hpp"

namespace tokenspace::nn {

namespace {

constexpr std::size_t kRowsAtOnce = 64;
constexpr std::size_t kTouchesPerThread = 1024;

// Which texts touch each row: texts[begins[i]] ... texts[begins[i + 1]) hold token tokens[i], in the order of the
// texts.
struct Touches {
  std::vector<std::uint32_t> tokens;
  std::vector<std::size_t> begins;
  std::vector<std::uint32_t> texts;
};

Touches touches_of(const Bags& bags, std::size_t row_count) {
  const auto total = static_cast<std::size_t>(bags.count == 0 ? 0 : bags.offsets[bags.count]);
  std::vector<std::uint64_t> pairs(total);
  for (std::size_t text = 0; text < bags.count; ++text) {
    for (auto i = static_cast<std::size_t>(bags.offsets[text]); i < static_cast<std::size_t>(bags.offsets[text + 1]);
         ++i) {
      if (bags.ids[i] >= row_count) {
        fail(ErrorKind::invalid_argument, "train", "token ids below " + std::to_string(row_count),
             std::to_string(bags.ids[i]));
      }
      pairs[i] = static_cast<std::uint64_t>(bags.ids[i]) << 32 | text;
    }
  }
  std::sort(pairs.begin(), pairs.end());
  Touches found;
  found.texts.reserve(total);
  for (const std::uint64_t pair : pairs) {
    const auto token = static_cast<std::uint32_t>(pair >> 32);
    if (found.tokens.empty() || found.tokens.back() != token) {
      found.tokens.push_back(token);
      found.begins.push_back(found.texts.size());
    }
    found.texts.push_back(static_cast<std::uint32_t>(pair));
  }
  found.begins.push_back(found.texts.size());
  return found;
}

}  // namespace

void adam_step(const TrainedRows& table, const Bags& bags, const float* gradients, const AdamStep& step,
               unsigned threads) {
  const std::size_t d = table.dimensions;
  const Touches touches = touches_of(bags, table.row_count);
  const double number = static_cast<double>(step.number);
  const auto rate = static_cast<float>(step.rate / (1.0 - std::pow(static_cast<double>(step.beta1), number)));
  const auto spread = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(static_cast<double>(step.beta2), number)));
  const std::size_t useful = std::max<std::size_t>(1, touches.texts.size() / kTouchesPerThread);
  const auto workers = static_cast<unsigned>(std::min<std::size_t>(resolve_threads(threads), useful));
  parallel_for(touches.tokens.size(), kRowsAtOnce, workers, [&](std::size_t begin, std::size_t end, unsigned) {
    std::vector<float> gradient(d);
    for (std::size_t i = begin; i < end; ++i) {
      std::fill(gradient.begin(), gradient.end(), 0.0f);
      for (std::size_t at = touches.begins[i]; at < touches.begins[i + 1]; ++at) {
        const std::size_t text = touches.texts[at];
        const float share = 1.0f / static_cast<float>(bags.offsets[text + 1] - bags.offsets[text]);
        const float* from = gradients + text * d;
        for (std::size_t c = 0; c < d; ++c) gradient[c] += share * from[c];
      }
      const std::size_t row = touches.tokens[i] * d;
      for (std::size_t c = 0; c < d; ++c) {
        const float g = gradient[c];
        float& first = table.first[row + c];
        float& second = table.second[row + c];
        first += (1.0f - step.beta1) * (g - first);
        second += (1.0f - step.beta2) * (g * g - second);
        table.rows[row + c] -= rate * first / (std::sqrt(second) * spread + step.epsilon);
      }
      look_up();
    }
  });
}

}  // namespace tokenspace::nn
