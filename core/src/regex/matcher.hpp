// Backtracking matcher over a Program. Failures of (instruction, position) are remembered once a search gets long, and
// runs remember where they failed, so that regular patterns stay linear in the text.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "program.hpp"
#include "tokenspace/span.hpp"

namespace tokenspace::regex {

class Matcher {
 public:
  Matcher(const Program& program, std::string_view text);

  // The first match that begins at or after `start`; a match may look at the text before. Error(limit) after
  // 2 * 10^7 + 1000 * size(text) backtracking steps over the life of this object.
  bool search(std::size_t start, Span& match);

 private:
  enum class Kind : std::uint8_t {
    resume,
    run,
    lazy,
    barrier,
    restore_register,
    restore_slot,
    restore_keep,
    run_failed,
    failed
  };
  struct Frame {
    Kind kind;
    std::uint32_t pc;
    std::uint32_t position;
    std::uint32_t other;
  };

  bool run(std::uint32_t pc, std::uint32_t position, std::uint32_t& end);
  bool look(const Instruction& in, std::uint32_t pc, std::uint32_t position);
  bool assertion(const Instruction& in, std::uint32_t position) const;
  bool backreference(const Instruction& in, std::uint32_t& position) const;

  std::uint32_t class_at(std::uint32_t position, std::uint32_t& length) const;
  bool in_set(std::uint32_t set, std::uint32_t cls) const { return program_.alphabet.contains(set, cls); }
  // Could the character at `position` begin something that needs `set`?
  bool viable(std::uint32_t set, std::uint32_t position) const;
  std::uint32_t previous(std::uint32_t position) const;
  bool word_at(std::uint32_t set, std::uint32_t position) const;
  bool word_before(std::uint32_t set, std::uint32_t position) const;
  void save_all_slots();

  // Failure memory.
  std::uint64_t key(std::uint32_t pc, std::uint32_t position) const;
  bool known_failure(std::uint64_t key) const;
  void remember_failure(std::uint64_t key);
  void forget();
  void count_step(std::uint64_t steps);
  bool nested_choices() const;

  const Program& program_;
  std::string_view text_;
  std::uint32_t size_;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> barriers_;  // heights of frames_ at open atomic groups
  std::vector<std::uint32_t> registers_;
  std::vector<std::uint32_t> slots_;
  std::uint32_t keep_ = 0;
  std::uint32_t search_begin_ = 0;
  std::uint32_t look_target_ = 0;  // where a look-behind has to end; kNoTarget outside
  std::vector<std::pair<std::uint32_t, std::uint32_t>> failed_runs_;  // per run: entries in [first, second) fail
  std::vector<std::uint64_t> failures_;                               // open addressing; 0 = free
  std::size_t failure_count_ = 0;
  bool remembering_ = false;
  bool may_remember_;
  std::uint64_t steps_ = 0, step_limit_;
  std::uint64_t attempt_begin_ = 0;  // steps_ when the present attempt began
};

}  // namespace tokenspace::regex
