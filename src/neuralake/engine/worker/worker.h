#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/process.h"
#include "neuralake/engine/function_runner.h"

namespace neuralake::engine {

class Answer;

/// How a worker is started: `python -m neuralake.worker` in the folder of the project.
struct WorkerCommand {
  std::vector<std::string> command;
  std::string directory;
  std::map<std::string, std::string> environment;
  std::uint64_t memory_bytes_max = 0;  ///< What one process may hold; 0: no bound.
};

/// One Python process that computes function tables, one at a time.
///
/// It reads a line of JSON and answers with a line of JSON and an Arrow IPC stream; what functions
/// print comes on its standard error.
/// \threads one thread at a time
class Worker {
 public:
  /// \errors kUnavailable  it cannot be started; the message says why
  static Result<std::unique_ptr<Worker>> Start(const WorkerCommand& command);

  /// Whether the process is there and its last answer was taken whole: it may be asked again.
  bool Usable();

  /// Compute one table. The answer is held in memory, so that a worker is free again before its
  /// rows are read: two functions of one statement never wait for each other.
  ///
  /// \errors kInvalid           the function raised: type, text, file and line, what it printed
  ///         kUnavailable       the process ended meanwhile; the message has its last words
  ///         kDeadlineExceeded  it took too long, and the process was killed
  ///         kCancelled         a stop was requested, and the process was killed
  ///         kResourceExhausted the answer is larger than `kFunctionAnswerBytesMax`, or the process
  ///                            took more memory than it may and was killed
  Result<std::shared_ptr<arrow::RecordBatchReader>> Compute(const FunctionCall& call,
                                                            const Deadline& deadline);

 private:
  Worker(Process process, Descriptor input, Descriptor output, Descriptor log,
         std::string directory, std::uint64_t memory_bytes_max)
      : process_(std::move(process)),
        input_(std::move(input)),
        output_(std::move(output)),
        log_(std::move(log)),
        directory_(std::move(directory)),
        memory_bytes_max_(memory_bytes_max) {}

  // `bell` becomes readable when a stop is requested.
  Status Send(std::string_view line, const Deadline& deadline, int bell);
  Status Take(Answer& answer, const Deadline& deadline, int bell);
  Status Wait(bool sending, const Deadline& deadline, int bell);
  Status CheckMemory() const;
  Status Gone();
  void ReadLog();
  std::string Printed(bool with_exception) const;

  Process process_;
  Descriptor input_;
  Descriptor output_;
  Descriptor log_;
  std::string directory_;
  std::uint64_t memory_bytes_max_;
  std::string printed_;  ///< On standard error since the call began; its end when it is long.
  bool busy_ = false;    ///< A call began and its answer was not taken whole.
};

}  // namespace neuralake::engine
