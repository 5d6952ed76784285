// Three ways from text to pieces, the fastest that is exact for the pipeline: splits over raw bytes (byte-level BPE);
// words between spaces counted as they stand and normalized once each (BERT, Metaspace); or every text in full.
#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "../tokenize/byte_level_config.hpp"
#include "../tokenize/space_cuts.hpp"
#include "../tokenize/space_unit_config.hpp"
#include "bounded_counts.hpp"
#include "tokenspace/decoder.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/thread_pool.hpp"
#include "tokenspace/train_count.hpp"
#include "tokenspace/unicode.hpp"

namespace tokenspace::train {

namespace {

constexpr std::size_t kGrain = 1 << 17;         // bytes of lines a worker takes at once
constexpr std::size_t kRelieveEvery = 1 << 18;  // bytes between two looks at the memory

// The end of the line that byte `at` stands in, its ending included.
std::size_t line_end(std::string_view block, std::size_t at) {
  const void* found = std::memchr(block.data() + at, '\n', block.size() - at);
  return found == nullptr ? block.size() : static_cast<std::size_t>(static_cast<const char*>(found) - block.data()) + 1;
}

// The start of the first line at or behind `at`.
std::size_t line_start(std::string_view block, std::size_t at) {
  if (at == 0 || at >= block.size()) return std::min(at, block.size());
  return line_end(block, at - 1);
}

// How the first word of a text and the others reach the pre-tokenizer.
enum Tag : unsigned { kInner = 0, kTextStart = 1 };

}  // namespace

struct PieceCounter::Impl {
  Impl(std::shared_ptr<const Tokenizer> tokenizer, const CountOptions& options)
      : pipeline(std::move(tokenizer)),
        threads(resolve_threads(options.threads)),
        bytes_config(detail::byte_level_config(pipeline->parts(), false)) {
    if (!bytes_config) units_config = detail::space_unit_config(pipeline->parts());
    if (units_config && !units_config->splits) units_config.reset();
    // Words of the second kind are counted twice over, as they stand and as pieces.
    const std::size_t tables = units_config ? 3 : 1;
    pieces.emplace(threads, options.memory_budget / tables, options.folder, "pieces");
    if (!units_config) return;
    safe = std::make_unique<detail::SafeBeforeSpace>(
        [this](char32_t c) { return detail::may_cut_behind(*units_config, c); });
    inner.emplace(threads, options.memory_budget / tables, options.folder, "words");
    starts.emplace(threads, options.memory_budget / tables, options.folder, "first-words");
  }

  struct Worker {
    Buffer<std::uint32_t> ends;
    std::string prefixed;
    std::size_t since_relief = 0;
  };

  void add_text(std::string_view text, std::uint64_t weight, unsigned id, Worker& worker) {
    if (text.empty()) return;
    if (bytes_config && (!bytes_config->nfc || unicode::is_normalized(text, unicode::Form::nfc))) {
      add_bytes(text, weight, id, worker);
    } else if (units_config && !(units_config->strips && begins_or_ends_with_space(text))) {
      add_units(text, weight, id, worker);
    } else {
      expand(text, pipeline->parts().normalizer.get(), 0, weight, id);
    }
  }

  void add_bytes(std::string_view text, std::uint64_t weight, unsigned id, Worker& worker) {
    if (bytes_config->add_prefix_space && text.front() != ' ') {
      worker.prefixed.assign(1, ' ').append(text);
      text = worker.prefixed;
    }
    worker.ends.clear();
    bytes_config->splitter->split(text, worker.ends);
    pieces->table(id).add_pieces(text, worker.ends, weight);
  }

  void add_units(std::string_view text, std::uint64_t weight, unsigned id, Worker& worker) {
    worker.ends.clear();
    detail::cut_at_spaces(text, 0, text.size(), *safe, worker.ends);
    const std::uint32_t first = worker.ends.front();
    starts->table(id).add(text.substr(0, first), weight);
    if (first == text.size()) return;
    for (std::uint32_t& end : worker.ends) end -= first;
    worker.ends.erase(worker.ends.begin());
    inner->table(id).add_pieces(text.substr(first), worker.ends, weight);
  }

  static bool begins_or_ends_with_space(std::string_view text) {
    const char* first = text.data();
    const char* last = text.data() + text.size() - 1;
    while (last > text.data() && utf8::is_continuation(static_cast<unsigned char>(*last))) --last;
    return unicode::is_white_space(utf8::decode_unchecked(first)) ||
           unicode::is_white_space(utf8::decode_unchecked(last));
  }

  // One text, or one word with what surrounds it, through normalizer and pre-tokenizer. `shift` > 0: not the beginning
  // of the text, which Metaspace's "first" asks for.
  void expand(std::string_view text, const Normalizer* normalizer, std::uint32_t shift, std::uint64_t weight,
              unsigned id) {
    AlignedText aligned(text, shift);
    if (normalizer != nullptr) normalizer->normalize(aligned);
    if (aligned.empty()) return;
    std::vector<Piece> parts;
    parts.push_back({std::move(aligned), false, 0});
    const PreTokenizer* pre_tokenizer = pipeline->parts().pre_tokenizer.get();
    if (pre_tokenizer != nullptr) pre_tokenizer->pre_tokenize(parts);
    for (const Piece& piece : parts) {
      const std::string_view word = piece.text.normalized();
      if (word.empty()) continue;
      if (!bytes_config) {
        pieces->table(id).add(word, weight);
      } else {
        // Text that had to be normalized first: its characters of the byte-level alphabet back to bytes.
        std::string bytes;
        for (const char* p = word.data(); p < word.data() + word.size();) {
          bytes.push_back(static_cast<char>(char_to_byte(utf8::decode_unchecked(p))));
        }
        pieces->table(id).add(bytes, weight);
      }
    }
  }

  void relieve(unsigned id, const Control& control) {
    control.check();
    pieces->relieve(id, control);
    if (!units_config) return;
    inner->relieve(id, control);
    starts->relieve(id, control);
  }

  void count_text(std::string_view text, std::uint64_t weight, unsigned id, Worker& worker, const Control& control) {
    if (text.size() >= std::numeric_limits<std::uint32_t>::max()) {
      fail(ErrorKind::limit, "train", "texts below 4 GiB", std::to_string(text.size()) + " bytes",
           "splitting it into parts");
    }
    add_text(text, weight, id, worker);
    worker.since_relief += text.size() + 16;
    if (worker.since_relief < kRelieveEvery) return;
    worker.since_relief = 0;
    relieve(id, control);
  }

  void after_block(const Control& control) {
    for (unsigned id = 0; id < threads; ++id) relieve(id, control);
    pieces->compact(control);
    if (!units_config) return;
    inner->compact(control);
    starts->compact(control);
  }

  // The counted words become pieces.
  void expand_words(BoundedCounts& words, const Normalizer* normalizer, std::uint32_t shift, const Control& control) {
    std::size_t since = 0;
    words.drain(control, [&](std::string_view word, std::uint64_t count) {
      expand(word, normalizer, shift, count, 0);
      if (++since % 4096 == 0) relieve(0, control);
    });
  }

  std::shared_ptr<const Tokenizer> pipeline;
  unsigned threads;
  std::optional<detail::ByteLevelConfig> bytes_config;
  std::optional<detail::SpaceUnitConfig> units_config;
  std::unique_ptr<detail::SafeBeforeSpace> safe;
  std::optional<BoundedCounts> pieces, inner, starts;
  CountStats stats;
};

PieceCounter::PieceCounter(std::shared_ptr<const Tokenizer> pipeline, const CountOptions& options)
    : impl_(std::make_unique<Impl>(std::move(pipeline), options)) {}
PieceCounter::~PieceCounter() = default;

bool PieceCounter::raw_bytes() const {
  return impl_->bytes_config.has_value();
}
const CountStats& PieceCounter::stats() const {
  return impl_->stats;
}

void PieceCounter::add_lines(std::string_view block, std::uint64_t weight, const Control& control) {
  const std::size_t grains = (block.size() + kGrain - 1) / kGrain;
  std::vector<Impl::Worker> workers(impl_->threads);
  std::vector<std::uint64_t> lines(impl_->threads, 0);
  parallel_for(grains, 1, impl_->threads, [&](std::size_t first, std::size_t last, unsigned id) {
    std::size_t at = line_start(block, first * kGrain);
    const std::size_t stop = line_start(block, std::min(block.size(), last * kGrain));
    while (at < stop) {
      const std::size_t end = line_end(block, at);
      impl_->count_text(block.substr(at, end - at), weight, id, workers[id], control);
      ++lines[id];
      at = end;
    }
  });
  for (const std::uint64_t n : lines) impl_->stats.texts += n;
  impl_->stats.bytes += block.size();
  impl_->after_block(control);
}

void PieceCounter::add_texts(std::span<const std::string_view> texts, std::uint64_t weight, const Control& control) {
  std::vector<Impl::Worker> workers(impl_->threads);
  parallel_for(texts.size(), 64, impl_->threads, [&](std::size_t first, std::size_t last, unsigned id) {
    for (std::size_t i = first; i < last; ++i) impl_->count_text(texts[i], weight, id, workers[id], control);
  });
  for (const std::string_view text : texts) impl_->stats.bytes += text.size();
  impl_->stats.texts += texts.size();
  impl_->after_block(control);
}

WordCounts PieceCounter::finish(const Control& control) {
  if (impl_->units_config) {
    impl_->expand_words(*impl_->starts, impl_->pipeline->parts().normalizer.get(), 0, control);
    impl_->expand_words(*impl_->inner, impl_->units_config->inner.get(), 1, control);
  }
  WordCounts words;
  const std::size_t bound = impl_->pieces->distinct_bound();
  words.ends.reserve(bound);
  words.counts.reserve(bound);
  impl_->pieces->drain(control, [&](std::string_view word, std::uint64_t count) { words.add(word, count); });
  for (const auto* counts : {&impl_->pieces, &impl_->inner, &impl_->starts}) {
    if (!*counts) continue;
    impl_->stats.spilled_bytes += (*counts)->spilled_bytes();
    impl_->stats.spilled_runs += (*counts)->spilled_runs();
  }
  return words;
}

}  // namespace tokenspace::train
