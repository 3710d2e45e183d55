#include "function_caller.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

namespace neuralake::python {
namespace {

namespace nb = nanobind;

nb::dict RequestOf(const engine::FunctionCall& call) {
  nb::dict request;
  request["module"] = call.module;
  request["function"] = call.function;
  if (!call.columns.empty()) {
    nb::list columns;
    for (const auto& column : call.columns) columns.append(column);
    request["columns"] = columns;
  }
  return request;
}

/// The rows of an IPC stream. They are copied: the engine reads them from threads of its own, where
/// Python is not at hand.
Result<std::shared_ptr<arrow::RecordBatchReader>> ReadStream(const nb::bytes& stream) {
  const auto input = std::make_shared<arrow::io::BufferReader>(
      arrow::Buffer::FromString(std::string(stream.c_str(), stream.size())));
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(input);
  if (!reader.ok()) return Fail(ErrorKind::kInternal, reader.status().ToString());
  return *std::move(reader);
}

}  // namespace

Result<std::shared_ptr<arrow::RecordBatchReader>> FunctionCaller::Run(
    const engine::FunctionCall& call, const Deadline& deadline) {
  TRY(deadline.Check(call.module + "." + call.function));
  const nb::gil_scoped_acquire lock;
  try {
    const auto compute = nb::module_::import_("neuralake.worker").attr("compute_stream");
    return ReadStream(nb::cast<nb::bytes>(compute(RequestOf(call))));
  } catch (const nb::python_error& error) {
    return Fail(ErrorKind::kInvalid, call.module + "." + call.function + ": " +
                                         nb::cast<std::string>(nb::str(error.value())));
  }
}

}  // namespace neuralake::python
