// Draws of noise words in constant time: Walker's alias method (Vose 1991), 8 bytes a word.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "random.hpp"

namespace tokenspace::vectors {

class NoiseTable {
 public:
  NoiseTable() = default;
  // weights[i] >= 0 is proportional to the probability of i. Throws Error (invalid_argument) for weights that are
  // negative, not finite or all zero, and for more than 2^31 of them.
  explicit NoiseTable(std::span<const double> weights);

  bool empty() const { return slots_.empty(); }

  std::uint32_t draw(Random& random) const {
    const std::uint64_t bits = random.next();
    const std::uint32_t i = Random::below(static_cast<std::uint32_t>(slots_.size()), static_cast<std::uint32_t>(bits));
    const Slot& slot = slots_[i];
    return static_cast<std::uint32_t>(bits >> 32) < slot.keep ? i : slot.other;
  }

 private:
  struct Slot {
    std::uint32_t keep;  // of 2^32 draws of this slot so many are i itself, the rest `other`
    std::uint32_t other;
  };
  std::vector<Slot> slots_;
};

}  // namespace tokenspace::vectors
