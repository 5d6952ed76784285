#include "matcher.hpp"

#include <algorithm>
#include <cstring>

#include "case_fold.hpp"
#include "tokenspace/error.hpp"
#include "tokenspace/unicode.hpp"
#include "tokenspace/utf8.hpp"

namespace tokenspace::regex {
namespace {

constexpr std::uint32_t kUnset = 0xFFFFFFFF;
constexpr std::uint32_t kNoTarget = 0xFFFFFFFF;
constexpr std::uint64_t kRememberAfter = 2000;  // steps: ordinary texts never pay for the memory
constexpr std::size_t kMaxFailures = 1u << 23;  // 128 MB at most; then forgotten and begun anew
constexpr std::uint64_t kSteps =
    20'000'000;                         // twice what Oniguruma allows a match (its retry limit); fancy-regex: 10^6
constexpr std::uint32_t kLongRun = 16;  // shorter runs are not worth remembering

}  // namespace

Matcher::Matcher(const Program& program, std::string_view text)
    : program_(program),
      text_(text),
      size_(static_cast<std::uint32_t>(text.size())),
      registers_(program.loop_parents.size(), kUnset),
      slots_(program.has_captures ? 2 * (program.groups + 1) : 0, kUnset),
      look_target_(kNoTarget),
      failed_runs_(program.runs, {0, 0}),
      may_remember_(!program.has_captures && program.loop_depth < 256),
      step_limit_(kSteps + 1000 * static_cast<std::uint64_t>(text.size())) {
  if (text.size() >= 0xFFFFFFFFu) fail(ErrorKind::limit, "match regex", "a text below 4 GiB", "a longer one");
}

std::uint32_t Matcher::class_at(std::uint32_t position, std::uint32_t& length) const {
  const auto lead = static_cast<unsigned char>(text_[position]);
  if (lead < 0x80) {
    length = 1;
    return program_.alphabet.ascii_class(lead);
  }
  const char* p = text_.data() + position;
  const char32_t c = utf8::decode_unchecked(p);
  length = static_cast<std::uint32_t>(p - (text_.data() + position));
  return program_.alphabet.class_of(c);
}

bool Matcher::viable(std::uint32_t set, std::uint32_t position) const {
  if (set == kNoSet) return true;
  if (position >= size_) return false;
  std::uint32_t length;
  return in_set(set, class_at(position, length));
}

std::uint32_t Matcher::previous(std::uint32_t position) const {
  do {
    --position;
  } while (position > 0 && utf8::is_continuation(static_cast<unsigned char>(text_[position])));
  return position;
}

bool Matcher::word_at(std::uint32_t set, std::uint32_t position) const {
  return position < size_ && viable(set, position);
}
bool Matcher::word_before(std::uint32_t set, std::uint32_t position) const {
  return position > 0 && viable(set, previous(position));
}

bool Matcher::assertion(const Instruction& in, std::uint32_t position) const {
  const auto byte = [&](std::uint32_t at) { return text_[at]; };
  switch (in.assertion) {
    case Assertion::text_begin:
      return position == 0;
    case Assertion::text_end:
      return position == size_;
    case Assertion::text_end_newline:
      return position == size_ || (position + 1 == size_ && byte(position) == '\n');
    case Assertion::text_end_newlines:
      while (position < size_ && byte(position) == '\n') ++position;
      return position == size_;
    case Assertion::line_begin:
      return position == 0 || byte(position - 1) == '\n';
    case Assertion::line_begin_not_end:
      return position == 0 || (position < size_ && byte(position - 1) == '\n');
    case Assertion::line_end:
      return position == size_ || byte(position) == '\n';
    case Assertion::word_boundary:
      return word_before(in.set, position) != word_at(in.set, position);
    case Assertion::not_word_boundary:
      return word_before(in.set, position) == word_at(in.set, position);
    case Assertion::word_begin:
      return !word_before(in.set, position) && word_at(in.set, position);
    case Assertion::word_end:
      return word_before(in.set, position) && !word_at(in.set, position);
    case Assertion::search_begin:
      return position == search_begin_;
  }
  return false;
}

bool Matcher::backreference(const Instruction& in, std::uint32_t& position) const {
  const std::vector<std::uint32_t>& groups = program_.references[in.a];
  for (std::size_t i = groups.size(); i-- > 0;) {
    const std::uint32_t begin = slots_[2 * groups[i]];
    const std::uint32_t end = slots_[2 * groups[i] + 1];
    if (begin == kUnset || end == kUnset || end < begin) continue;
    const std::string_view wanted = text_.substr(begin, end - begin);
    if (!in.ignore_case) {
      if (!text_.substr(position).starts_with(wanted)) continue;
      position += static_cast<std::uint32_t>(wanted.size());
      return true;
    }
    const char* a = wanted.data();
    const char* b = text_.data() + position;
    const char* const b_end = text_.data() + size_;
    bool equal = true;
    while (equal && a != wanted.data() + wanted.size()) {
      equal = b != b_end &&
              unicode::simple_fold(utf8::decode_unchecked(a)) == unicode::simple_fold(utf8::decode_unchecked(b));
    }
    if (!equal) continue;
    position = static_cast<std::uint32_t>(b - text_.data());
    return true;
  }
  return false;
}

std::uint64_t Matcher::key(std::uint32_t pc, std::uint32_t position) const {
  // A round that has consumed nothing yet must leave its loop, so that is part of the state. Rounds of outer loops
  // began no later than those of inner ones: how many of the innermost say it all.
  std::uint64_t loops = 0;
  for (std::uint32_t at = program_.code[pc].loop; at != kNoLoop && registers_[at] == position;
       at = program_.loop_parents[at]) {
    ++loops;
  }
  return ((static_cast<std::uint64_t>(pc) << 8 | loops) << 32 | position) + 1;
}

bool Matcher::known_failure(std::uint64_t key) const {
  if (failure_count_ == 0) return false;
  const std::size_t mask = failures_.size() - 1;
  for (std::size_t i = key * 0x9E3779B97F4A7C15ull >> 20 & mask;; i = (i + 1) & mask) {
    if (failures_[i] == key) return true;
    if (failures_[i] == 0) return false;
  }
}

void Matcher::remember_failure(std::uint64_t key) {
  if (2 * (failure_count_ + 1) > failures_.size()) {
    std::vector<std::uint64_t> old = std::move(failures_);
    if (failure_count_ >= kMaxFailures) old.clear();
    failures_.assign(std::max<std::size_t>(1024, 2 * old.size()), 0);
    failure_count_ = 0;
    for (const std::uint64_t known : old) {
      if (known != 0) remember_failure(known);
    }
  }
  const std::size_t mask = failures_.size() - 1;
  std::size_t i = key * 0x9E3779B97F4A7C15ull >> 20 & mask;
  while (failures_[i] != 0 && failures_[i] != key) i = (i + 1) & mask;
  if (failures_[i] == 0) ++failure_count_;
  failures_[i] = key;
}

void Matcher::count_step(std::uint64_t steps) {
  steps_ += steps;
  if (steps_ > kRememberAfter) {
    remembering_ = may_remember_;
    if (steps_ > step_limit_) {
      fail(ErrorKind::limit, "match regex", "a pattern that needs at most 2 * 10^7 + 1000 * bytes steps",
           "one that needs more", "a pattern without nested repetition");
    }
  }
}

// Runs upon runs, as (?:x{0,6})+y, choose again and again where to part the same text. One attempt with so many steps
// shows that; ordinary patterns take back characters without the cost of remembering each.
bool Matcher::nested_choices() const {
  return remembering_ && steps_ - attempt_begin_ > kRememberAfter;
}

void Matcher::save_all_slots() {
  for (std::uint32_t i = 0; i < slots_.size(); ++i) frames_.push_back({Kind::restore_slot, i, slots_[i], 0});
}

void Matcher::forget() {
  std::fill(failed_runs_.begin(), failed_runs_.end(), std::pair<std::uint32_t, std::uint32_t>{0, 0});
  if (failure_count_ != 0) std::fill(failures_.begin(), failures_.end(), 0);
  failure_count_ = 0;
}

bool Matcher::search(std::size_t start, Span& match) {
  search_begin_ = static_cast<std::uint32_t>(start);
  if (program_.has_search_begin) forget();  // \G makes failures depend on where the search began
  const std::uint32_t filter = program_.start_set;
  for (auto at = static_cast<std::uint32_t>(start); at <= size_;) {
    if (filter != kNoSet) {
      std::uint32_t length = 0;
      while (at < size_ && !in_set(filter, class_at(at, length))) at += length;
      if (at >= size_) return false;
    }
    keep_ = at;
    attempt_begin_ = steps_;
    std::fill(slots_.begin(), slots_.end(), kUnset);
    frames_.clear();
    barriers_.clear();
    std::uint32_t end;
    if (run(0, at, end)) {
      match = {keep_, end};
      return true;
    }
    if (at >= size_) return false;
    at += static_cast<std::uint32_t>(utf8::sequence_length(static_cast<unsigned char>(text_[at])));
  }
  return false;
}

bool Matcher::look(const Instruction& in, std::uint32_t pc, std::uint32_t position) {
  const std::uint32_t saved_target = look_target_;
  std::uint32_t end;
  bool found = false;
  if (!in.behind) {
    look_target_ = kNoTarget;
    found = run(pc + 1, position, end);
  } else {
    look_target_ = position;
    std::uint32_t begin = position;
    std::uint32_t count = 0;
    for (; count < in.min && begin > 0; ++count) begin = previous(begin);
    if (count == in.min) {
      while (true) {
        found = run(pc + 1, begin, end);
        if (found || begin == 0 || count == in.max) break;
        begin = previous(begin);
        ++count;
      }
    }
  }
  look_target_ = saved_target;
  return found;
}

bool Matcher::run(std::uint32_t pc, std::uint32_t position, std::uint32_t& end) {
  const Instruction* const code = program_.code.data();
  const std::size_t base = frames_.size();
  const std::size_t barrier_base = barriers_.size();
  // Inside a look-behind a state also depends on where it has to end.
  const bool memory = look_target_ == kNoTarget;

  while (true) {
    const Instruction& in = code[pc];
    bool ok = true;
    switch (in.op) {
      case Op::match:
        end = position;
        return true;
      case Op::look_end:
        if (look_target_ != kNoTarget && position != look_target_) {
          ok = false;
          break;
        }
        frames_.resize(base);
        barriers_.resize(barrier_base);
        end = position;
        return true;
      case Op::set: {
        std::uint32_t length;
        if (position < size_ && in_set(in.set, class_at(position, length))) {
          position += length;
          ++pc;
        } else {
          ok = false;
        }
        break;
      }
      case Op::text: {
        const std::string& wanted = program_.texts[in.a];
        if (size_ - position >= wanted.size() &&
            std::memcmp(text_.data() + position, wanted.data(), wanted.size()) == 0) {
          position += static_cast<std::uint32_t>(wanted.size());
          ++pc;
        } else {
          ok = false;
        }
        break;
      }
      case Op::split:
      case Op::split_far: {
        const std::uint32_t first = in.op == Op::split ? pc + 1 : in.b;
        const std::uint32_t second = in.op == Op::split ? in.b : pc + 1;
        bool first_viable = true, second_viable = true;
        if (in.set != kNoSet || in.other_set != kNoSet) {
          if (position >= size_) {
            first_viable = in.set == kNoSet;
            second_viable = in.other_set == kNoSet;
          } else {
            std::uint32_t length;
            const std::uint32_t cls = class_at(position, length);
            first_viable = in.set == kNoSet || in_set(in.set, cls);
            second_viable = in.other_set == kNoSet || in_set(in.other_set, cls);
          }
        }
        if (first_viable && second_viable) {
          if (remembering_ && memory) {
            if (known_failure(key(pc, position))) {
              ok = false;
              break;
            }
            frames_.push_back({Kind::failed, pc, position, 0});
          }
          frames_.push_back({Kind::resume, second, position, 0});
          pc = first;
        } else if (first_viable) {
          pc = first;
        } else if (second_viable) {
          pc = second;
        } else {
          ok = false;
        }
        break;
      }
      case Op::jump:
        pc = in.a;
        break;
      case Op::run:
      case Op::run_possessive: {
        const auto& failed = failed_runs_[in.run];
        if (position >= failed.first && position < failed.second && memory) {
          ok = false;
          break;
        }
        const std::uint32_t begin = position;
        std::uint32_t count = 0;
        std::uint32_t least = position;  // where `min` characters end
        while (count < in.max && position < size_) {
          std::uint32_t length;
          if (!in_set(in.set, class_at(position, length))) break;
          position += length;
          if (++count == in.min) least = position;
        }
        if (count > kLongRun) count_step(count);
        if (count < in.min) {
          ok = false;
          break;
        }
        if (count > kLongRun && in.max == kUnbounded && memory && may_remember_ && registers_.empty()) {
          frames_.push_back({Kind::run_failed, in.run, begin, position});
        }
        if (in.op == Op::run && position > least) frames_.push_back({Kind::run, pc, position, least});
        ++pc;
        break;
      }
      case Op::run_lazy: {
        std::uint32_t count = 0;
        while (ok && count < in.min) {
          std::uint32_t length;
          ok = position < size_ && in_set(in.set, class_at(position, length));
          if (ok) position += length;
          ++count;
        }
        if (!ok) break;
        if (in.max > in.min) frames_.push_back({Kind::lazy, pc, position, in.min});
        ++pc;
        break;
      }
      case Op::assertion:
        ok = assertion(in, position);
        ++pc;
        break;
      case Op::look_set: {
        bool found;
        if (in.behind) {
          found = position > 0 && viable(in.set, previous(position));
        } else {
          found = position < size_ && viable(in.set, position);
        }
        ok = found != in.negative;
        ++pc;
        break;
      }
      case Op::look: {
        if (program_.has_captures) save_all_slots();
        const bool found = look(in, pc, position);
        ok = found != in.negative;
        pc = in.a;
        break;
      }
      case Op::atomic_begin:
        if (program_.has_captures) save_all_slots();
        barriers_.push_back(static_cast<std::uint32_t>(frames_.size()));
        frames_.push_back({Kind::barrier, 0, 0, 0});
        ++pc;
        break;
      case Op::atomic_end:
        frames_.resize(barriers_.back());
        barriers_.pop_back();
        ++pc;
        break;
      case Op::save:
        frames_.push_back({Kind::restore_slot, in.a, slots_[in.a], 0});
        slots_[in.a] = position;
        ++pc;
        break;
      case Op::keep:
        frames_.push_back({Kind::restore_keep, 0, keep_, 0});
        keep_ = position;
        ++pc;
        break;
      case Op::backreference:
        ok = backreference(in, position);
        ++pc;
        break;
      case Op::loop_begin:
        frames_.push_back({Kind::restore_register, in.a, registers_[in.a], 0});
        registers_[in.a] = position;
        ++pc;
        break;
      case Op::loop_check:
        pc = registers_[in.a] == position ? in.b : pc + 1;
        break;
      case Op::fail:
        ok = false;
        break;
    }
    if (ok) continue;

    // Back to the latest choice.
    bool resumed = false;
    while (!resumed) {
      if (frames_.size() == base) {
        barriers_.resize(barrier_base);
        return false;
      }
      Frame& frame = frames_.back();
      count_step(1);
      switch (frame.kind) {
        case Kind::resume:
          pc = frame.pc;
          position = frame.position;
          frames_.pop_back();
          resumed = true;
          break;
        case Kind::run: {
          const std::uint32_t next = code[frame.pc].other_set;
          const bool remember = memory && nested_choices();
          std::uint32_t at = frame.position;
          bool found = false;
          while (at > frame.other && !found) {
            at = previous(at);
            found = viable(next, at) && !(remember && known_failure(key(frame.pc + 1, at)));
          }
          count_step((frame.position - at) / 8);
          pc = frame.pc + 1;
          position = at;
          if (at > frame.other) {
            frame.position = at;
          } else {
            frames_.pop_back();
          }
          if (found && remember) frames_.push_back({Kind::failed, pc, position, 0});
          resumed = found;
          break;
        }
        case Kind::lazy: {
          const Instruction& run = code[frame.pc];
          std::uint32_t length;
          if (frame.position < size_ && in_set(run.set, class_at(frame.position, length))) {
            frame.position += length;
            ++frame.other;
            pc = frame.pc + 1;
            position = frame.position;
            if (frame.other == run.max) frames_.pop_back();
            const bool remember = memory && nested_choices();
            resumed = !(remember && known_failure(key(pc, position)));
            if (resumed && remember) frames_.push_back({Kind::failed, pc, position, 0});
          } else {
            frames_.pop_back();
          }
          break;
        }
        case Kind::barrier:
          barriers_.pop_back();
          frames_.pop_back();
          break;
        case Kind::restore_register:
          registers_[frame.pc] = frame.position;
          frames_.pop_back();
          break;
        case Kind::restore_slot:
          slots_[frame.pc] = frame.position;
          frames_.pop_back();
          break;
        case Kind::restore_keep:
          keep_ = frame.position;
          frames_.pop_back();
          break;
        case Kind::run_failed:
          // Every continuation of a run over [begin, end) failed; a run entered further in has fewer of them.
          failed_runs_[frame.pc] = {frame.position, frame.other};
          frames_.pop_back();
          break;
        case Kind::failed:
          remember_failure(key(frame.pc, frame.position));
          frames_.pop_back();
          break;
      }
    }
  }
}

}  // namespace tokenspace::regex
