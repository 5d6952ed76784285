// Byte-pair encoding by merge list (Sennrich et al. 2016), with the options of tokenizers 0.23.3's BPE model.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenspace/merge_table.hpp"
#include "tokenspace/model.hpp"
#include "tokenspace/vocab.hpp"

namespace tokenspace {

struct BpeOptions {
  std::optional<double> dropout;
  std::optional<std::string> unk_token;
  std::optional<std::string> continuing_subword_prefix;
  std::optional<std::string> end_of_word_suffix;
  bool fuse_unk = false;
  bool byte_fallback = false;
  bool ignore_merges = false;
};

class Bpe final : public Model {
 public:
  // `merges` are ids of vocab; `whole` are find_whole()'s bits from an earlier time, or none. Cost O(entries + merges).
  Bpe(Vocab vocab, MergeTable merges, BpeOptions options, std::vector<std::uint64_t> whole = {});
  static std::shared_ptr<const Bpe> from_json(Json config);
  // Merge list as pairs of token texts; Error(format) when a part or a result is not in the vocabulary.
  static MergeTable merge_table(const Vocab& vocab,
                                const std::vector<std::pair<std::string_view, std::string_view>>& merges,
                                std::string_view prefix, const std::string& name);

  std::string_view kind() const override { return "BPE"; }
  // Merge by rank, then leftmost; pieces up to kScanLimit symbols by scanning, longer ones through a heap: O(n log n).
  void tokenize(std::string_view piece, std::vector<ModelToken>& out) const override;
  void sample(std::string_view piece, const Sampling& sampling, Rng& rng, std::vector<ModelToken>& out) const override;
  std::vector<Segmentation> alternatives(std::string_view piece, std::size_t n) const override;

  std::optional<std::uint32_t> token_to_id(std::string_view token) const override { return vocab_.find(token); }
  std::optional<std::string_view> id_to_token(std::uint32_t id) const override { return vocab_.token(id); }
  std::size_t vocab_size() const override { return vocab_.size(); }
  std::uint32_t id_bound() const override { return vocab_.id_bound(); }
  std::string to_json() const override;

  const Vocab& vocab() const { return vocab_; }
  const MergeTable& merges() const { return merges_; }
  const BpeOptions& options() const { return options_; }

  // Merges a run of symbols in place; for the byte-level engine, whose symbols are bytes. `begins` has n + 1 entries.
  // Returns the number of symbols left.
  std::size_t merge(std::uint32_t* ids, std::uint32_t* begins, std::size_t n) const;

  // Whole tokens: entries of vocab() whose text tokenize() gives as that one token. One bit an entry, in order of
  // insertion. Found by encoding all of them, once (GPT-2: 15 ms): worth it where the answer is kept, as in compiled
  // tokenizers.
  const std::vector<std::uint64_t>& find_whole() const;
  bool knows_whole() const { return whole_known_.load(std::memory_order_acquire); }
  // `entry` is one of vocab(), and knows_whole().
  bool is_whole(const Vocab::Entry& entry) const {
    const auto index = static_cast<std::size_t>(&entry - vocab_.entries().data());
    return (whole_[index / 64] >> index % 64 & 1) != 0;
  }

 private:
  struct Word {
    std::vector<std::uint32_t> ids;
    std::vector<std::uint32_t> begins;  // one more than ids
  };
  void symbols(std::string_view piece, Word& word) const;
  void append_char(std::string_view text, bool first, bool last, std::string& scratch, struct UnknownRun& unknown,
                   Word& word) const;

  Vocab vocab_;
  MergeTable merges_;
  BpeOptions options_;
  std::optional<std::uint32_t> unk_id_;
  std::vector<std::uint32_t> byte_ids_;       // id of <0x00>..<0xFF>, kNoRank for none
  std::vector<std::uint32_t> char_ids_;       // id of each code point below 0x800 as a plain symbol, kNoRank for none
  mutable std::vector<std::uint64_t> whole_;  // find_whole(); written once, before whole_known_
  mutable std::atomic<bool> whole_known_ = false;
  mutable std::once_flag whole_once_;
};

}  // namespace tokenspace
