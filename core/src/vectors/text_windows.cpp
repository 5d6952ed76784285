#include "text_windows.hpp"

#include <algorithm>
#include <string>

#include "tokenspace/error.hpp"

namespace tokenspace::vectors {

std::vector<Chunk> plan_chunks(const TextBlock& text, std::size_t target) {
  if (text.offsets.empty() || text.offsets.front() != 0 ||
      static_cast<std::uint64_t>(text.offsets.back()) != text.ids.size()) {
    fail(ErrorKind::invalid_argument, "train", "sentence offsets from 0 to the number of ids", "others");
  }
  std::vector<Chunk> chunks;
  Chunk chunk{0, 0, 0};
  const auto close = [&](std::size_t next) {
    if (chunk.end != chunk.begin) chunks.push_back(chunk);
    chunk = {chunk.end, chunk.end, next};
  };
  for (std::size_t sentence = 0; sentence + 1 < text.offsets.size(); ++sentence) {
    if (text.offsets[sentence + 1] < text.offsets[sentence]) {
      fail(ErrorKind::invalid_argument, "train", "sentence offsets that ascend", "others");
    }
    const auto begin = static_cast<std::size_t>(text.offsets[sentence]);
    const auto size = static_cast<std::size_t>(text.offsets[sentence + 1]) - begin;
    if (chunk.end - chunk.begin + size > target) close(sentence);
    if (size > target) {
      const std::size_t parts = (size + target - 1) / target;
      for (std::size_t part = 0; part < parts; ++part) {
        chunks.push_back({begin + size * part / parts, begin + size * (part + 1) / parts, sentence});
      }
      chunk = {begin + size, begin + size, sentence + 1};
    } else {
      chunk.end = begin + size;
    }
  }
  close(0);
  return chunks;
}

void ChunkWindows::read(const TextBlock& text, const Chunk& chunk, const WindowOptions& options, Random& random) {
  words_.clear();
  windows_.clear();
  const auto kept = [&](std::size_t token, std::uint32_t bits) {
    const auto id = static_cast<std::uint32_t>(text.ids[token]);
    if (id >= options.vocabulary) {
      fail(ErrorKind::invalid_argument, "train", "ids of the vocabulary", std::to_string(text.ids[token]));
    }
    return options.sample_int.empty() || options.sample_int[id] >= bits;
  };
  // How far context is looked for beyond the chunk: far enough unless nearly everything is dropped.
  const std::size_t reach = std::size_t{64} * options.window;
  std::size_t sentence = chunk.sentence;
  for (std::size_t token = chunk.begin; token < chunk.end; ++sentence) {
    const auto sentence_begin = static_cast<std::size_t>(text.offsets[sentence]);
    const auto sentence_end = static_cast<std::size_t>(text.offsets[sentence + 1]);
    const std::size_t words_begin = words_.size();
    if (sentence_begin < token) {
      const std::size_t stop = token - std::min(token - sentence_begin, reach);
      for (std::size_t t = token; t-- > stop && words_.size() - words_begin < options.window;) {
        if (kept(t, static_cast<std::uint32_t>(random.next()))) words_.push_back(text.ids[t]);
      }
      std::reverse(words_.begin() + static_cast<std::ptrdiff_t>(words_begin), words_.end());
    }
    const std::size_t own_begin = words_.size();
    const std::size_t windows_begin = windows_.size();
    const std::size_t own_end = std::min(sentence_end, chunk.end);
    for (; token < own_end; ++token) {
      const std::uint64_t bits = random.next();
      if (!kept(token, static_cast<std::uint32_t>(bits))) continue;
      const std::uint32_t size =
          options.shrink ? 1 + Random::below(options.window, static_cast<std::uint32_t>(bits >> 32)) : options.window;
      words_.push_back(text.ids[token]);
      windows_.push_back({0, size, 0, static_cast<std::uint32_t>(sentence)});
    }
    if (own_end < sentence_end) {
      const std::size_t stop = own_end + std::min(sentence_end - own_end, reach);
      const std::size_t enough = words_.size() + options.window;
      for (std::size_t t = own_end; t < stop && words_.size() < enough; ++t) {
        if (kept(t, static_cast<std::uint32_t>(random.next()))) words_.push_back(text.ids[t]);
      }
    }
    for (std::size_t i = windows_begin; i < windows_.size(); ++i) {
      const std::size_t centre = own_begin + (i - windows_begin);
      const std::size_t size = windows_[i].begin;
      windows_[i] = {static_cast<std::uint32_t>(centre),
                     static_cast<std::uint32_t>(centre - std::min(centre - words_begin, size)),
                     static_cast<std::uint32_t>(std::min(centre + size + 1, words_.size())), windows_[i].sentence};
    }
  }
}

}  // namespace tokenspace::vectors
