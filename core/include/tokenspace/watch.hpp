// Giving up long work. Loops whose length the input decides call look_up() every few microseconds to milliseconds; what
// that does is the caller's affair: a binding lets signal handlers run (Ctrl-C), parallel_for stops its other workers.
#pragma once

#include <cstdint>

namespace tokenspace {

class Watch {
 public:
  // Throws to give the work up. Called often: look at a clock only now and then.
  virtual void look() = 0;

 protected:
  ~Watch() = default;
};

namespace detail {
extern thread_local constinit Watch* current_watch;
}

// `watch` is asked by the work of this thread while the scope lives; scopes nest.
class WatchScope {
 public:
  explicit WatchScope(Watch& watch) : outer_(detail::current_watch) { detail::current_watch = &watch; }
  ~WatchScope() { detail::current_watch = outer_; }
  WatchScope(const WatchScope&) = delete;
  WatchScope& operator=(const WatchScope&) = delete;

 private:
  Watch* outer_;
};

// Nothing may be left half done in what outlives the call: it may throw.
inline void look_up() {
  if (detail::current_watch != nullptr) detail::current_watch->look();
}

}  // namespace tokenspace
