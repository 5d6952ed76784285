#include "tokenspace/decode_stream.hpp"

#include <string_view>
#include <utility>

#include "tokenspace/utf8.hpp"

namespace tokenspace {
namespace {

constexpr std::string_view kReplacementText = "\xEF\xBF\xBD";
// Beyond this many held tokens a look at the last of them decides whether decoding all is worth it.
constexpr std::size_t kWindow = 64;

// Non-empty, not yet a character, but some bytes more would make it one.
bool is_incomplete(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > 3) return false;
  const std::size_t length = utf8::sequence_length(static_cast<unsigned char>(bytes[0]));
  if (length <= bytes.size()) return false;
  // The second byte's range depends on the first; one of its two ends is always allowed.
  for (const char second : {'\x80', '\xBF'}) {
    std::string whole(bytes);
    if (whole.size() == 1) whole.push_back(second);
    whole.resize(length, '\x80');
    if (utf8::valid_sequence_length(whole) == length) return true;
  }
  return false;
}

// Length of the incomplete character at the end of `bytes`.
std::size_t incomplete_suffix(std::string_view bytes) {
  for (std::size_t length = 1; length <= 3 && length <= bytes.size(); ++length) {
    if (is_incomplete(bytes.substr(bytes.size() - length))) return length;
  }
  return 0;
}

}  // namespace

DecodeStream::DecodeStream(std::shared_ptr<const Tokenizer> tokenizer, bool skip_special_tokens,
                           std::span<const std::uint32_t> prefill)
    : tokenizer_(std::move(tokenizer)), skip_special_tokens_(skip_special_tokens) {
  const Decoder* decoder = tokenizer_->parts().decoder.get();
  by_bytes_ = decoder != nullptr && decoder->is_byte_concatenation();
  if (prefill.empty()) return;
  if (by_bytes_) {
    push_bytes(tokenizer_->decode_bytes(prefill, skip_special_tokens_));
    if (tail_.empty() && !held_.ends_with(kReplacementText)) held_.clear();
    return;
  }
  for (const std::uint32_t id : prefill) {
    auto token = tokenizer_->id_to_token(id);
    if (!token || (skip_special_tokens_ && tokenizer_->parts().added.is_special(*token))) continue;
    if (decoder != nullptr && decoder->holds_invalid_runs()) (void)run_is_dead(*token);
    tokens_.push_back(std::move(*token));
  }
  std::string text = decode(0);
  if (!text.ends_with(kReplacementText)) {
    prefix_ = std::move(text);
    context_ = tokens_.size();
  }
}

std::optional<std::string> DecodeStream::step(std::uint32_t id) {
  if (by_bytes_) return step_bytes(id);
  auto token = tokenizer_->id_to_token(id);
  if (!token || (skip_special_tokens_ && tokenizer_->parts().added.is_special(*token))) return std::nullopt;
  return step_tokens(std::move(*token));
}

std::optional<std::string> DecodeStream::step_bytes(std::uint32_t id) {
  push_bytes(tokenizer_->decode_bytes({&id, 1}, skip_special_tokens_));
  if (held_.empty() || !tail_.empty() || held_.ends_with(kReplacementText)) return std::nullopt;
  return std::exchange(held_, {});
}

void DecodeStream::push_bytes(std::string_view bytes) {
  tail_.append(bytes);
  const std::size_t complete = tail_.size() - incomplete_suffix(tail_);
  held_.append(utf8::to_valid(std::string_view(tail_).substr(0, complete)));
  tail_.erase(0, complete);
}

std::optional<std::string> DecodeStream::step_tokens(std::string token) {
  const Decoder* decoder = tokenizer_->parts().decoder.get();
  if (decoder != nullptr && decoder->merges_repeats() && context_ < tokens_.size() && tokens_.back() == token) {
    return std::nullopt;
  }
  const bool dead = decoder != nullptr && decoder->holds_invalid_runs() && run_is_dead(token);
  // The first tokens may have no text of their own; they then are context like shown ones.
  if (prefix_.empty() && !tokens_.empty() && context_ < tokens_.size() && tokens_.size() <= kWindow &&
      decode(0).empty()) {
    context_ = tokens_.size();
  }
  tokens_.push_back(std::move(token));
  if (dead || surely_held()) return std::nullopt;
  std::string text = decode(0);
  if (text.size() <= prefix_.size() || text.ends_with(kReplacementText)) return std::nullopt;
  std::string chunk = text.starts_with(prefix_) ? text.substr(prefix_.size()) : decode(context_);
  tokens_.erase(tokens_.begin(), tokens_.begin() + static_cast<std::ptrdiff_t>(context_));
  context_ = tokens_.size();
  prefix_ = decode(0);
  return chunk;
}

// Decoders work on a token and its neighbours: if the last tokens alone show nothing new, neither do all.
bool DecodeStream::surely_held() {
  if (tokens_.size() - context_ <= kWindow) return false;
  const std::string text = decode(tokens_.size() - kWindow);
  if (text.empty() && prefix_.empty()) context_ = tokens_.size();
  return text.empty() || text.ends_with(kReplacementText);
}

// Follows runs of <0xNN> tokens; true while such a run cannot become UTF-8 any more.
bool DecodeStream::run_is_dead(std::string_view token) {
  const int byte = byte_of_token(token);
  if (byte < 0) {
    run_tail_.clear();
    run_dead_ = false;
    return false;
  }
  if (run_dead_) return true;
  run_tail_.push_back(static_cast<char>(byte));
  if (utf8::valid_sequence_length(run_tail_) == run_tail_.size()) {
    run_tail_.clear();
  } else if (!is_incomplete(run_tail_)) {
    run_dead_ = true;
  }
  return run_dead_;
}

std::string DecodeStream::decode(std::size_t first) const {
  std::vector<std::string> tokens(tokens_.begin() + static_cast<std::ptrdiff_t>(first), tokens_.end());
  if (const auto& decoder = tokenizer_->parts().decoder) return decoder->decode(std::move(tokens));
  std::string out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i != 0) out.push_back(' ');
    out.append(tokens[i]);
  }
  return out;
}

std::string DecodeStream::finish() {
  std::string rest;
  if (by_bytes_) {
    rest = held_ + utf8::to_valid(tail_);
  } else if (context_ < tokens_.size()) {
    rest = decode(0);
    if (rest.starts_with(prefix_)) {
      rest.erase(0, prefix_.size());
    } else {
      rest = rest.size() > prefix_.size() ? decode(context_) : std::string();
    }
  }
  held_.clear();
  tail_.clear();
  tokens_.clear();
  context_ = 0;
  prefix_.clear();
  run_tail_.clear();
  run_dead_ = false;
  return rest;
}

}  // namespace tokenspace
