// The cheapest way to turn one pile into another: the transportation problem, solved exactly.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tokenspace {

struct Shipment {
  std::uint32_t source;
  std::uint32_t target;
  std::int64_t amount;  // > 0
};

struct Transport {
  double cost = 0;  // the sum of amount * cost over the shipments
  std::vector<Shipment> shipments;
};

// Moves `supply` (amounts > 0) to `demand` (amounts > 0, the same sum) at costs[source * demand.size() + target] a
// unit; costs are finite. Network simplex on strongly feasible trees (Cunningham 1976), which cannot cycle; a unit
// moved for more than 1e-11 of the largest cost above the optimum is found. Throws Error for amounts or costs that are
// not so.
Transport earth_mover(std::span<const std::int64_t> supply, std::span<const std::int64_t> demand,
                      std::span<const double> costs);

}  // namespace tokenspace
