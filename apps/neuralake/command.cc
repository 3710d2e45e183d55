#include "command.h"

#include <cstdio>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <pthread.h>
#include <unistd.h>

#include "neuralake/base/check.h"

namespace neuralake::app {
namespace {

CLI::App& Group(CLI::App& app, const std::string& name, const std::string& description) {
  for (auto* group :
       app.get_subcommands([&](CLI::App* child) { return child->check_name(name); })) {
    return *group;
  }
  auto* group = app.add_subcommand(name, description);
  group->require_subcommand(1);
  return *group;
}

}  // namespace

int Report(const Error& error, bool json) {
  const auto& row = Row(error.kind);
  if (json) {
    nlohmann::ordered_json object = {{"kind", row.name}, {"message", error.message}};
    if (error.position >= 0) object["position"] = error.position;
    std::fprintf(stderr, "%s\n", nlohmann::ordered_json({{"error", object}}).dump().c_str());
  } else {
    std::string line = error.message;
    for (auto at = line.find('\n'); at != std::string::npos; at = line.find('\n', at)) {
      line.replace(at, 1, "; ");
    }
    std::fprintf(stderr, "neuralake: %s\n", line.c_str());
  }
  return row.exit_code;
}

std::string Counted(std::int64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

CLI::App& TableGroup(CLI::App& app) {
  return Group(app, "table", "Look at and work on Delta tables");
}

CLI::App& CatalogGroup(CLI::App& app) {
  return Group(app, "catalog", "Definitions, manifest, site and snippets");
}

std::stop_token StopOnSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  // Blocked in every thread that starts from here; one thread waits for them.
  NL_CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
  std::stop_source source;
  std::thread([signals, source] mutable {
    int signal = 0;
    sigwait(&signals, &signal);
    source.request_stop();
    sigwait(&signals, &signal);
    _exit(128 + signal);
  }).detach();
  return source.get_token();
}

}  // namespace neuralake::app
