// Character maps of SentencePiece models, as bytes.
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "module.hpp"
#include "text.hpp"
#include "tokenspace/sentencepiece_charsmap.hpp"

using namespace tokenspace;

void register_charsmap(nb::module_& m) {
  m.def(
      "builtin_charsmap",
      [](const std::string& name) {
        const std::string* map = nullptr;
        {
          nb::gil_scoped_release release;
          map = &sentencepiece::builtin_charsmap(name);
        }
        return to_bytes(*map);
      },
      nb::arg("name"));
  m.def(
      "compile_charsmap",
      [](const std::vector<std::pair<std::string, std::string>>& rules) {
        std::string map;
        {
          nb::gil_scoped_release release;
          std::vector<sentencepiece::CharsMapRule> list;
          list.reserve(rules.size());
          for (const auto& [source, target] : rules) list.push_back({source, target});
          map = sentencepiece::compile_charsmap(std::move(list));
        }
        return to_bytes(map);
      },
      nb::arg("rules"));
}
