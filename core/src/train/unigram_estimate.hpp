// Expectation maximization: how often each piece is expected in all segmentations, and new scores from that.
#pragma once

#include <cstdint>
#include <vector>

#include "train/unigram_lattice.hpp"

namespace tokenspace::train::unigram {

// Sums of fractions kept as integers, so that they do not depend on the order of addition: value / 2^fraction_bits.
struct Expectation {
  std::vector<std::int64_t> counts;  // by piece
  std::int64_t log_likelihood = 0;   // of all segments, with kLikelihoodGuard bits fewer
  unsigned fraction_bits = 0;

  double count(std::size_t id) const;
  double likelihood() const;
};

// Bits of precision for sums of up to `characters` counted characters.
unsigned fraction_bits(std::uint64_t characters);

// Forward-backward over all segments. Doubles in the linear domain; where a long segment would leave their range it is
// scaled by powers of two, which changes no digit. Adds to control.done per segment.
Expectation expect(const Lattice& lattice, const std::vector<double>& scores, unsigned threads, Control& control);

// Scores as digamma(count) - digamma(sum), the mean-field estimate under a sparse prior that both references use.
// Pieces expected less than half a time get kRemoved in `new_ids`, the others are renumbered in order; the first
// `characters` pieces always stay, and so do the best others while fewer than `at_least` are left: those count as half.
std::vector<double> maximize(const Expectation& expectation, std::size_t characters, std::size_t at_least,
                             std::vector<std::uint32_t>& new_ids);

}  // namespace tokenspace::train::unigram
