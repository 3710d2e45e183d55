#include "neuralake/engine/sql/statement_stream.h"

#include <algorithm>
#include <thread>

#include <arrow/record_batch.h>
#include <duckdb/execution/executor.hpp>
#include <duckdb/main/pending_query_result.hpp>
#include <duckdb/main/stream_query_result.hpp>
#include <duckdb/parallel/task_scheduler.hpp>
#include <prometheus/counter.h>

#include "neuralake/base/characters.h"
#include "neuralake/base/rng.h"
#include "neuralake/delta/commit/backoff.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/types/duck_error.h"
#include "neuralake/engine/types/duck_type.h"
#include "neuralake/engine/types/duck_value.h"
#include "neuralake/engine/types/value_size.h"

namespace neuralake::engine {
namespace {

/// A statement whose last tasks run on other threads looks for them so often at once, and then
/// after pauses that grow by the first up to the second.
constexpr int kYields = 16;
constexpr std::chrono::microseconds kIdlePause{20};
constexpr std::chrono::microseconds kIdlePauseMax{500};
/// As long as a task that does not look whether its statement was stopped takes.
constexpr std::chrono::milliseconds kTaskTime{25};

void Count(prometheus::Counter* counter, std::uint64_t amount) {
  if (counter != nullptr) counter->Increment(static_cast<double>(amount));
}

// While other threads work on the last tasks of a statement, DuckDB's own loops ask for one without
// a pause, which takes the processor from them; so tasks are asked for here, with one.
class Pause {
 public:
  explicit Pause(Clock& clock) : clock_(clock) {}

  void Reset() { idle_ = 0; }
  void Wait() {
    if (++idle_ <= kYields) {
      std::this_thread::yield();
    } else {
      clock_.Sleep(std::min(Duration{kIdlePause * (idle_ - kYields)}, Duration{kIdlePauseMax}));
    }
  }

 private:
  Clock& clock_;
  int idle_ = 0;
};

/// Let go of the tasks of a statement that wait for a thread.
/// \returns whether there were any
bool DropTasks(duckdb::ClientContext& context) {
  auto& scheduler = duckdb::TaskScheduler::GetScheduler(context);
  auto& token = duckdb::Executor::Get(context).GetToken();
  bool found = false;
  for (duckdb::shared_ptr<duckdb::Task> task; scheduler.GetTaskFromProducer(token, task);) {
    task.reset();
    found = true;
  }
  return found;
}

/// Once a statement is to end, let go of its tasks. DuckDB runs those that wait before it lets go
/// of the statement, and those that build the table of a join do not look whether they should.
void LetGoOfTasks(const StatementContext& statement) {
  if (!statement.watch->reason()) return;
  auto& context = *statement.connection->context;
  auto& executor = duckdb::Executor::Get(context);
  // With an error nobody waits for what the tasks were to do.
  if (!executor.HasError()) executor.PushError(duckdb::ErrorData(duckdb::InterruptException()));
  DropTasks(context);
  // What still runs on another thread may bring new ones when it ends.
  Clock& clock = statement.state->deadline().clock();
  const auto end = clock.Mono() + kTasksEndTime;
  for (Duration quiet{0}; quiet < kTaskTime && clock.Mono() < end; quiet += kIdlePauseMax) {
    clock.Sleep(kIdlePauseMax);
    if (DropTasks(context)) quiet = Duration{0};
  }
}

/// Run tasks until `pending` has its first rows, or all when it does not stream.
void RunUntilReady(duckdb::PendingQueryResult& pending, bool streams,
                   const StatementContext& statement) {
  Pause pause(statement.state->deadline().clock());
  while (true) {
    LetGoOfTasks(statement);
    const auto state = pending.ExecuteTask();
    if (streams ? duckdb::PendingQueryResult::IsResultReady(state)
                : duckdb::PendingQueryResult::IsExecutionFinished(state)) {
      return;
    }
    if (state == duckdb::PendingExecutionResult::RESULT_NOT_READY) {
      pause.Reset();
    } else {
      pause.Wait();
    }
  }
}

/// Run tasks until `result` has its next rows.
void RunUntilChunk(duckdb::QueryResult& result, const StatementContext& statement) {
  if (result.type != duckdb::QueryResultType::STREAM_RESULT) return;
  auto& stream = result.Cast<duckdb::StreamQueryResult>();
  if (!stream.IsOpen()) return;
  Pause pause(statement.state->deadline().clock());
  while (true) {
    LetGoOfTasks(statement);
    const auto state = stream.ExecuteTask();
    if (duckdb::StreamQueryResult::IsChunkReady(state)) return;
    if (state == duckdb::StreamExecutionResult::BLOCKED) {
      stream.WaitForTask();
    } else if (state == duckdb::StreamExecutionResult::NO_TASKS_AVAILABLE) {
      pause.Wait();
    } else {
      pause.Reset();
    }
  }
}

// DuckDB numbers parameters from 1; a name counts as the number at which it first stands.
std::vector<columnar::DataType> ParameterTypes(const duckdb::PreparedStatement& prepared) {
  std::vector<columnar::DataType> types(prepared.named_param_map.size());
  const auto expected = prepared.GetExpectedParameterTypes();
  for (const auto& [name, number] : prepared.named_param_map) {
    const auto found = expected.find(name);
    if (number == 0 || number > types.size() || found == expected.end()) continue;
    const bool known = found->second.id() != duckdb::LogicalTypeId::UNKNOWN &&
                       found->second.id() != duckdb::LogicalTypeId::INVALID;
    if (known) types[number - 1] = FromDuckType(AnswerType(found->second));
  }
  return types;
}

}  // namespace

duckdb::case_insensitive_map_t<duckdb::BoundParameterData> BindParameters(
    const Statement& statement) {
  duckdb::case_insensitive_map_t<duckdb::BoundParameterData> bound;
  std::size_t number = 0;
  for (const auto& value : statement.positional) {
    bound[std::to_string(++number)] = duckdb::BoundParameterData(ToDuckValue(value));
  }
  for (const auto& [name, value] : statement.named) {
    bound[name] = duckdb::BoundParameterData(ToDuckValue(value));
  }
  return bound;
}

StatementContext StatementContext::Begin(Slot slot, std::shared_ptr<Instance> instance,
                                         std::string sql, const Deadline& deadline) {
  auto connection = instance->Connect();
  auto state = StatementState::Begin(*connection->context, deadline);
  auto watch =
      std::make_unique<Watchdog::Watch>(slot.running().watchdog, connection->context, deadline);
  return {std::move(slot),
          std::move(instance),
          std::move(connection),
          std::move(state),
          std::move(watch),
          std::move(sql),
          {}};
}

Error StatementContext::Translate(const duckdb::ErrorData& data) const {
  if (EndsInstance(data)) instance->MarkBroken();
  Error error = FromDuckError(data, text.sql);
  if (instance->lake()) error.message = instance->lake()->HideFolders(std::move(error.message));
  if (const auto offset = ErrorOffset(data, text.sql)) {
    error.position = CharacterOffset(sent, std::min(text.Original(*offset), sent.size()));
  }
  if (error.message.starts_with("failed to read file") && !IsOfFunction(data)) {
    // DuckDB names the file alone.
    std::string tables;
    for (const auto& [name, version] : state->versions()) {
      tables += (tables.empty() ? "" : ", ") + name + " at version " + std::to_string(version);
    }
    error.message = "reading " + tables + ": " + error.message;
    // What DuckDB says of bytes, it says as of a wrong request.
    if (error.kind == ErrorKind::kInvalid) error.kind = ErrorKind::kCorruption;
  }
  // An interrupt between planning and running comes wrapped in another error.
  const bool wrapped = watch->reason() && data.RawMessage().find("INTERRUPT") != std::string::npos;
  if (error.kind != ErrorKind::kCancelled && !wrapped) return error;
  error.position = -1;
  error.kind = watch->reason().value_or(ErrorKind::kCancelled);
  if (error.kind == ErrorKind::kCancelled) {
    error.message = "the statement was cancelled";
  } else {
    error.message = state->timeout();
    if (error.message.empty()) error.message = kRanOutOfTime;
  }
  return error;
}

Result<Description> DescribeAdmitted(const StatementContext& context, Admitted admitted) {
  try {
    const auto prepared = context.connection->context->Prepare(std::move(admitted.statement));
    if (prepared->HasError()) return std::unexpected(context.Translate(prepared->error));
    Description description;
    description.command_tag = admitted.command_tag;
    description.parameters = ParameterTypes(*prepared);
    if (!admitted.changes) {
      description.columns = ToSchema(prepared->GetNames(), prepared->GetTypes());
    }
    return description;
  } catch (const std::exception& thrown) {
    return std::unexpected(context.Translate(duckdb::ErrorData(thrown)));
  }
}

StatementStream::StatementStream(StatementContext context, std::string command_tag,
                                 const Limits& limits)
    : context_(std::move(context)),
      command_tag_(std::move(command_tag)),
      rows_left_(limits.rows_max) {}

StatementStream::~StatementStream() {
  const auto [total, read] = scan_counts();
  const EngineCounters& counters = context_.slot.running().counters;
  Count(counters.statements, 1);
  Count(counters.files_read, read);
  Count(counters.files_skipped, total - std::min(total, read));
}

ScanCounts StatementStream::scan_counts() const {
  return {context_.state->files_total.load(), context_.state->files_read.load()};
}

ScanCounts CountScans(const RowStream& stream) {
  const auto* own = dynamic_cast<const StatementStream*>(&stream);
  return own == nullptr ? ScanCounts{} : own->scan_counts();
}

namespace {

/// Run `parsed` up to its first rows, or to its end when it changes a table.
Result<duckdb::unique_ptr<duckdb::QueryResult>> Run(duckdb::unique_ptr<duckdb::SQLStatement> parsed,
                                                    const Statement& statement, bool changes,
                                                    const StatementContext& context) {
  try {
    auto parameters = BindParameters(statement);
    auto pending =
        context.connection->context->PendingQuery(std::move(parsed), parameters, !changes);
    if (pending->HasError()) return std::unexpected(context.Translate(pending->GetErrorObject()));
    RunUntilReady(*pending, !changes, context);
    if (pending->HasError()) return std::unexpected(context.Translate(pending->GetErrorObject()));
    auto result = pending->Execute();
    if (result->HasError()) return std::unexpected(context.Translate(result->GetErrorObject()));
    return result;
  } catch (const std::exception& thrown) {
    return std::unexpected(context.Translate(duckdb::ErrorData(thrown)));
  }
}

}  // namespace

Result<std::unique_ptr<RowStream>> StatementStream::Start(StatementContext context,
                                                          Admitted admitted,
                                                          const Statement& statement,
                                                          const Limits& limits) {
  auto stream = std::unique_ptr<StatementStream>(
      new StatementStream(std::move(context), std::move(admitted.command_tag), limits));
  StatementContext& own = stream->context_;
  const std::string condition = std::move(admitted.condition);
  delta::Backoff backoff(SystemRng::Get());
  for (int attempt = 1;; ++attempt) {
    const bool is_last = !admitted.changes || attempt == kChangeAttemptsMax;
    auto parsed = is_last ? std::move(admitted.statement) : admitted.statement->Copy();
    own.state->NoteCondition(condition);
    auto result = Run(std::move(parsed), statement, admitted.changes, own);
    if (result) return Opened(std::move(stream), *std::move(result), admitted.changes);
    if (is_last || result.error().kind != ErrorKind::kConflict) {
      return std::unexpected(std::move(result).error());
    }
    // Nothing was committed: the statement begins again, on what others made of its tables.
    backoff.Wait(own.state->deadline());
    own.state = StatementState::Begin(*own.connection->context, own.state->deadline());
  }
}

Result<std::unique_ptr<RowStream>> StatementStream::Opened(
    std::unique_ptr<StatementStream> stream, duckdb::unique_ptr<duckdb::QueryResult> result,
    bool changes) {
  try {
    stream->Open(std::move(result), changes);
    return stream;
  } catch (const std::exception& thrown) {
    return std::unexpected(stream->context_.Translate(duckdb::ErrorData(thrown)));
  }
}

void StatementStream::Open(duckdb::unique_ptr<duckdb::QueryResult> result, bool changes) {
  result_ = std::move(result);
  if (changes && command_tag_ != "EXPLAIN") {
    // The change is committed by now; what it returns is how many rows it changed.
    auto chunk = result_->Fetch();
    rows_changed_ = chunk && chunk->size() > 0 ? chunk->GetValue(0, 0).GetValue<std::int64_t>() : 0;
    result_->types.clear();
    result_->names.clear();
    ended_ = true;
  }
  columns_ = ToSchema(result_->names, result_->types);
  chunks_ =
      std::make_unique<ArrowChunks>(*context_.connection->context, result_->names, result_->types);
}

std::shared_ptr<arrow::Schema> StatementStream::arrow_schema() const { return chunks_->schema(); }

const std::map<std::string, std::int64_t>& StatementStream::versions() const {
  versions_ = context_.state->versions();
  return versions_;
}

Result<std::shared_ptr<arrow::RecordBatch>> StatementStream::Next() {
  if (ended_ || truncated_) return nullptr;
  try {
    auto batch = Fetch();
    ended_ = batch == nullptr;
    return batch;
  } catch (const std::exception& thrown) {
    ended_ = true;
    return std::unexpected(context_.Translate(duckdb::ErrorData(thrown)));
  }
}

// Many rows may refer to one long value, which is copied for each when it leaves: the rest of a
// chunk waits for the next batch.
duckdb::unique_ptr<duckdb::DataChunk> StatementStream::FetchPart(std::size_t& bytes) {
  auto chunk = rest_ ? std::move(rest_) : FetchChunk();
  if (!chunk) return nullptr;
  std::vector<ValueSizes> columns;
  columns.reserve(chunk->ColumnCount());
  for (auto& column : chunk->data) columns.emplace_back(column, chunk->size());
  duckdb::idx_t rows = 0;
  for (; rows < chunk->size(); ++rows) {
    double row = 0;
    for (const auto& column : columns) {
      const ValueSize size = column[rows];
      row += size.bytes + size.elements * sizeof(std::int64_t);
    }
    if (rows > 0 && static_cast<double>(bytes) + row > kBatchBytes) break;
    bytes += static_cast<std::size_t>(row);
  }
  const duckdb::idx_t left = chunk->size() - rows;
  if (left == 0) return chunk;
  rest_ = duckdb::make_uniq<duckdb::DataChunk>();
  rest_->InitializeEmpty(chunk->GetTypes());
  rest_->Slice(*chunk, duckdb::SelectionVector(rows, left), left);
  chunk->SetCardinality(rows);
  return chunk;
}

duckdb::unique_ptr<duckdb::DataChunk> StatementStream::FetchChunk() {
  if (drained_) return nullptr;
  RunUntilChunk(*result_, context_);
  auto chunk = result_->Fetch();
  if (result_->HasError()) result_->GetErrorObject().Throw();
  drained_ = !chunk || chunk->size() == 0;
  if (drained_) return nullptr;
  return chunk;
}

std::shared_ptr<arrow::RecordBatch> StatementStream::Fetch() {
  std::vector<duckdb::unique_ptr<duckdb::DataChunk>> chunks;
  std::size_t rows = 0;
  std::size_t bytes = 0;
  // The first rows leave at once; later ones in larger batches.
  while (rows < (first_ ? 1 : kBatchRows) && bytes < kBatchBytes) {
    std::size_t more = 0;
    auto chunk = FetchPart(more);
    if (!chunk) break;
    bytes += more;
    if (rows_left_ && chunk->size() > *rows_left_) {
      truncated_ = true;
      chunk->SetCardinality(*rows_left_);
    }
    if (rows_left_) *rows_left_ -= chunk->size();
    if (chunk->size() > 0) {
      rows += chunk->size();
      chunks.push_back(std::move(chunk));
    }
    if (truncated_ || rest_) break;
  }
  first_ = false;
  if (chunks.empty()) return nullptr;
  return chunks_->Convert(chunks);
}

}  // namespace neuralake::engine
