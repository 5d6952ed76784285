// What shows of how Oniguruma builds repeats: repeats of repeats become one, and whether an empty round ends a counted
// repeat follows from how many instructions its body takes.
#pragma once

#include "ast.hpp"

namespace tokenspace::regex {

// `body` repeated, nested quantifiers reduced as the library does.
NodePtr oniguruma_repeat(NodePtr body, std::uint32_t min, std::uint32_t max, RepeatKind kind);

// Sets Node::ends_when_empty below `node`. Literals must be joined and not yet resolved: their length counts.
void mark_repeats(Node& node);

}  // namespace tokenspace::regex
