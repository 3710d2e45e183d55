#include "doctor_checks.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <tuple>

#include "command.h"
#include "file_place.h"
#include "project.h"
#include "table_command.h"
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "neuralake/catalog/build.h"
#include "neuralake/serve/net/asio.h"
#include "neuralake/serve/net/listen_address.h"
#include "neuralake/storage/object_store.h"
#include "neuralake/supervise/run_lock.h"

namespace neuralake::app {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// For Python to import the definitions.
constexpr auto kImportTimeMax = 60s;
/// For one table's location to answer, and for all of them.
constexpr auto kTableTimeMax = 5s;
constexpr auto kTablesTimeMax = 30s;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The process that serves this project, by the address that it published.
struct Server {
  pid_t pid = 0;
  std::int64_t port = 0;
  std::int64_t pg_port = 0;
};

std::optional<Server> RunningServer(const std::string& project) {
  const auto json = nlohmann::json::parse(ReadFile(project + "/.neuralake/serve.json"), nullptr,
                                          /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  Server server;
  server.pid = json.value("pid", 0);
  server.port = json.value("port", 0);
  server.pg_port = json.value("pg_port", 0);
  const bool lives = server.pid > 0 && (kill(server.pid, 0) == 0 || errno == EPERM);
  return lives ? std::optional(server) : std::nullopt;
}

/// Whether a process takes connections at the Unix socket `path`.
bool Answers(const std::string& path) {
  sockaddr_un address{};
  if (path.size() >= sizeof(address.sun_path)) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const bool answers =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(socket);
  return answers;
}

/// Why `port` of `host` cannot be listened on.
serve::ErrorCode TryPort(const std::string& host, std::int64_t port) {
  serve::ErrorCode error;
  serve::asio::io_context io;
  const serve::tcp::endpoint endpoint(serve::asio::ip::make_address(host, error),
                                      static_cast<std::uint16_t>(port));
  serve::tcp::acceptor acceptor(io);
  if (!error) std::ignore = acceptor.open(endpoint.protocol(), error);
  if (!error) {
    std::ignore = acceptor.set_option(serve::tcp::acceptor::reuse_address(true), error);
  }
  if (!error) std::ignore = acceptor.bind(endpoint, error);
  return error;
}

/// A port that the settings name.
struct Port {
  std::string what;
  std::string setting;
  std::int64_t port;
  std::string owner;  ///< The process of this project that has it; empty: none.
};

Finding CheckPort(const Port& port, const std::string& host) {
  if (port.port == 0) return {port.what, true, port.setting + " is 0: a free port is picked"};
  const std::string address = fmt::format("{}:{}", host, port.port);
  const auto error = TryPort(host, port.port);
  if (!error) return {port.what, true, address + " is free"};
  if (error != serve::asio::error::address_in_use) {
    return {port.what, false, fmt::format("cannot listen on {}: {}", address, error.message())};
  }
  if (!port.owner.empty()) return {port.what, true, address + " is served by " + port.owner};
  return {
      port.what, false,
      fmt::format("{} is taken by another process; end that, or set {} to another port (0 picks "
                  "a free one)",
                  address, port.setting)};
}

/// What is at the location of `table`; kNotFound when nothing is.
Status Reach(const catalog::TableModel& table, const Deadline& deadline) {
  if (table.kind == catalog::TableKind::kDelta) {
    const auto opened = TRY(OpenTable(table.uri));
    const auto snapshot = opened->Latest(deadline);
    // A table that nothing is written to yet is made by its first push or write.
    if (!snapshot && snapshot.error().kind != ErrorKind::kNotFound) {
      return std::unexpected(snapshot.error());
    }
    return {};
  }
  const auto place = TRY(Locate(table.uri));
  const auto file = place.store->Head(place.key, deadline);
  if (file || file.error().kind != ErrorKind::kNotFound) {
    return file ? Status{} : std::unexpected(file.error());
  }
  const auto store = TRY(storage::OpenStore(TRY(Uri::Parse(table.uri))));
  const auto page = TRY(store->List({.keys_max = 1}, deadline));
  if (page.objects.empty()) return Fail(ErrorKind::kNotFound, "nothing is at " + table.uri);
  return {};
}

}  // namespace

std::vector<Finding> CheckPython(const settings::Loaded& loaded) {
  const auto request = BuildRequestOf(loaded);
  const auto python = catalog::PythonOf(request);
  const auto path = catalog::PythonEnvironment(request).at("PYTHONPATH");
  const auto command =
      fmt::format("PYTHONPATH='{}' '{}' -c 'import neuralake' >/dev/null 2>&1", path, python);
  const int status = std::system(command.c_str());  // NOLINT
  if (status == 0) return {{"python", true, python + " imports neuralake"}};
  return {{"python", false,
           python + " cannot import neuralake; set catalog.python to the environment in which it "
                    "is installed"}};
}

std::vector<Finding> CheckDefinitions(const settings::Loaded& loaded) {
  const auto request = BuildRequestOf(loaded);
  const auto build = catalog::BuildCatalog(request, Deadline::After(kImportTimeMax));
  if (!build) {
    auto findings = CheckPython(loaded);
    findings.push_back({"definitions", false, build.error().message});
    return findings;
  }
  std::vector<Finding> findings = {
      {"python", true, catalog::PythonOf(request) + " imports neuralake"}};
  for (const auto& problem : build->problems) {
    findings.push_back({"definitions", problem.severity == catalog::Severity::kWarning,
                        catalog::FormatProblem(problem)});
  }
  if (build->problems.empty()) {
    findings.push_back({"definitions", true, loaded.settings.catalog.module + " has no mistakes"});
  }
  const auto path = catalog::ManifestPath(loaded.project);
  if (!fs::exists(path)) {
    findings.push_back({"catalog", false, "no " + path + "; run `neuralake catalog build`"});
  } else if (build->model != nullptr && ReadFile(path) != build->manifest) {
    findings.push_back({"catalog", false,
                        path + " is not what the definitions say; run `neuralake catalog build`"});
  } else if (const auto stored = catalog::ReadManifest(loaded.project); !stored) {
    findings.push_back({"catalog", false, stored.error().message});
  } else {
    findings.push_back({"catalog", true, path});
  }
  return findings;
}

std::vector<Finding> CheckPorts(const settings::Loaded& loaded) {
  const auto& settings = loaded.settings;
  const auto host = serve::ParseListenAddress(settings.serve.host);
  if (!host) return {{"http", false, "serve.host: " + host.error().message}};
  const auto server = RunningServer(loaded.project);
  const auto owner = [&](std::int64_t Server::* served, std::int64_t port) {
    return server && (*server).*served == port
               ? fmt::format("this project's server, process {}", server->pid)
               : std::string();
  };
  std::vector<Port> ports = {
      {"http", "serve.port", settings.serve.port, owner(&Server::port, settings.serve.port)},
      {"postgres", "serve.pg_port", settings.serve.pg_port,
       owner(&Server::pg_port, settings.serve.pg_port)}};
  if (settings.ingest.metrics_port != 0) {
    ports.push_back({"metrics", "ingest.metrics_port", settings.ingest.metrics_port,
                     Answers(IngestSocket(loaded)) ? "this project's ingest process" : ""});
  }
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    auto finding = CheckPort(ports[i], *host);
    for (std::size_t before = 0; before < i; ++before) {
      if (ports[i].port == 0 || ports[i].port != ports[before].port) continue;
      finding = {ports[i].what, false,
                 fmt::format("{} and {} are both {}; give each a port of its own",
                             ports[before].setting, ports[i].setting, ports[i].port)};
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<Finding> CheckIngest(const settings::Loaded& loaded) {
  if (Answers(IngestSocket(loaded))) return {{"ingest", true, "takes events"}};
  if (!supervise::RunLock::IsHeld(UpLock(loaded))) {
    return {{"ingest", true, "does not run, and neither does `neuralake up`"}};
  }
  return {
      {"ingest", false,
       "does not run under `neuralake up`, so that pushes are turned away; what `up` prints says "
       "why"}};
}

std::vector<Finding> CheckTables(const settings::Loaded& loaded) {
  const auto model = catalog::ReadManifest(loaded.project);
  if (!model) return {};
  const auto& clock = SystemClock::Get();
  const auto end = clock.Mono() + kTablesTimeMax;
  std::vector<Finding> findings;
  std::int64_t reached = 0;
  std::int64_t skipped = 0;
  for (const auto& database : (*model)->databases) {
    for (const auto& table : database.tables) {
      if (table.kind == catalog::TableKind::kFunction) continue;
      if (clock.Mono() >= end) {
        ++skipped;
        continue;
      }
      const auto done = Reach(table, Deadline::After(kTableTimeMax));
      if (done) {
        ++reached;
        continue;
      }
      findings.push_back({fmt::format("table {}.{}", database.name, table.name), false,
                          fmt::format("{} (defined at {}:{})", done.error().message,
                                      table.place.file, table.place.line)});
    }
  }
  const auto failed = static_cast<std::int64_t>(findings.size());
  std::string detail = Counted(reached, "location") + " answered";
  if (failed > 0) detail += fmt::format(", {} did not", failed);
  if (skipped > 0) detail += fmt::format(", {} were not asked for lack of time", skipped);
  findings.insert(findings.begin(), {"tables", failed == 0 && skipped == 0, detail});
  return findings;
}

std::vector<Finding> CheckDisk(const settings::Loaded& loaded) {
  const auto& settings = loaded.settings;
  fs::path folder = fs::path(loaded.project) / settings.ingest.directory;
  while (!fs::exists(folder) && folder.has_relative_path()) folder = folder.parent_path();
  struct statvfs space{};
  if (statvfs(folder.c_str(), &space) != 0) {
    return {{"disk", false, "cannot look at " + folder.string()}};
  }
  const auto free_bytes = static_cast<std::int64_t>(space.f_bavail * space.f_frsize);
  return {{"disk", free_bytes > settings.ingest.log_bytes_max,
           fmt::format("{} MiB free for the write-ahead log in {}, which may take {} MiB",
                       free_bytes >> 20, folder.string(), settings.ingest.log_bytes_max >> 20)}};
}

}  // namespace neuralake::app
