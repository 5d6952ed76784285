// The parts of the binding of _core.Tokenizer, one per concern.
#pragma once

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include "handles.hpp"

void bind_encoding_methods(nb::class_<Handle>& c);
void bind_decoding_methods(nb::class_<Handle>& c);
void bind_vocabulary_methods(nb::class_<Handle>& c);
void bind_part_methods(nb::class_<Handle>& c);
