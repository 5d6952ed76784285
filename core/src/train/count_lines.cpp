#include <cstring>

#include "tokenspace/train_count.hpp"

namespace tokenspace::train {

LineCounts count_lines(std::string_view block) {
  LineCounts counts;
  for (std::size_t at = 0; at < block.size(); ++counts.lines) {
    const void* found = std::memchr(block.data() + at, '\n', block.size() - at);
    if (found == nullptr) return {counts.lines + 1, counts.empty};
    const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - block.data());
    if (end == at || (end == at + 1 && block[at] == '\r')) ++counts.empty;
    at = end + 1;
  }
  return counts;
}

}  // namespace tokenspace::train
