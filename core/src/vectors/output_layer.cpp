#include "output_layer.hpp"

#include <algorithm>

#include "tokenspace/error.hpp"

namespace tokenspace::vectors {

namespace {

[[noreturn]] void refuse(std::string_view expected, std::string_view received) {
  fail(ErrorKind::invalid_argument, "train", expected, received);
}

}  // namespace

OutputLayer::OutputLayer(const OutputConfig& config, std::size_t words) : config_(config) {
  if (sampling()) {
    if (config.negative_rows.rows < words || config.noise.size() != words) {
      refuse("an output row and a noise weight for each word", "other sizes");
    }
    noise_ = NoiseTable(config.noise);
  }
  if (tree()) {
    if (config.path_offsets.size() != words + 1 || config.path_offsets.front() != 0 ||
        !std::is_sorted(config.path_offsets.begin(), config.path_offsets.end()) ||
        static_cast<std::size_t>(config.path_offsets.back()) != config.points.size() ||
        config.codes.size() != config.points.size()) {
      refuse("a path in the tree for each word", "other sizes");
    }
    const auto outside = [&](std::int32_t point) { return static_cast<std::uint32_t>(point) >= config.node_rows.rows; };
    if (std::any_of(config.points.begin(), config.points.end(), outside) ||
        std::any_of(config.codes.begin(), config.codes.end(), [](std::uint8_t code) { return code > 1; })) {
      refuse("nodes that have a row and codes of 0 and 1", "others");
    }
  }
  if (!sampling() && !tree()) refuse("negative sampling or a tree", "neither");
}

void OutputLayer::sample(std::uint32_t word, Random& random, OutputSet& set) const {
  const std::size_t most = std::size_t{config_.negative} + 1;
  set.rows.resize(most);
  set.labels.assign(most, 0.0f);
  set.weights.assign(most, 1.0f);
  std::uint32_t* const rows = set.rows.data();
  rows[0] = word;
  set.labels[0] = 1.0f;
  std::size_t count = 1;
  for (std::uint32_t i = 0; i < config_.negative; ++i) {
    const std::uint32_t drawn = noise_.draw(random);
    bool known = false;
    for (std::size_t n = 0; n < count; ++n) known |= rows[n] == drawn;
    if (!known) {
      rows[count++] = drawn;
    } else if (drawn != word) {
      set.weights[static_cast<std::size_t>(std::find(rows, rows + count, drawn) - rows)] += 1.0f;
    }
  }
  set.rows.resize(count);
  set.labels.resize(count);
  set.weights.resize(count);
}

void OutputLayer::sample_noise(Random& random, OutputSet& set) const {
  set.clear();
  for (std::uint32_t i = 0; i < config_.negative; ++i) {
    const std::uint32_t drawn = noise_.draw(random);
    const auto at = std::find(set.rows.begin(), set.rows.end(), drawn) - set.rows.begin();
    if (static_cast<std::size_t>(at) == set.rows.size()) {
      set.add(drawn, 0.0f);
    } else {
      set.weights[static_cast<std::size_t>(at)] += 1.0f;
    }
  }
}

void OutputLayer::path(std::uint32_t word, OutputSet& set) const {
  set.clear();
  const auto begin = static_cast<std::size_t>(config_.path_offsets[word]);
  const auto end = static_cast<std::size_t>(config_.path_offsets[word + 1]);
  for (std::size_t i = begin; i < end; ++i) {
    set.add(static_cast<std::uint32_t>(config_.points[i]), 1.0f - static_cast<float>(config_.codes[i]));
  }
}

void OutputLayer::prefetch_path(std::uint32_t word, const Rows& nodes) const {
  for (auto i = config_.path_offsets[word]; i < config_.path_offsets[word + 1]; ++i) {
    nodes.prefetch(static_cast<std::uint32_t>(config_.points[static_cast<std::size_t>(i)]));
  }
}

}  // namespace tokenspace::vectors
