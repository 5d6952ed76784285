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
  set.clear();
  set.add(word, 1.0f);
  for (std::uint32_t i = 0; i < config_.negative; ++i) {
    const std::uint32_t drawn = noise_.draw(random);
    bool known = false;
    for (const std::uint32_t row : set.rows) known |= row == drawn;
    if (!known) {
      set.add(drawn, 0.0f);
    } else if (drawn != word) {
      const auto at = std::find(set.rows.begin(), set.rows.end(), drawn) - set.rows.begin();
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

}  // namespace tokenspace::vectors
