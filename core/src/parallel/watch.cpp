#include "tokenspace/watch.hpp"

namespace tokenspace::detail {

thread_local constinit Watch* current_watch = nullptr;

}  // namespace tokenspace::detail
