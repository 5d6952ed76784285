#include "merge_lines.hpp"

#include "text_lines.hpp"

namespace tokenspace {

MergePairs read_merge_lines(std::string_view text, const std::string& name) {
  require_utf8(text, name);
  MergePairs merges;
  Lines lines(text);
  while (lines.next()) {
    const std::string_view line = lines.line();
    if (line.empty() || line.starts_with("#version")) continue;
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || space == 0 || space + 1 == line.size() ||
        line.find(' ', space + 1) != std::string_view::npos) {
      fail(ErrorKind::format, "read " + name, "two tokens with one space between on each line",
           excerpt(line) + lines.place());
    }
    merges.emplace_back(line.substr(0, space), line.substr(space + 1));
  }
  return merges;
}

}  // namespace tokenspace
