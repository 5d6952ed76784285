// Source: the texts behind an Encoding as the core takes them.
#include "handles.hpp"

tokenspace::Sequence Source::sequence(int which) const {
  tokenspace::Sequence out;
  out.is_split = is_split;
  if (is_split) {
    out.words = words[which];
  } else {
    out.text = words[which].front();
  }
  return out;
}
