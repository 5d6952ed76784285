// The transportation problem over NumPy arrays.
#include "arrays.hpp"
#include "interrupts.hpp"
#include "tokenspace/earth_mover.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

using Amounts = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Costs = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

nb::object move(const Amounts& supply, const Amounts& demand, const Costs& costs) {
  if (costs.shape(0) != supply.shape(0) || costs.shape(1) != demand.shape(0)) {
    fail(ErrorKind::invalid_argument, "earth mover", "costs of shape (sources, targets)", "another shape");
  }
  Transport found;
  {
    const Unlocked unlocked;
    found = earth_mover({supply.data(), supply.shape(0)}, {demand.data(), demand.shape(0)},
                        {costs.data(), costs.shape(0) * costs.shape(1)});
  }
  std::vector<std::uint32_t> sources, targets;
  std::vector<std::int64_t> amounts;
  for (const Shipment& shipment : found.shipments) {
    sources.push_back(shipment.source);
    targets.push_back(shipment.target);
    amounts.push_back(shipment.amount);
  }
  return nb::make_tuple(found.cost, to_array(std::move(sources)), to_array(std::move(targets)),
                        to_array(std::move(amounts)));
}

}  // namespace

void register_transport(nb::module_& m) {
  m.def(
      "earth_mover", move, nb::arg("supply"), nb::arg("demand"), nb::arg("costs"),
      nb::sig("def earth_mover(supply: typing.Any, demand: typing.Any, costs: typing.Any) -> tuple[float, typing.Any, "
              "typing.Any, typing.Any]"),
      "The least cost, and the shipments: sources, targets, amounts.");
}
