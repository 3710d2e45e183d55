#include "raise.h"

namespace neuralake::python {

namespace nb = nanobind;

void Raise(const Error& error) {
  const nb::object type = nb::module_::import_("neuralake.errors").attr("NeuralakeError");
  const std::string_view kind = Row(error.kind).name;
  nb::object position = nb::none();
  if (error.position >= 0) position = nb::int_(error.position);
  const nb::object raised =
      type(nb::str(kind.data(), kind.size()), nb::str(error.message.data(), error.message.size()),
           nb::arg("position") = position);
  PyErr_SetObject(type.ptr(), raised.ptr());
  throw nb::python_error();
}

}  // namespace neuralake::python
