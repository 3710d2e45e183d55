#include "neuralake/ingest/ingester.h"

#include <chrono>
#include <utility>

namespace neuralake::ingest {

namespace {

/// A table keeps one position for each partition of a topic.
Status CheckTopics(const std::vector<KafkaTopicOptions>& topics) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& each : topics) {
    if (seen.emplace(each.topic, each.table).second) continue;
    return Fail(ErrorKind::kInvalid, "topic " + each.topic + " feeds table " + each.table +
                                         " twice; name it once in [[kafka]]");
  }
  return {};
}

}  // namespace

Ingester::Ingester(const IngesterOptions& options, const Parts& parts)
    : parts_(parts),
      numbers_(parts.metrics),
      checkpointer_(parts.log, parts.kills),
      budget_(options.pending_bytes_max) {
  tables_ = std::make_unique<TableDirectory>(
      parts.catalog, TableDirectory::Parts{.open = parts.open,
                                           .on_commit =
                                               [this](const SinkCommit& commit) {
                                                 numbers_.Committed(commit);
                                                 checkpointer_.Committed(commit);
                                               },
                                           .wake =
                                               [this] {
                                                 if (flusher_ != nullptr) flusher_->Wake();
                                               },
                                           .write = {},
                                           .unknown = options.unknown,
                                           .flush = options.flush,
                                           .budget = budget_,
                                           .kills = parts.kills,
                                           .clock = parts.clock});
}

Result<std::unique_ptr<Ingester>> Ingester::Start(const IngesterOptions& options,
                                                  const Parts& parts) {
  TRY(CheckTopics(options.topics));
  std::unique_ptr<Ingester> made(new Ingester(options, parts));
  auto* self = made.get();
  self->log_ = TRY(PushLog::Open(parts.folder, options.push,
                                 {.tables = *self->tables_,
                                  .budget = self->budget_,
                                  .kills = parts.kills,
                                  .clock = parts.clock,
                                  .rng = parts.rng}));
  for (const auto& mended : self->log_->mended()) parts.log.Warn("ingest", mended);
  self->flusher_ = std::make_unique<Flusher>(
      *self->tables_, options.flush_threads,
      [self](const IngestTable& table, const Status& status) { self->Flushed(table, status); },
      parts.clock);
  for (const auto& topic : options.topics) {
    self->topics_.push_back(
        std::make_unique<KafkaTopic>(topic, KafkaTopic::Parts{.tables = *self->tables_,
                                                              .budget = self->budget_,
                                                              .kills = parts.kills,
                                                              .log = parts.log,
                                                              .metrics = parts.metrics,
                                                              .clock = parts.clock}));
  }
  self->server_ = TRY(PushServer::Listen(
      options.socket,
      {.push = [self](const PushRequest& request,
                      const Deadline& deadline) { return self->Push(request, deadline); },
       .metrics =
           [self] {
             self->Look();
             return self->numbers_.Expose();
           }},
      parts.kills));
  return made;
}

Ingester::~Ingester() {
  server_.reset();
  for (const auto& topic : topics_) topic->RequestStop();
  // Before the topics: their partitions leave a table's pipeline only when no flush of it runs. It
  // lives on without threads, since topics and log still wake it.
  if (flusher_ != nullptr) flusher_->Stop();
  topics_.clear();
  log_.reset();
}

Result<PushAnswer> Ingester::Push(const PushRequest& request, const Deadline& deadline) {
  const auto began = parts_.clock.Mono();
  auto answer = log_->Push(request, deadline);
  if (!answer.has_value() && answer.error().kind == ErrorKind::kCancelled) {
    answer = Fail(ErrorKind::kUnavailable, "ingest is stopping");
  }
  const std::chrono::duration<double> took = parts_.clock.Mono() - began;
  numbers_.Pushed(request, answer, took.count());
  return answer;
}

/// Tell when flushes of a table begin to fail and when they work again, not each of them.
void Ingester::Flushed(const IngestTable& table, const Status& status) {
  numbers_.Flushed(table.name, status);
  bool changed = false;
  {
    std::lock_guard lock(mutex_);
    changed =
        status.has_value() ? failing_.erase(table.name) > 0 : failing_.insert(table.name).second;
  }
  if (!changed) return;
  if (status.has_value()) {
    parts_.log.Info("ingest", "rows are committed again", {{"table", table.name}});
  } else {
    parts_.log.Failure("ingest", status.error(),
                       {{"table", table.name}, {"rows", "are kept, and it is tried again"}});
  }
}

void Ingester::Look() { numbers_.Look(*tables_, *log_, budget_); }

void Ingester::Tick() {
  log_->AdoptStrays();
  if (const auto tidied = log_->Tidy(); !tidied.has_value()) {
    parts_.log.Warn("ingest", "the log was not tidied", {{"reason", Describe(tidied.error())}});
  }
  for (const auto& [table, bodies] : log_->state().strays) {
    if (!strayed_.insert(table).second) continue;
    parts_.log.Warn("ingest", "the log holds rows of a table that the catalog does not have",
                    {{"table", table}, {"bodies", std::to_string(bodies)}});
  }
  Look();
}

bool Ingester::Replace(catalog::CatalogPtr catalog) {
  const auto moved = tables_->Replace(std::move(catalog));
  for (const auto& table : moved) {
    parts_.log.Warn("ingest", "a table is elsewhere now",
                    {{"table", table.name}, {"was", table.from}, {"is", table.to}});
  }
  strayed_.clear();
  return moved.empty();
}

Status Ingester::Drain(const Deadline& deadline) {
  log_->Close();
  for (const auto& topic : topics_) topic->RequestStop();
  for (const auto& topic : topics_) topic->Stop();
  server_->Stop();
  return flusher_->Drain(deadline);
}

}  // namespace neuralake::ingest
