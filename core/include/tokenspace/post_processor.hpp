// Post-processors: the 5 component types of tokenizer.json (tokenizers 0.23.3).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenspace/encoding.hpp"
#include "tokenspace/json.hpp"

namespace tokenspace {

class PostProcessor {
 public:
  // Text of a token (needed to trim the offsets of byte-level tokens).
  using TokenText = std::function<std::string_view(std::uint32_t id)>;

  virtual ~PostProcessor() = default;
  virtual std::size_t added_tokens(bool is_pair) const = 0;
  // tokenizers' process_encodings: one or two encodings in, the list the caller merges out.
  virtual std::vector<Encoding> process(std::vector<Encoding> encodings, bool add_special_tokens,
                                        const TokenText& text) const = 0;

  // What a fast path may do instead when no offsets are asked for and no truncation applies: ids before and after a
  // single sequence. Empty optional: only process() is right for this configuration.
  struct Affixes {
    std::vector<std::uint32_t> prefix, suffix;
  };
  virtual std::optional<Affixes> single_affixes() const = 0;
  // True when process() may change offsets of ordinary tokens (trim_offsets); the fast path then trims as SpaceTrim
  // does with this add_prefix_space.
  struct Trim {
    bool trim = false;
    bool add_prefix_space = false;
  };
  virtual Trim trim() const = 0;
  const std::string& json() const { return json_; }

 protected:
  std::string json_;
};

std::shared_ptr<const PostProcessor> post_processor_from_json(Json config);  // null -> nullptr

// tokenizers' process_offsets for one token: leading and trailing white space of its text leaves the span, save the one
// space that add_prefix_space put in front of the first token of a sequence.
class SpaceTrim {
 public:
  SpaceTrim(std::string_view text, bool first, bool add_prefix_space);
  Span bytes(Span span) const { return apply(span, leading_bytes_, trailing_bytes_); }
  Span code_points(Span span) const { return apply(span, leading_, trailing_); }

 private:
  Span apply(Span span, std::uint32_t leading, std::uint32_t trailing) const;
  std::uint32_t leading_ = 0, trailing_ = 0;  // characters
  std::uint32_t leading_bytes_ = 0, trailing_bytes_ = 0;
  bool first_, add_prefix_space_;
};

// Template with these ids around every sequence; for formats that state only BOS/EOS (SentencePiece, tekken).
std::shared_ptr<const PostProcessor> make_bos_eos(std::optional<std::pair<std::string, std::uint32_t>> bos,
                                                  std::optional<std::pair<std::string, std::uint32_t>> eos);

}  // namespace tokenspace
