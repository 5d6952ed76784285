// Every way to cut a text into pieces, as a graph: for n-best lists and for sampling (0.2.3, unigram_model.cc,
// Lattice).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "tokenspace/model.hpp"

namespace tokenspace::sentencepiece {

class Lattice {
 public:
  struct Node {
    std::uint32_t id = 0;
    std::uint32_t pos = 0;     // in characters
    std::uint32_t length = 0;  // in characters
    float score = 0.0f;
    float best = 0.0f;         // score of the best path that ends with this node
    std::uint32_t before = 0;  // its last but one node
  };
  struct Path {
    std::vector<std::uint32_t> nodes;
    float score = 0.0f;
  };

  explicit Lattice(std::string_view text);

  std::size_t size() const { return starts_.size() - 1; }  // characters
  std::size_t start(std::size_t pos) const { return starts_[pos]; }
  std::size_t characters_to(std::size_t pos,
                            std::size_t byte) const;  // from `pos` to the first character at or after `byte`
  void insert(std::size_t pos, std::size_t length, std::uint32_t id, float score);
  const Node& node(std::uint32_t index) const { return nodes_[index]; }

  // A* from the end with the forward scores as the exact heuristic. Very ambiguous texts: the list of open paths is cut
  // to the best ones, as in the reference, and at last the single best path is all there is.
  std::vector<Path> nbest(std::size_t n);
  // One path drawn with probability proportional to exp(theta * score).
  std::vector<std::uint32_t> sample(float theta, Rng& rng) const;

 private:
  static constexpr std::uint32_t kBos = 0, kEos = 1;
  Path viterbi();
  void forward_best();
  std::vector<float> forward(float theta) const;

  std::vector<std::size_t> starts_;
  std::vector<Node> nodes_;
  std::vector<std::vector<std::uint32_t>> begins_, ends_;  // by position, in order of insertion
};

}  // namespace tokenspace::sentencepiece
