// The instructions the matcher runs. Alternatives and loops carry the characters that can begin them, so that most
// choices are decided by one look at the next character and nothing is remembered for backtracking.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "alphabet.hpp"
#include "ast.hpp"

namespace tokenspace::regex {

inline constexpr std::uint32_t kNoSet = 0xFFFFFFFF;
inline constexpr std::uint32_t kNoLoop = 0xFFFFFFFF;

enum class Op : std::uint8_t {
  match,
  set,             // one code point of `set`
  text,            // the bytes texts[a]
  split,           // first pc + 1, then b; `set` / `other_set` (or kNoSet): what the next character must be for each
  split_far,       // first b, then pc + 1; `set` belongs to b
  jump,            // to a
  run,             // min..max of `set`, longest first; `other_set`: what must follow, kNoSet when that is open
  run_possessive,  // the longest run only
  run_lazy,        // shortest first
  assertion,
  look_set,  // the next (or, behind, the previous) code point is in `set`; negative: it is not or there is none
  look,      // the instructions from pc + 1 to their look_end match; continues at a
  look_end,
  atomic_begin,
  atomic_end,
  save,  // slot a
  keep,
  backreference,  // groups of references[a]
  loop_begin,     // register a := position
  loop_check,     // leaves the loop to b when the body consumed nothing since loop_begin of register a
  fail,
};

struct Instruction {
  Op op = Op::fail;
  bool negative = false;
  bool behind = false;
  bool ignore_case = false;
  Assertion assertion = Assertion::text_begin;
  std::uint32_t a = 0, b = 0;
  std::uint32_t set = kNoSet, other_set = kNoSet;
  std::uint32_t min = 0, max = 0;  // of a run; of a look-behind in code points
  std::uint32_t run = 0;           // number of this run, for the matcher's tables
  std::uint32_t loop = kNoLoop;    // register of the innermost checked loop around
};

struct Program {
  std::vector<Instruction> code;
  std::vector<std::string> texts;
  std::vector<std::vector<std::uint32_t>> references;
  Alphabet alphabet;
  std::uint32_t start_set = kNoSet;  // what a match begins with; kNoSet: unknown or it may be empty
  std::uint32_t runs = 0;
  std::vector<std::uint32_t> loop_parents;  // per register: that of the checked loop around its own, or kNoLoop
  std::uint32_t loop_depth = 0;             // how many checked loops lie within each other at most
  std::uint32_t groups = 0;
  bool has_captures = false;  // back-references: a state then depends on more than place and position
  bool has_search_begin = false;
};

// Error(limit) when counted repetitions expand beyond 200000 instructions.
Program compile(const SyntaxTree& tree);

}  // namespace tokenspace::regex
