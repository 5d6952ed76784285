// Errors of the core. Every failure that outside data or a caller can cause is one of these; nothing else may
// leave a public function except std::bad_alloc.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace tokenspace {

// Text form everywhere: "[operation] expected X, received Y; try Z".
enum class ErrorKind {
  invalid_argument,  // the caller's argument contradicts the contract        -> tokenspace.errors.ArgumentError
  format,            // a file or buffer is not what its format promises      -> tokenspace.errors.FormatError
  unsupported,       // well-formed, but asks for what the format page refuses -> tokenspace.errors.UnsupportedError
  limit,             // a stated bound would be exceeded                      -> tokenspace.errors.LimitError
  special_token,     // user text holds a special token and the policy is `error`
  io,                // the operating system refused                          -> tokenspace.errors.FileError
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

// "[operation] expected X, received Y" and, when `remedy` is not empty, "; try Z".
[[noreturn]] inline void fail(ErrorKind kind, std::string_view operation, std::string_view expected,
                              std::string_view received, std::string_view remedy = {}) {
  std::string message = "[";
  message.append(operation).append("] expected ").append(expected).append(", received ").append(received);
  if (!remedy.empty()) message.append("; try ").append(remedy);
  throw Error(kind, message);
}

}  // namespace tokenspace
