// Single components of tokenizer.json, usable on their own: tokenspace.tokenizers.components.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "handles.hpp"

using namespace tokenspace;

namespace {

template <class Part>
struct Component {
  std::shared_ptr<const Part> part;
};

template <class Part, class FromJson>
nb::class_<Component<Part>> bind_component(nb::module_& m, const char* name, FromJson from_json) {
  return nb::class_<Component<Part>>(m, name)
      .def(
          "__init__",
          [from_json](Component<Part>* self, std::string json) {
            const JsonDocument document = JsonDocument::parse(std::move(json), "component");
            new (self) Component<Part>{from_json(document.root())};
          },
          nb::arg("json"))
      .def("json", [](const Component<Part>& self) { return self.part ? to_str(self.part->json()) : to_str("null"); });
}

nb::object normalize(const Component<Normalizer>& self, nb::handle text) {
  Texts texts;
  AlignedText aligned(texts.add(text, "normalize_str text"));
  if (self.part) self.part->normalize(aligned);
  return to_str(aligned.normalized());
}

// [(piece, begin, end)] in bytes of the text.
nb::object pre_tokenize(const Component<PreTokenizer>& self, nb::handle text) {
  Texts texts;
  std::vector<Piece> pieces;
  pieces.push_back({AlignedText(texts.add(text, "pre_tokenize_str text"))});
  if (self.part) self.part->pre_tokenize(pieces);
  nb::list out;
  for (const Piece& piece : pieces) {
    const Span span = piece.text.original_range();
    out.append(nb::make_tuple(to_str(piece.text.normalized()), span.begin, span.end));
  }
  return out;
}

}  // namespace

void register_components(nb::module_& m) {
  bind_component<Normalizer>(m, "Normalizer", normalizer_from_json)
      .def("normalize_str", &normalize, nb::arg("text").none());
  bind_component<PreTokenizer>(m, "PreTokenizer", pre_tokenizer_from_json)
      .def("pre_tokenize_str", &pre_tokenize, nb::arg("text").none());
  bind_component<Decoder>(m, "Decoder", decoder_from_json)
      .def(
          "decode",
          [](const Component<Decoder>& self, std::vector<std::string> tokens) {
            std::string joined;
            if (self.part) {
              joined = self.part->decode(std::move(tokens));
            } else {
              for (std::size_t i = 0; i < tokens.size(); ++i) joined += (i ? " " : "") + tokens[i];
            }
            return to_str(joined);
          },
          nb::arg("tokens").none());
  bind_component<PostProcessor>(m, "PostProcessor", post_processor_from_json)
      .def(
          "num_special_tokens_to_add",
          [](const Component<PostProcessor>& self, bool is_pair) -> std::size_t {
            return self.part ? self.part->added_tokens(is_pair) : 0;
          },
          nb::arg("is_pair"));
}
