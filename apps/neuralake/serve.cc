#include <chrono>
#include <cstdio>
#include <future>
#include <map>
#include <memory>
#include <thread>

#include "commands.h"
#include "local_engine.h"
#include "project.h"
#include "push_forward.h"
#include "serve_address.h"
#include "table_watch.h"
#include <fmt/format.h>
#include <unistd.h>

#include "neuralake/catalog/build.h"
#include "neuralake/delta/table.h"
#include "neuralake/maintain/limits.h"
#include "neuralake/observe/log.h"
#include "neuralake/observe/metrics.h"
#include "neuralake/query/service.h"
#include "neuralake/serve/catalog_watch.h"
#include "neuralake/serve/http/api.h"
#include "neuralake/serve/net/server.h"
#include "neuralake/serve/pgcatalog/system_catalog.h"
#include "neuralake/serve/pgwire/connection.h"

namespace neuralake::app {
namespace {

/// What the process ends with when something had to be left running: failed, as any other.
constexpr int kLeft = 1;

/// How long the watch of the tables may take to end: its stop ends all but a disk that hangs.
constexpr std::chrono::seconds kLookEndMax{5};

query::Service::Options ServiceOptionsOf(const settings::Settings::Serve& settings) {
  query::Service::Options options;
  options.lanes.short_slots = static_cast<std::size_t>(settings.workers);
  options.lanes.waiting_max = static_cast<std::size_t>(settings.queue_max);
  options.timeout_max = settings.statement_timeout;
  return options;
}

serve::Server::Options ListenOptionsOf(const settings::Settings::Serve& settings, bool requests) {
  return {settings.host, static_cast<std::uint16_t>(settings.port),
          static_cast<std::uint16_t>(settings.pg_port), requests};
}

TableWatch::Options WatchOptionsOf(const settings::Loaded& loaded, const ServeAddress& address) {
  const auto& settings = loaded.settings;
  return {.site_folder = settings.serve.site ? loaded.project + "/.neuralake/site" : "",
          .snippets = {.http = address.Http(),
                       .postgres_host = address.host,
                       .postgres_port = address.pg_port,
                       .python_catalog = settings.catalog.module},
          .small_bytes = static_cast<std::int64_t>(
              maintain::kFullShare * static_cast<double>(settings.compact.target_bytes))};
}

Status Serve(const std::string& folder, const std::map<std::string, std::string>& flags) {
  const auto stop = StopOnSignals();
  const auto loaded = TRY(LoadProject(folder, flags));
  const auto& settings = loaded.settings;
  const auto level = TRY(observe::ParseLevel(settings.log.level));
  observe::Log log("serve", level);
  const auto shared_metrics = std::make_shared<observe::Metrics>();
  observe::Metrics& metrics = *shared_metrics;
  Clock& clock = SystemClock::Get();

  const auto request = BuildRequestOf(loaded);
  const auto model = TRY(FirstCatalog(request, stop));
  auto options = EngineOptionsOf(loaded);
  options.staleness_max = settings.serve.staleness_max;
  options.metrics = shared_metrics;
  options.hide_folders = true;
  options.open_table = [&log, stop](const std::string& location) {
    return delta::Table::OpenAt(location, {.log = &log, .stop = stop});
  };
  const auto engine = TRY(engine::Engine::Open(std::move(options)));
  engine->SetCatalog(model);
  query::Service queries(*engine, metrics, ServiceOptionsOf(settings.serve));

  serve::CatalogState state(model, clock);
  const auto rows_max = static_cast<std::uint64_t>(settings.serve.rows_max);
  const std::string site = settings.serve.site ? loaded.project + "/.neuralake/site" : "";
  serve::Api api({queries, state, metrics, clock, site,
                  ForwardPushes(IngestSocket(loaded), metrics, clock), rows_max});
  serve::SystemCatalog system_catalog(*engine, state, clock);
  serve::PgParts postgres;
  postgres.catalog = &system_catalog;
  postgres.rows_max = rows_max;
  const auto server =
      TRY(serve::Server::Listen(ListenOptionsOf(settings.serve, level == observe::Level::kDebug),
                                {queries, api, postgres, metrics, log, clock}));
  const ServeAddress address{settings.serve.host, server->port(), server->pg_port()};

  serve::CatalogWatch definitions(
      request, {state, metrics, log, clock,
                [&engine](const catalog::CatalogPtr& fresh) { engine->SetCatalog(fresh); }});
  TableWatch tables(WatchOptionsOf(loaded, address), {state, *engine, metrics, log, clock});
  std::jthread watching([&](const std::stop_token& end) { definitions.Run(end); });
  std::promise<void> looked;
  std::jthread looking([&](const std::stop_token& end) {
    tables.Run(end);
    looked.set_value();
  });

  const auto published = TRY(PublishedAddress::Write(loaded.project, address));
  std::printf("serving %s and %s\n", address.Http().c_str(), address.Postgres().c_str());
  std::fflush(stdout);
  const char* left = nullptr;
  if (!server->Run(stop)) {
    left = "a statement did not stop; ending without it";
  } else {
    looking.request_stop();
    if (looked.get_future().wait_for(kLookEndMax) == std::future_status::ready) return {};
    left = "a look at the tables did not stop; ending without it";
  }
  // What no interrupt stops must not keep the process: nothing of it is to be saved.
  log.Write(observe::Level::kError, "serve", left);
  published->Remove();
  watching = {};  // an import of the definitions ends with it
  std::fflush(nullptr);
  _exit(kLeft);
}

}  // namespace

void AddServe(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand(
      "serve", "The tables over HTTP and the Postgres protocol, and their pages");
  auto folder = std::make_shared<std::string>(".");
  auto flags = std::make_shared<std::map<std::string, std::string>>();
  command->add_option("--project", *folder, "A folder of the project");
  for (const auto& [flag, key, help] :
       {std::tuple{"--host", "serve.host", "Address to listen on; loopback only"},
        std::tuple{"--port", "serve.port", "HTTP port; 0 takes a free one"},
        std::tuple{"--pg-port", "serve.pg_port", "Postgres port; 0 takes a free one"}}) {
    command->add_option_function<std::string>(
        flag, [flags, key](const std::string& text) { (*flags)[key] = text; }, help);
  }
  command->callback([folder, flags, &outcome] {
    if (const auto done = Serve(*folder, *flags); !done.has_value()) {
      outcome.exit_code = Report(done.error());
    }
  });
}

}  // namespace neuralake::app
