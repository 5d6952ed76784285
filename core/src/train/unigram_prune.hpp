// Pruning: which pieces the corpus would miss least, by what replaces each of them.
#pragma once

#include <cstdint>
#include <vector>

#include "train/unigram_lattice.hpp"

namespace tokenspace::train::unigram {

// Chooses the pieces that stay: the first `characters`, then those whose loss in log-likelihood would be highest, up to
// `keep` in all. The loss of a piece is estimated as the references do: its occurrences on the best paths go over to
// the second best segmentation of the piece; every token that has more costs `token_cost`. Pieces on no best path go
// first, the least promising (highest id) first, but never below `at_least`. `scores` and `new_ids` are renumbered as
// in maximize().
void prune(const Lattice& lattice, std::size_t characters, std::size_t keep, std::size_t at_least, double token_cost,
           unsigned threads, Control& control, std::vector<double>& scores, std::vector<std::uint32_t>& new_ids);

}  // namespace tokenspace::train::unigram
