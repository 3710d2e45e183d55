#include "bindings.h"

// Internal to the package: its Python modules are the interface. What each function takes and
// gives is in neuralake/_native.pyi.
NB_MODULE(_native, module) {
  neuralake::python::BindCatalog(module);
  neuralake::python::BindTable(module);
  neuralake::python::BindEngine(module);
}
