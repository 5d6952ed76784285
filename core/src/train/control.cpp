#include "tokenspace/train.hpp"

namespace tokenspace::train {

void Control::obey() const {
  std::unique_lock lock(mutex_);
  ++sleeping_;
  changed_.wait(lock, [&] { return ordered_.load(std::memory_order_relaxed) != kPause; });
  --sleeping_;
  if (cancelled()) throw Cancelled();
}

void Control::cancel() {
  {
    const std::lock_guard lock(mutex_);
    ordered_.fetch_or(kCancel, std::memory_order_relaxed);
  }
  changed_.notify_all();
}

void Control::pause() {
  const std::lock_guard lock(mutex_);
  ordered_.fetch_or(kPause, std::memory_order_relaxed);
}

void Control::resume() {
  {
    const std::lock_guard lock(mutex_);
    ordered_.fetch_and(~static_cast<unsigned>(kPause), std::memory_order_relaxed);
  }
  changed_.notify_all();
}

unsigned Control::sleeping() const {
  const std::lock_guard lock(mutex_);
  return sleeping_;
}

}  // namespace tokenspace::train
