// merges.txt: two tokens a line, the earlier line merges first.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tokenspace {

using MergePairs = std::vector<std::pair<std::string_view, std::string_view>>;  // views of the text

// Lines that start with "#version" are skipped wherever they stand (tokenizers 0.23.3), as are empty ones; any other
// line must be two tokens with one space between: Error(format) with its number and byte.
MergePairs read_merge_lines(std::string_view text, const std::string& name);

}  // namespace tokenspace
