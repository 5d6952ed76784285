// What can be said of a part of a pattern without matching: the characters it can begin with, and how long it can be.
#pragma once

#include <cstdint>

#include "ast.hpp"

namespace tokenspace::regex {

// What can begin a piece of the pattern together with everything behind it.
struct Begin {
  CharSet first;
  bool open = false;    // it can succeed without looking at a character (or that is not known): `first` decides nothing
  bool always = false;  // it succeeds at every position
};

// Of the node alone; `open` means it can match nothing, so what follows counts too.
Begin begin_of(const Node& node);
Begin then(Begin here, const Begin& follow);

// In code points; literals not yet resolved count as they are written.
struct Length {
  std::uint64_t min = 0, max = 0;
};

Length length_of(const Node& node);

}  // namespace tokenspace::regex
