#include "neuralake/query/run.h"

#include <algorithm>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/base/characters.h"
#include "neuralake/query/limits.h"
#include "neuralake/query/service.h"

namespace neuralake::query {

/// Marks a step as running and adds its time.
class Run::Busy {
 public:
  explicit Busy(Run& run) : run_(run), since_(run.clock_.Mono()) { run_.state_ = State::kRunning; }
  ~Busy() {
    run_.used_ += run_.clock_.Mono() - since_;
    if (run_.used_ > kShortTimeMax) run_.lane_ = Lane::kLong;
    run_.state_ = State::kSending;
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  Run& run_;
  const MonoTime since_;
};

Run::Run(Service& service, std::string id, Request request, Clock& clock)
    : service_(service),
      id_(std::move(id)),
      request_(std::move(request)),
      timeout_(std::min(request_.timeout, service.timeout_max())),
      clock_(clock),
      arrived_(clock.Now()),
      arrived_mono_(clock.Mono()),
      deadline_(Deadline::After(timeout_, stop_.get_token(), clock)),
      lane_(service.LaneFor(request_.statement.sql)) {}

Run::~Run() { Close(Fail(ErrorKind::kCancelled, "the client went away")); }

Status Run::Start() {
  if (closed_) return Fail(ErrorKind::kCancelled, "the statement has ended");
  const Busy busy(*this);
  TRY(deadline_.Check("the statement"));
  const engine::Limits limits{request_.rows_max, timeout_};
  engine::Executor& executor =
      request_.executor != nullptr ? *request_.executor : service_.executor();
  auto stream = executor.Execute(request_.statement, request_.grants, limits, deadline_);
  if (!stream) return std::unexpected(Explain(std::move(stream.error())));
  std::lock_guard lock(mutex_);
  stream_ = std::move(*stream);
  if (stop_.stop_requested()) stream_->Cancel();
  return {};
}

Result<std::shared_ptr<arrow::RecordBatch>> Run::Next() {
  const Busy busy(*this);
  auto batch = stream_->Next();
  if (!batch) return std::unexpected(Explain(std::move(batch.error())));
  if (*batch != nullptr) {
    rows_ += static_cast<std::uint64_t>((*batch)->num_rows());
  } else {
    truncated_ = stream_->truncated();
  }
  return batch;
}

void Run::Cancel() {
  stop_.request_stop();
  std::lock_guard lock(mutex_);
  if (stream_ != nullptr) stream_->Cancel();
}

void Run::CancelIfExpired() {
  if (deadline_.Left() > Duration{0}) return;
  std::lock_guard lock(mutex_);
  if (stream_ != nullptr) stream_->Cancel();
}

void Run::Close(Status outcome) {
  if (closed_.exchange(true)) return;
  state_ = State::kFinished;
  Summary summary = Describe();
  if (!outcome) outcome.error().message = Shortened(outcome.error().message, kErrorBytesMax);
  summary.outcome = std::move(outcome);
  summary.truncated = truncated_;
  std::unique_ptr<engine::RowStream> stream;
  {
    std::lock_guard lock(mutex_);
    stream = std::move(stream_);
  }
  if (stream != nullptr) summary.versions = stream->versions();
  stream.reset();
  service_.Finish(*this, std::move(summary), used_);
}

Summary Run::Describe() const {
  Summary summary;
  summary.id = id_;
  summary.sql = WholeCharacters(request_.statement.sql, kHistorySqlBytesMax);
  summary.protocol = request_.protocol;
  summary.client = request_.client;
  summary.state = state_;
  summary.lane = lane_;
  summary.arrived = arrived_;
  summary.elapsed = clock_.Mono() - arrived_mono_;
  summary.rows = rows_;
  summary.bytes = bytes_;
  return summary;
}

// An engine that was interrupted does not know why.
Error Run::Explain(Error error) const {
  error.message = Shortened(std::move(error.message), kErrorBytesMax);
  const bool interrupted =
      error.kind == ErrorKind::kCancelled || error.kind == ErrorKind::kDeadlineExceeded;
  if (!interrupted) return error;
  if (stop_.stop_requested()) {
    error.kind = ErrorKind::kCancelled;
    error.message = "the statement was cancelled";
  } else if (deadline_.Left() == Duration{0}) {
    // What was done meanwhile is worth telling: a function that did not return, a store's silence.
    const bool knows_more =
        error.kind == ErrorKind::kDeadlineExceeded && error.message != engine::kRanOutOfTime;
    error.kind = ErrorKind::kDeadlineExceeded;
    error.message =
        fmt::format("the statement ran longer than its limit of {} ms{}{}", timeout_.count(),
                    knows_more ? ": " : "", knows_more ? error.message : "");
  }
  return error;
}

}  // namespace neuralake::query
