#pragma once

#include <nanobind/nanobind.h>

namespace neuralake::python {

// Each adds one part of the module.
void BindCatalog(nanobind::module_& module);
void BindTable(nanobind::module_& module);
void BindEngine(nanobind::module_& module);

}  // namespace neuralake::python
