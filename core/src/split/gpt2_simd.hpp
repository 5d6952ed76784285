// The GPT-2 / r50k / p50k splitter over 64-byte blocks.
#pragma once

#include "gpt2_blocks.hpp"
#include "tokenspace/splitter.hpp"

namespace tokenspace::detail {

enum class Isa : std::uint8_t { scalar, avx2, avx512, avx512_vbmi2 };
Isa best_isa();  // of this processor

class Gpt2Splitter final : public Splitter {
 public:
  explicit Gpt2Splitter(Isa isa = best_isa());
  void split(std::string_view text, Buffer<std::uint32_t>& ends) const override;
  std::size_t safe_split(std::string_view text, std::size_t target) const override;

 private:
  const CharClasses& classes_;
  UniformLeads uniform_;
  Isa isa_;
};

}  // namespace tokenspace::detail
