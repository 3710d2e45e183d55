#include <string>
#include <string_view>

#include "bindings.h"
#include "raise.h"
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include "neuralake/catalog/model.h"

namespace neuralake::python {
namespace {

namespace nb = nanobind;

/// Warnings and errors, one a line, as the command line prints them.
std::string CheckDefinitions(std::string_view definitions) {
  std::string lines;
  for (const auto& problem : catalog::CheckDefinitions(definitions)) {
    lines += FormatProblem(problem) + "\n";
  }
  return lines;
}

std::string MakeManifest(std::string_view definitions) {
  return Unlocked([&] { return catalog::MakeManifest(definitions); });
}

}  // namespace

void BindCatalog(nb::module_& module) {
  module.def("check_definitions", CheckDefinitions, nb::arg("definitions"));
  module.def("make_manifest", MakeManifest, nb::arg("definitions"));
}

}  // namespace neuralake::python
