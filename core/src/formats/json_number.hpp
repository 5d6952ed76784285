// Decimal text -> double with the rounding of serde_json 1.0 as tokenizers builds it (feature float_roundtrip off):
// the digits are gathered in 64 bits, later ones are dropped, and one multiplication or division by a power of ten
// follows. The result can differ from the nearest double by an ulp; Unigram scores must come out the same, so we keep
// it.
#pragma once

#include <string_view>

namespace tokenspace::json_number {

// `text` must be a number of the JSON grammar. False when the magnitude is beyond double.
bool to_double(std::string_view text, double& value);

}  // namespace tokenspace::json_number
