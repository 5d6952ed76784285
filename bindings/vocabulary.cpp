// _core.Tokenizer, second half: decoding, the vocabulary, the parts and their JSON.
#include "arrays.hpp"
#include "tokenizer_binding.hpp"
#include "tokenspace/decode_stream.hpp"
#include "tokenspace/error.hpp"

using namespace tokenspace;

namespace {

std::string decode_text(const Handle& self, nb::handle ids, bool skip_special_tokens) {
  const std::vector<std::uint32_t> values = read_ids(ids, "decode ids");
  nb::gil_scoped_release release;
  return self.tokenizer->decode(values, skip_special_tokens);
}

nb::object vocabulary(const Handle& self, bool with_added) {
  nb::dict out;
  const Model& model = *self.tokenizer->parts().model;
  const std::uint32_t bound = model.id_bound();
  for (std::uint32_t id = 0; id < bound; ++id) {
    if (auto token = model.id_to_token(id)) out[to_str(*token)] = nb::int_(id);
  }
  if (with_added) {
    for (const auto& [id, token] : self.tokenizer->parts().added.sorted_by_id()) {
      out[to_str(token.content)] = nb::int_(id);
    }
  }
  return out;
}

nb::object added_tokens(const Handle& self) {
  nb::list out;
  for (const auto& [id, token] : self.tokenizer->parts().added.sorted_by_id()) {
    out.append(nb::make_tuple(id, to_str(token.content), token.single_word, token.lstrip, token.rstrip,
                              token.normalized, token.special));
  }
  return out;
}

// Each token: (content, single_word, lstrip, rstrip, normalized, special).
nb::object with_added(const Handle& self, nb::handle tokens) {
  std::vector<AddedTokens::Entry> entries;
  for (nb::handle t : to_tuple(tokens, "add_tokens tokens")) {
    AddedToken token;
    token.content = nb::cast<std::string>(t[0]);
    token.single_word = nb::cast<bool>(t[1]);
    token.lstrip = nb::cast<bool>(t[2]);
    token.rstrip = nb::cast<bool>(t[3]);
    token.normalized = nb::cast<bool>(t[4]);
    token.special = nb::cast<bool>(t[5]);
    entries.push_back({std::move(token), std::nullopt});
  }
  TokenizerParts parts = self.tokenizer->parts();
  std::size_t added = 0;
  parts.added = parts.added.extended(std::move(entries), *parts.model, parts.normalizer.get(), &added);
  return nb::make_tuple(make_handle(std::make_shared<const Tokenizer>(std::move(parts))), added);
}

std::string part_json(const Handle& self, std::string_view part) {
  const TokenizerParts& parts = self.tokenizer->parts();
  const std::string null = "null";
  if (part == "normalizer") return parts.normalizer ? parts.normalizer->json() : null;
  if (part == "pre_tokenizer") return parts.pre_tokenizer ? parts.pre_tokenizer->json() : null;
  if (part == "post_processor") return parts.post_processor ? parts.post_processor->json() : null;
  if (part == "decoder") return parts.decoder ? parts.decoder->json() : null;
  if (part == "truncation") return to_json(parts.truncation);
  if (part == "padding") return to_json(parts.padding);
  fail(ErrorKind::invalid_argument, "part", "the name of a part of a tokenizer", part);
}

nb::object with_part(const Handle& self, std::string_view part, std::string json) {
  const JsonDocument document = JsonDocument::parse(std::move(json), std::string(part));
  TokenizerParts parts = self.tokenizer->parts();
  if (part == "normalizer") {
    parts.normalizer = normalizer_from_json(document.root());
  } else if (part == "pre_tokenizer") {
    parts.pre_tokenizer = pre_tokenizer_from_json(document.root());
  } else if (part == "post_processor") {
    parts.post_processor = post_processor_from_json(document.root());
  } else if (part == "decoder") {
    parts.decoder = decoder_from_json(document.root());
  } else {
    fail(ErrorKind::invalid_argument, "part", "normalizer, pre_tokenizer, post_processor or decoder", part);
  }
  return make_handle(std::make_shared<const Tokenizer>(std::move(parts)));
}

nb::object optional_str(const std::optional<std::string>& text) {
  return text ? to_str(*text) : nb::none();
}

}  // namespace

void bind_decoding_methods(nb::class_<Handle>& c) {
  c.def(
       "decode", [](const Handle& self, nb::handle ids, bool skip) { return to_str(decode_text(self, ids, skip)); },
       nb::arg("ids").none(), nb::arg("skip_special_tokens"))
      .def(
          "decode_batch",
          [](const Handle& self, nb::handle rows, bool skip) -> nb::object {
            nb::object tuple = to_tuple(rows, "decode_batch ids");
            nb::list out;
            for (Py_ssize_t i = 0; i < PyTuple_Size(tuple.ptr()); ++i) {
              out.append(to_str(decode_text(self, PyTuple_GetItem(tuple.ptr(), i), skip)));
              if ((i & 1023) == 1023 && PyErr_CheckSignals() != 0) nb::raise_python_error();
            }
            return out;
          },
          nb::arg("rows").none(), nb::arg("skip_special_tokens"))
      .def(
          "decode_bytes",
          [](const Handle& self, nb::handle ids, bool skip) {
            return to_bytes(self.tokenizer->decode_bytes(read_ids(ids, "decode_bytes ids"), skip));
          },
          nb::arg("ids").none(), nb::arg("skip_special_tokens"));
}

void bind_vocabulary_methods(nb::class_<Handle>& c) {
  c.def(
       "token_to_id",
       [](const Handle& self, nb::handle token) {
         Texts texts;
         return self.tokenizer->token_to_id(texts.add(token, "token_to_id token"));
       },
       nb::arg("token").none())
      .def(
          "id_to_token",
          [](const Handle& self, std::uint32_t id) { return optional_str(self.tokenizer->id_to_token(id)); },
          nb::arg("id").none())
      .def(
          "ids_to_tokens",
          [](const Handle& self, nb::handle ids) -> nb::object {
            nb::list out;
            for (std::uint32_t id : read_ids(ids, "ids")) out.append(optional_str(self.tokenizer->id_to_token(id)));
            return out;
          },
          nb::arg("ids").none())
      .def(
          "id_to_bytes",
          [](const Handle& self, std::uint32_t id) -> nb::object {
            const auto bytes = self.tokenizer->id_to_bytes(id);
            return bytes ? to_bytes(*bytes) : nb::none();
          },
          nb::arg("id").none())
      .def(
          "vocab_size", [](const Handle& self, bool with_added) { return self.tokenizer->vocab_size(with_added); },
          nb::arg("with_added"))
      .def_prop_ro("id_bound", [](const Handle& self) { return self.tokenizer->id_bound(); })
      .def("vocabulary", &vocabulary, nb::arg("with_added"))
      .def("added_tokens", &added_tokens)
      .def("with_added", &with_added, nb::arg("tokens").none())
      .def(
          "is_special_id",
          [](const Handle& self, std::uint32_t id) { return self.tokenizer->parts().added.is_special_id(id); },
          nb::arg("id").none())
      .def(
          "model_tokenize",
          [](const Handle& self, nb::handle piece) -> nb::object {
            char* data = nullptr;
            Py_ssize_t size = 0;
            if (PyBytes_AsStringAndSize(piece.ptr(), &data, &size) != 0) nb::raise_python_error();
            std::vector<ModelToken> tokens;
            self.tokenizer->parts().model->tokenize({data, static_cast<std::size_t>(size)}, tokens);
            nb::list out;
            for (const ModelToken& token : tokens) {
              out.append(nb::make_tuple(token.id, token.span.begin, token.span.end));
            }
            return out;
          },
          nb::arg("piece").none(), "[(id, begin, end)] of one piece given as the model receives it.");
}

void bind_part_methods(nb::class_<Handle>& c) {
  c.def("part_json", &part_json, nb::arg("part"))
      .def("with_part", &with_part, nb::arg("part"), nb::arg("json"))
      .def("to_json", [](const Handle& self) { return to_str(self.tokenizer->to_json()); })
      .def_prop_ro("engine", [](const Handle& self) { return to_str(self.tokenizer->engine()); })
      .def_prop_ro(
          "default_special",
          [](const Handle& self) {
            return to_str(self.tokenizer->parts().default_special == SpecialPolicy::allow ? "allow" : "as_text");
          })
      .def_prop_ro("format", [](const Handle& self) { return to_str(self.tokenizer->parts().format); })
      .def_prop_ro("model_kind", [](const Handle& self) { return to_str(self.tokenizer->parts().model->kind()); })
      .def(
          "num_special_tokens",
          [](const Handle& self, bool is_pair) -> std::size_t {
            const auto& processor = self.tokenizer->parts().post_processor;
            return processor ? processor->added_tokens(is_pair) : 0;
          },
          nb::arg("is_pair"))
      .def(
          "set_cache_budget", [](const Handle& self, std::size_t bytes) { self.tokenizer->set_cache_budget(bytes); },
          nb::arg("bytes"))
      .def("clear_cache", [](const Handle& self) { self.tokenizer->clear_cache(); });
}

void register_decode_stream(nb::module_& m) {
  nb::class_<DecodeStream>(m, "DecodeStream")
      .def(
          "__init__",
          [](DecodeStream* self, const Handle& tokenizer, bool skip_special_tokens, nb::handle prefill) {
            const std::vector<std::uint32_t> ids = read_ids(prefill, "decode_stream prefill");
            new (self) DecodeStream(tokenizer.tokenizer, skip_special_tokens, ids);
          },
          nb::arg("tokenizer"), nb::arg("skip_special_tokens"), nb::arg("prefill").none())
      .def(
          "step", [](DecodeStream& self, nb::handle id) { return optional_str(self.step(read_id(id, "step id"))); },
          nb::arg("id").none())
      .def("finish", [](DecodeStream& self) { return to_str(self.finish()); });
}

void register_tokenizer(nb::module_& m) {
  nb::class_<Handle> c(m, "Tokenizer");
  bind_encoding_methods(c);
  bind_decoding_methods(c);
  bind_vocabulary_methods(c);
  bind_part_methods(c);
}
