#pragma once

#include "neuralake/engine/function_runner.h"

namespace neuralake::python {

/// Calls the functions of a catalog in the interpreter that this module was imported into.
///
/// \threads safe from any; takes the interpreter's lock for the call
class FunctionCaller final : public engine::FunctionRunner {
 public:
  Result<std::shared_ptr<arrow::RecordBatchReader>> Run(const engine::FunctionCall& call,
                                                        const Deadline& deadline) override;
};

}  // namespace neuralake::python
