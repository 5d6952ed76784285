#include "interrupts.hpp"

void ask_python() {
  if (PyErr_CheckSignals() != 0) nb::raise_python_error();
  // Nobody has made a switch where the module that makes them was never imported.
  nb::object name = nb::str("tokenspace.run_switch");
  nb::object module = nb::steal(PyImport_GetModule(name.ptr()));
  if (module.is_valid()) {
    module.attr("pause_point")();
  } else if (PyErr_Occurred() != nullptr) {
    nb::raise_python_error();
  }
}
