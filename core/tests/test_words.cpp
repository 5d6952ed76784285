// Words of sentences: white space as str.split() has it, ids, phrases, Huffman codes, and the kernels of GloVe.
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "harness.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/huffman.hpp"
#include "tokenspace/phrases.hpp"
#include "tokenspace/word_ids.hpp"
#include "vectors/glove_kernels.hpp"

using namespace tokenspace;

namespace {

std::string joined(const train::WordCounts& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out.append(words.word(i)).append("=").append(std::to_string(words.counts[i])).append(" ");
  }
  return out;
}

std::vector<std::string> refusals(const std::string& text) {
  std::vector<std::string> out;
  WordCounter counter({});
  try {
    counter.add_lines(text, false);
  } catch (const Error& error) {
    out.push_back(error.kind() == ErrorKind::format ? "format" : "other");
  }
  return out;
}

}  // namespace

TEST("words: white space of every width, lines with and without words") {
  WordCounter counter({});
  counter.add_lines(
      "b a\xC2\xA0"
      "b\xE2\x80\xA8"
      "c\n\n\x1C\n\xE3\x80\x80x\xE2\x80\x8B",
      false);
  CHECK_EQ(counter.sentences(), 2u);
  CHECK_EQ(counter.words(), 5u);
  CHECK_EQ(joined(counter.finish(1).words), "b=2 a=1 c=1 x\xE2\x80\x8B=1 ");
}

TEST("words: bytes cut off within a character are refused, not read beyond") {
  CHECK_EQ(refusals("a \xE2\x80").size(), 1u);
  CHECK_EQ(refusals("a \xC2").size(), 1u);
  CHECK_EQ(refusals("a \xE3\x80\x80").size(), 0u);
}

TEST("words: ids leave unknown words out and keep empty sentences that had words") {
  train::WordCounts known;
  known.add("b", 1);
  known.add("a", 1);
  known.add("b", 1);  // the first counts
  const WordEncoder encoder(known);
  const EncodedSentences out = encoder.encode_lines("a b x\nx\n\nb", false, 1);
  CHECK_EQ(out.words, 5u);
  CHECK((out.ids == Buffer<std::int32_t>{1, 0, 0}));
  CHECK((out.offsets == Buffer<std::int64_t>{0, 2, 2, 3}));
  const EncodedSentences all = encoder.encode_lines("a b x\nx\n\nb", true, 1);
  CHECK((all.offsets == Buffer<std::int64_t>{0, 2, 2, 2, 3}));
}

TEST("phrases: connector words stand inside pairs") {
  train::WordCounts connectors;
  connectors.add("of", 1);
  PhraseCounter counter({"_", 1, 0}, connectors);
  counter.add_lines("of bank of of america\nbank");
  CHECK_EQ(joined(counter.finish().words), "bank=2 america=1 bank_of_of_america=1 ");
}

TEST("huffman: the larger child is 1, points name inner nodes from the root") {
  const std::vector<std::uint64_t> counts{5, 3, 2};
  const HuffmanCodes codes = huffman_codes(counts);
  CHECK((codes.codes == Buffer<std::uint8_t>{0, 1, 1, 1, 0}));
  CHECK((codes.points == Buffer<std::int32_t>{1, 1, 0, 1, 0}));
  CHECK((codes.offsets == Buffer<std::int64_t>{0, 1, 3, 5}));
}

TEST("glove: the kernels of this machine agree with the portable ones") {
  const vectors::GloveKernels& best = vectors::glove_kernels();
  const vectors::GloveKernels& portable = vectors::portable_glove_kernels();
  std::mt19937 random(3);
  std::uniform_real_distribution<float> uniform(-2, 2);
  for (const std::size_t dim : {1, 7, 16, 33, 100, 300}) {
    std::vector<std::vector<float>> rows(4, std::vector<float>(dim));
    for (std::size_t i = 0; i < dim; ++i) {
      rows[0][i] = uniform(random);
      rows[1][i] = uniform(random);
      rows[2][i] = rows[3][i] = 1.0f + std::abs(uniform(random));
    }
    auto others = rows;
    const float product = best.dot(rows[0].data(), rows[1].data(), dim);
    CHECK(std::abs(product - portable.dot(rows[0].data(), rows[1].data(), dim)) < 1e-4f * static_cast<float>(dim));
    best.step({rows[0].data(), rows[2].data()}, {rows[1].data(), rows[3].data()}, 0.7f, 0.05f, 0.9f, dim);
    portable.step({others[0].data(), others[2].data()}, {others[1].data(), others[3].data()}, 0.7f, 0.05f, 0.9f, dim);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t i = 0; i < dim; ++i) CHECK(std::abs(rows[row][i] - others[row][i]) < 1e-5f);
    }
  }
}
