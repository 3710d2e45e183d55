#include "neuralake/engine/engine.h"

#include <prometheus/counter.h>

#include "neuralake/engine/attach/lake.h"
#include "neuralake/engine/duck.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/sql/admission.h"
#include "neuralake/engine/sql/instance.h"
#include "neuralake/engine/sql/running.h"
#include "neuralake/engine/sql/statement_stream.h"
#include "neuralake/engine/types/duck_error.h"
#include "neuralake/engine/types/duck_type.h"
#include "neuralake/observe/metrics.h"

namespace neuralake::engine {
namespace {

EngineCounters MakeCounters(const std::shared_ptr<observe::Metrics>& metrics) {
  if (metrics == nullptr) return {};
  return {metrics, &metrics->Counter("neuralake_engine_statements_total", "Statements that ran."),
          &metrics->Counter("neuralake_engine_files_read_total", "Data files that scans opened."),
          &metrics->Counter("neuralake_engine_files_skipped_total",
                            "Live data files that statistics, partitions or filters ruled out.")};
}

TableOpener OpenerOf(const EngineOptions& options) {
  if (options.open_table) return options.open_table;
  return [](const std::string& location) { return delta::Table::OpenAt(location); };
}

}  // namespace

struct Engine::Impl {
  explicit Impl(EngineOptions o)
      : options(std::move(o)),
        running(std::make_shared<Running>(MakeCounters(options.metrics))),
        lake(std::make_shared<Lake>(OpenerOf(options), options.functions, options.staleness_max,
                                    options.hide_folders)) {}

  /// The instance, made anew when the last one broke.
  Result<std::shared_ptr<Instance>> Get() {
    std::lock_guard lock(mutex);
    if (!instance || instance->broken()) instance = TRY(Instance::Open(options, lake));
    return instance;
  }

  Result<StatementContext> Begin(const Statement& statement, const Deadline& deadline) {
    auto slot = TRY(Slot::Take(running, options.statements_max));
    return StatementContext::Begin(std::move(slot), TRY(Get()), statement.sql, deadline);
  }

  const EngineOptions options;
  const std::shared_ptr<Running> running;
  const std::shared_ptr<Lake> lake;

  std::mutex mutex;
  // Guarded by mutex.
  std::shared_ptr<Instance> instance;
};

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::Open(EngineOptions options) {
  auto engine = std::unique_ptr<Engine>(new Engine(std::make_unique<Impl>(std::move(options))));
  TRY(engine->impl_->Get());
  return engine;
}

void Engine::SetCatalog(catalog::CatalogPtr model) {
  const auto before = impl_->lake->model();
  const bool changed = before && model && before->digest != model->digest;
  impl_->lake->SetModel(std::move(model));
  if (changed && impl_->options.functions) impl_->options.functions->DefinitionsChanged();
}

Result<std::unique_ptr<RowStream>> Engine::Execute(const Statement& statement, const Grants& grants,
                                                   const Limits& limits, const Deadline& deadline) {
  auto context = TRY(impl_->Begin(statement, limits.EndOf(deadline)));
  const auto options = context.connection->context->GetParserOptions();
  auto admitted = TRY(Admit(statement.sql, grants, *impl_->lake->model(), options));
  context.text = admitted.text;
  return StatementStream::Start(std::move(context), std::move(admitted), statement, limits);
}

Result<Description> Engine::Describe(const Statement& statement, const Grants& grants,
                                     const Deadline& deadline) {
  auto context = TRY(impl_->Begin(statement, deadline));
  const auto options = context.connection->context->GetParserOptions();
  auto admitted = TRY(Admit(statement.sql, grants, *impl_->lake->model(), options));
  context.text = admitted.text;
  return DescribeAdmitted(context, std::move(admitted));
}

Result<std::shared_ptr<delta::Table>> Engine::Table(const std::string& location) {
  return impl_->lake->Table(location);
}

}  // namespace neuralake::engine
