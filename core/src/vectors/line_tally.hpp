// Which lines of a block are sentences, when the block is worked on in parts that end anywhere between two words.
#pragma once

#include <cstdint>
#include <string_view>

#include "tokenspace/error.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::vectors {

inline constexpr std::size_t kGrain = 1 << 17;  // bytes of text a worker takes at once

inline void check_text(std::string_view block, std::string_view operation) {
  if (!utf8::is_valid(block)) {
    fail(ErrorKind::format, operation, "UTF-8 text", "bytes that are not", "errors='replace' where the text is read");
  }
}

// The lines of one part. `at` is whatever the caller counts in: it is given back for the first line feed and to
// `sentence` for the others.
class LineTally {
 public:
  explicit LineTally(bool keep_empty = false) : keep_empty_(keep_empty) {}

  void word() { open_ = true; }
  // True when a line that began in this part ends here and is a sentence.
  bool line_feed(std::uint64_t at) {
    const bool first = feeds_++ == 0;
    const bool was_open = open_;
    open_ = false;
    if (!first) return was_open || keep_empty_;
    head_open_ = was_open;
    head_end_ = at;
    return false;
  }

  bool has_feed() const { return feeds_ != 0; }
  bool head_open() const { return feeds_ != 0 ? head_open_ : open_; }  // words before the first line feed
  bool tail_open() const { return open_; }                             // words behind the last one
  std::uint64_t head_end() const { return head_end_; }

 private:
  bool keep_empty_, open_ = false, head_open_ = false;
  std::uint64_t feeds_ = 0, head_end_ = 0;
};

// Joins the parts of a block in their order.
class LineJoiner {
 public:
  explicit LineJoiner(bool keep_empty) : keep_empty_(keep_empty) {}

  // True when the part's first line feed ends a sentence, which may have begun in an earlier part.
  bool add(const LineTally& part) {
    if (!part.has_feed()) {
      open_ |= part.head_open();
      return false;
    }
    const bool sentence = open_ || part.head_open() || keep_empty_;
    open_ = part.tail_open();
    return sentence;
  }
  // True when the block ends in a sentence without a line feed.
  bool finish(std::string_view block) const { return open_ || (keep_empty_ && !block.empty() && block.back() != '\n'); }

 private:
  bool keep_empty_, open_ = false;
};

}  // namespace tokenspace::vectors
