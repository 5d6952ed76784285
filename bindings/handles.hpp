// The Python-side owners of core objects.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "id_table.hpp"
#include "module.hpp"
#include "text.hpp"
#include "tokenspace/tokenizer.hpp"

// EncodeOptions made once and used for many calls. Truncation and padding are always explicit: the Python class owns
// the current settings (the file's own are its initial value).
struct Options {
  tokenspace::EncodeOptions value;
};

struct Handle {
  explicit Handle(std::shared_ptr<const tokenspace::Tokenizer> t) : tokenizer(std::move(t)) {}
  std::shared_ptr<const tokenspace::Tokenizer> tokenizer;

  const IdTable& ids() const;

 private:
  mutable std::once_flag once_;
  mutable std::unique_ptr<IdTable> ids_;
};

nb::object make_handle(std::shared_ptr<const tokenspace::Tokenizer> tokenizer);

// The texts an Encoding speaks about, shared by it and its overflowing parts.
class Source {
 public:
  Texts texts;
  std::shared_ptr<const tokenspace::Tokenizer> tokenizer;
  bool is_split = false;
  std::vector<std::string_view> words[2];  // one element, the text, when not split
  bool has_pair = false;

  tokenspace::Sequence sequence(int which) const;
};

struct FullEncoding {
  tokenspace::Encoding value;
  std::shared_ptr<const Source> source;
};

nb::object make_encoding(tokenspace::Encoding encoding, std::shared_ptr<const Source> source);
