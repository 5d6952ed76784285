#include "tokenspace/earth_mover.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "harness.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

// The least cost of an assignment, by all permutations.
double cheapest_assignment(std::size_t n, const std::vector<double>& costs) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  double least = std::numeric_limits<double>::infinity();
  do {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += costs[i * n + order[i]];
    least = std::min(least, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

void check_feasible(const Transport& found, std::vector<std::int64_t> supply, std::vector<std::int64_t> demand) {
  for (const Shipment& shipment : found.shipments) {
    CHECK(shipment.amount > 0);
    supply[shipment.source] -= shipment.amount;
    demand[shipment.target] -= shipment.amount;
  }
  for (const std::int64_t left : supply) CHECK_EQ(left, 0);
  for (const std::int64_t left : demand) CHECK_EQ(left, 0);
}

}  // namespace

TEST("earth mover: assignments of up to seven are the cheapest of all, equal and negative costs included") {
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    const std::size_t n = 1 + random() % 7;
    std::vector<double> costs(n * n);
    const bool whole = round % 2 == 0;  // few different costs: many degenerate steps
    for (double& cost : costs) {
      cost = whole ? static_cast<double>(random() % 3) : static_cast<double>(random()) / 4e9 - 0.3;
    }
    const std::vector<std::int64_t> ones(n, 1);
    const Transport found = earth_mover(ones, ones, costs);
    CHECK(std::abs(found.cost - cheapest_assignment(n, costs)) < 1e-9);
    check_feasible(found, ones, ones);
  }
}

TEST("earth mover: no shipment can be improved by a detour, on large problems") {
  std::mt19937 random(5);
  for (const std::size_t n : {std::size_t{1}, std::size_t{30}, std::size_t{180}}) {
    const std::size_t m = n == 1 ? 5 : n + 17;
    std::vector<std::int64_t> supply(n), demand(m, 1);
    for (auto& amount : supply) amount = 1 + random() % 1000;
    const std::int64_t total = std::accumulate(supply.begin(), supply.end(), std::int64_t{0});
    if (total < static_cast<std::int64_t>(m)) supply[0] += static_cast<std::int64_t>(m);
    std::int64_t rest = std::accumulate(supply.begin(), supply.end(), std::int64_t{0}) - static_cast<std::int64_t>(m);
    for (std::size_t j = 0; j + 1 < m; ++j) {
      const auto part = static_cast<std::int64_t>(random() % (2 * static_cast<std::uint64_t>(rest) / (m - j) + 1));
      demand[j] += std::min(rest, part);
      rest -= std::min(rest, part);
    }
    demand[m - 1] += rest;
    std::vector<double> costs(n * m);
    for (double& cost : costs) cost = static_cast<double>(random() % 1000) / 100;
    const Transport found = earth_mover(supply, demand, costs);
    check_feasible(found, supply, demand);
    // Dual prices by Bellman-Ford over the residual graph: it has no negative cycle exactly if the plan is optimal.
    std::vector<double> price(n + m, 0.0);
    bool changed = true;
    std::size_t rounds = 0;
    for (; changed && rounds <= n + m; ++rounds) {
      changed = false;
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < m; ++j) {
          if (price[i] + costs[i * m + j] < price[n + j] - 1e-9)
            price[n + j] = price[i] + costs[i * m + j], changed = true;
        }
      }
      for (const Shipment& s : found.shipments) {
        const double back = price[n + s.target] - costs[s.source * m + s.target];
        if (back < price[s.source] - 1e-9) price[s.source] = back, changed = true;
      }
    }
    CHECK(rounds <= n + m);
  }
}

TEST("earth mover: amounts and costs that make no sense are refused") {
  const std::vector<std::int64_t> one = {1}, two = {2}, zero = {0};
  CHECK_THROWS(earth_mover(one, two, std::vector<double>{1.0}));
  CHECK_THROWS(earth_mover(zero, zero, std::vector<double>{1.0}));
  CHECK_THROWS(earth_mover(one, one, std::vector<double>{}));
  CHECK_THROWS(earth_mover(one, one, std::vector<double>{std::nan("")}));
  CHECK_THROWS(earth_mover({}, {}, {}));
}
