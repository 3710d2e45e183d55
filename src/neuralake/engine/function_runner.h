#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"

namespace arrow {
class RecordBatchReader;
}

namespace neuralake::engine {

/// One call of a function table.
struct FunctionCall {
  std::string module;
  std::string function;
  std::vector<std::string> columns{};  ///< Only these are needed; empty for all.
  std::string place{};                 ///< `lake/aviation.py:34`, for messages; may be empty.

  /// `function lake.aviation.carriers`, with its place where that is known.
  std::string Named() const {
    return "function " + module + "." + function + (place.empty() ? "" : " (" + place + ")");
  }
};

/// Runs the functions behind function tables.
///
/// \threads safe from any thread
class FunctionRunner {
 public:
  virtual ~FunctionRunner() = default;

  /// Run the function and stream what it returns; columns may come that were not asked for.
  ///
  /// \errors kInvalid           the function raised; the message is the exception's
  ///         kDeadlineExceeded  it took too long; its process is gone
  ///         kUnavailable       no process could be started
  virtual Result<std::shared_ptr<arrow::RecordBatchReader>> Run(const FunctionCall& call,
                                                                const Deadline& deadline) = 0;

  /// Forget what was loaded of the project: the catalog was made anew from changed definitions.
  virtual void DefinitionsChanged() {}
};

}  // namespace neuralake::engine
