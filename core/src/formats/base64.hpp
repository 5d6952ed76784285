// Base64 (RFC 4648, standard alphabet, padding required).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tokenspace {

std::string base64_encode(std::string_view bytes);
// Nothing when the text is not base64: wrong length or alphabet, misplaced padding, bits left over.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace tokenspace
