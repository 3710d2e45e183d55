#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "neuralake/base/error.h"
#include "neuralake/query/run.h"
#include "neuralake/serve/format/encoder.h"

namespace neuralake::serve {

/// Watches the rows of a page go by and makes the cursor for the next one.
class Pager {
 public:
  virtual ~Pager() = default;
  virtual void Saw(const arrow::RecordBatch& batch) = 0;

  /// Nothing when there is nothing after this page.
  virtual std::optional<std::string> Next(const AnswerTail& tail) = 0;
};

/// What one step of an answer made.
struct Part {
  std::string bytes;
  bool last = false;
  AnswerTail tail;               ///< Of a last part without a failure.
  std::optional<Error> failure;  ///< The statement failed; `last` is set too.
  /// After a failure: the bytes before and in this part end in a way that tells it.
  bool well_formed = false;
};

/// A statement whose rows leave in one format: `Next` until a part is the last.
///
/// \threads steps from one thread at a time, on the lanes; `run()` from any
class Answer {
 public:
  /// \param request_id  for an error inside the body
  /// \param pager       may be null
  Answer(std::shared_ptr<query::Run> run, std::unique_ptr<Encoder> encoder, std::string request_id,
         std::unique_ptr<Pager> pager);

  /// Encode the next part: about `kPartBytes`, or what came within `kPartTimeMax`.
  ///
  /// When the first part fails it has no bytes, so that the error can be an answer of its own.
  Part Next();

  query::Run& run() { return *run_; }

 private:
  Status Fill(Part& part);
  Status Finish(Part& part);

  std::shared_ptr<query::Run> run_;
  std::unique_ptr<Encoder> encoder_;
  const std::string request_id_;
  std::unique_ptr<Pager> pager_;
  bool started_ = false;
};

}  // namespace neuralake::serve
