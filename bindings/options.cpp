// _core.Options: the settings of an encode call, checked once.
#include <optional>
#include <string_view>
#include <tuple>

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>

#include "handles.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

// (max_length, stride, strategy, direction)
using TruncationTuple = std::tuple<std::size_t, std::size_t, std::string, std::string>;
// (fixed_length, direction, multiple_of, pad_id, pad_type_id, pad_token)
using PaddingTuple = std::tuple<std::optional<std::size_t>, std::string, std::optional<std::size_t>, std::uint32_t,
                                std::uint32_t, std::string>;

Direction direction_of(std::string_view name) {
  if (name == "left") return Direction::left;
  if (name == "right") return Direction::right;
  fail(ErrorKind::invalid_argument, "direction", "'left' or 'right'", name);
}

SpecialPolicy policy_of(std::string_view name) {
  if (name == "allow") return SpecialPolicy::allow;
  if (name == "as_text") return SpecialPolicy::as_text;
  if (name == "error") return SpecialPolicy::error;
  fail(ErrorKind::invalid_argument, "special_tokens", "'allow', 'as_text' or 'error'", name);
}

Truncation truncation_of(const TruncationTuple& tuple) {
  Truncation out;
  out.max_length = std::get<0>(tuple);
  out.stride = std::get<1>(tuple);
  const std::string& strategy = std::get<2>(tuple);
  if (strategy == "longest_first") {
    out.strategy = TruncationStrategy::longest_first;
  } else if (strategy == "only_first") {
    out.strategy = TruncationStrategy::only_first;
  } else if (strategy == "only_second") {
    out.strategy = TruncationStrategy::only_second;
  } else {
    fail(ErrorKind::invalid_argument, "truncation strategy", "'longest_first', 'only_first' or 'only_second'",
         strategy);
  }
  out.direction = direction_of(std::get<3>(tuple));
  return out;
}

Padding padding_of(const PaddingTuple& tuple) {
  Padding out;
  out.fixed_length = std::get<0>(tuple);
  out.direction = direction_of(std::get<1>(tuple));
  out.multiple_of = std::get<2>(tuple);
  out.pad_id = std::get<3>(tuple);
  out.pad_type_id = std::get<4>(tuple);
  out.pad_token = std::get<5>(tuple);
  return out;
}

void check_rate(const char* name, double value, double limit) {
  if (!(value >= 0.0 && value <= limit)) {
    fail(ErrorKind::invalid_argument, name, limit == 1.0 ? "a number from 0 to 1" : "a number of at least 0",
         std::to_string(value));
  }
}

}  // namespace

void register_options(nb::module_& m) {
  nb::class_<Options>(m, "Options")
      .def(
          "__init__",
          [](Options* self, bool add_special_tokens, std::string_view special, double dropout, double alpha,
             int nbest_size, std::uint64_t seed, std::optional<TruncationTuple> truncation,
             std::optional<PaddingTuple> padding) {
            EncodeOptions value;
            value.add_special_tokens = add_special_tokens;
            value.special = policy_of(special);
            check_rate("dropout", dropout, 1.0);
            check_rate("alpha", alpha, 1e9);
            value.sampling.dropout = dropout;
            value.sampling.alpha = alpha;
            value.sampling.nbest_size = nbest_size;
            value.seed = seed;
            value.use_own_truncation = false;
            value.use_own_padding = false;
            if (truncation) value.truncation = truncation_of(*truncation);
            if (padding) value.padding = padding_of(*padding);
            new (self) Options{std::move(value)};
          },
          nb::arg("add_special_tokens") = true, nb::arg("special") = "allow", nb::arg("dropout") = 0.0,
          nb::arg("alpha") = 0.0, nb::arg("nbest_size") = 0, nb::arg("seed") = 0, nb::arg("truncation") = nb::none(),
          nb::arg("padding") = nb::none());
}
