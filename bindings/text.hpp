// Python text -> UTF-8 views. Text crosses once: a str hands out its own UTF-8 buffer (for ASCII that is the str
// itself), and the object is kept alive for as long as the view is used, also while the GIL is released.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "module.hpp"

// Views of any number of texts. Not copyable: views point into it.
class Texts {
 public:
  Texts() = default;
  Texts(const Texts&) = delete;
  Texts& operator=(const Texts&) = delete;

  // A str, or bytes (ill-formed UTF-8 becomes U+FFFD). A lone surrogate becomes one U+FFFD, so that offsets in code
  // points stay those of the str. Throws ArgumentError for anything else; `what` names the argument in the message.
  std::string_view add(nb::handle text, const char* what);

  // Every element of a list, tuple or other iterable. The elements are held by a tuple of our own: another thread may
  // change the caller's list while the GIL is released.
  void add_all(nb::handle texts, const char* what, std::vector<std::string_view>& views);

 private:
  std::vector<nb::object> keep_;
  std::deque<std::string> owned_;  // texts that had to be repaired; a deque never moves its elements
  std::string_view view_of(nb::handle text, const char* what);
};

// Copies UTF-8 into a str; ill-formed parts (never produced by the core) become U+FFFD.
nb::object to_str(std::string_view text);
nb::object to_bytes(std::string_view text);
// A tuple of the elements of any iterable but str and bytes. Throws ArgumentError.
nb::object to_tuple(nb::handle items, const char* what);
std::string python_type_name(nb::handle object);
