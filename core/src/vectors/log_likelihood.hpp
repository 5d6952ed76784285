// The loss of a pair.
#pragma once

#include <cmath>

namespace tokenspace::vectors {

// -log sigmoid(x), for any x without overflow.
inline double softplus_of_minus(double x) {
  return x > 0 ? std::log1p(std::exp(-x)) : std::log1p(std::exp(x)) - x;
}

}  // namespace tokenspace::vectors
