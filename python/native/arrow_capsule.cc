#include "arrow_capsule.h"

#include <arrow/c/abi.h>
#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

namespace neuralake::python {
namespace {

namespace nb = nanobind;

constexpr const char* kSchemaName = "arrow_schema";
constexpr const char* kArrayName = "arrow_array";
constexpr const char* kStreamName = "arrow_array_stream";

/// Release what nobody took out of the capsule, as the PyCapsule interface wants it.
template <class Struct>
void Discard(PyObject* capsule) {
  const char* name = PyCapsule_GetName(capsule);
  auto* held = static_cast<Struct*>(PyCapsule_GetPointer(capsule, name));
  if (held == nullptr) return;
  if (held->release != nullptr) held->release(held);
  delete held;
}

template <class Struct>
nb::object Wrap(std::unique_ptr<Struct> held, const char* name) {
  nb::object capsule = nb::steal(PyCapsule_New(held.get(), name, Discard<Struct>));
  if (!capsule.is_valid()) throw nb::python_error();
  held.release();
  return capsule;
}

void Check(const arrow::Status& status) {
  if (!status.ok()) throw nb::value_error(status.ToString().c_str());
}

}  // namespace

nb::object SchemaCapsule(const arrow::Schema& schema) {
  auto held = std::make_unique<ArrowSchema>();
  Check(arrow::ExportSchema(schema, held.get()));
  return Wrap(std::move(held), kSchemaName);
}

nb::object BatchCapsules(const arrow::RecordBatch& batch) {
  auto schema = std::make_unique<ArrowSchema>();
  auto array = std::make_unique<ArrowArray>();
  Check(arrow::ExportRecordBatch(batch, array.get(), schema.get()));
  return nb::make_tuple(Wrap(std::move(schema), kSchemaName), Wrap(std::move(array), kArrayName));
}

Result<std::shared_ptr<arrow::RecordBatchReader>> ReaderOf(const nb::object& source) {
  if (!nb::hasattr(source, "__arrow_c_stream__")) {
    return Fail(ErrorKind::kInvalid, "the data has no Arrow C stream interface");
  }
  const nb::object capsule = source.attr("__arrow_c_stream__")();
  auto* stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), kStreamName));
  if (stream == nullptr) throw nb::python_error();
  auto reader = arrow::ImportRecordBatchReader(stream);
  if (!reader.ok()) return Fail(ErrorKind::kInvalid, reader.status().ToString());
  return *std::move(reader);
}

}  // namespace neuralake::python
