#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/ipc/reader.h>
#include <nlohmann/json.hpp>

#include "neuralake/base/error.h"

namespace arrow {
class RecordBatch;
class RecordBatchReader;
class ResizableBuffer;
}  // namespace arrow

namespace neuralake::engine {

/// What a worker sends back, put together from its bytes: a line of JSON, then, when the line says
/// `"ok": true`, one Arrow IPC stream.
///
/// It asks for exactly the bytes that belong to it, so a column's bytes are read to where they
/// stay.
class Answer {
 public:
  Answer();

  /// Where the next bytes go, and how many at most.
  /// \errors kResourceExhausted  the answer is larger than `kFunctionAnswerBytesMax`
  Result<std::pair<char*, std::size_t>> Room();

  /// Take `count` bytes that were written to `Room`.
  /// \errors kUnavailable  they are not an answer
  Status Filled(std::size_t count);

  bool complete() const { return complete_; }

  /// The first line. \pre complete
  const nlohmann::json& head() const { return head_; }

  /// The table. \pre complete, and the head says ok
  Result<std::shared_ptr<arrow::RecordBatchReader>> Reader() const;

 private:
  class Batches;

  Status TakeLine(std::size_t count);
  Status Decoded(const arrow::Status& status);

  std::string line_;  ///< The first line, until it ends.
  bool in_line_ = true;
  bool complete_ = false;
  nlohmann::json head_;
  std::size_t bytes_ = 0;
  std::shared_ptr<Batches> batches_;
  arrow::ipc::StreamDecoder decoder_;
  std::shared_ptr<arrow::ResizableBuffer> buffer_;  ///< Being filled.
  std::size_t filled_ = 0;
};

}  // namespace neuralake::engine
