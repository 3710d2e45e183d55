#include <filesystem>
#include <iostream>

#include "commands.h"
#include <nlohmann/json.hpp>
#include <sys/statvfs.h>

#include "neuralake/settings/settings.h"

namespace neuralake::app {
namespace {

namespace fs = std::filesystem;

struct Finding {
  std::string what;
  bool good;
  std::string detail;
};

/// The Python that would import the definitions: the configured one, the active environment's, or
/// the first on the path.
std::string PythonOf(const settings::Settings& settings,
                     const std::map<std::string, std::string>& environment) {
  if (!settings.catalog.python.empty()) return settings.catalog.python;
  if (const auto active = environment.find("VIRTUAL_ENV"); active != environment.end()) {
    return active->second + "/bin/python";
  }
  return "python3";
}

Finding CheckPython(const std::string& python) {
  const std::string quoted = "'" + python + "'";
  const int status =
      std::system((quoted + " -c 'import neuralake' >/dev/null 2>&1").c_str());  // NOLINT
  return {"python", status == 0,
          status == 0 ? python + " imports neuralake"
                      : python +
                            " cannot import neuralake; set catalog.python to the environment "
                            "in which it is installed"};
}

Finding CheckManifest(const std::string& project) {
  const fs::path path = fs::path(project) / ".neuralake/catalog.json";
  if (!fs::exists(path)) {
    return {"catalog", false, "no " + path.string() + "; run `neuralake catalog build`"};
  }
  return {"catalog", true, path.string()};
}

Finding CheckDisk(const std::string& project, const settings::Settings& settings) {
  fs::path folder = fs::path(project) / settings.ingest.directory;
  while (!fs::exists(folder) && folder.has_relative_path()) folder = folder.parent_path();
  struct statvfs space{};
  if (statvfs(folder.c_str(), &space) != 0) {
    return {"disk", false, "cannot look at " + folder.string()};
  }
  const auto free_bytes = static_cast<std::int64_t>(space.f_bavail * space.f_frsize);
  return {"disk", free_bytes > settings.ingest.log_bytes_max,
          std::to_string(free_bytes >> 20) + " MiB free for the write-ahead log in " +
              folder.string() + ", which may take " +
              std::to_string(settings.ingest.log_bytes_max >> 20) + " MiB"};
}

bool IsSecret(std::string_view name) {
  for (const auto* word : {"password", "secret", "token", "key"}) {
    if (name.find(word) != std::string_view::npos) return true;
  }
  return false;
}

nlohmann::ordered_json SettingsJson(const settings::Loaded& loaded) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& row : settings::Rows()) {
    const std::string key(row.key);
    const auto origin = loaded.origins.find(key);
    list.push_back({{"setting", key},
                    {"value", settings::TextOf(loaded.settings, key)},
                    {"from", origin == loaded.origins.end() ? "default" : origin->second}});
  }
  for (const auto& source : loaded.settings.kafka) {
    list.push_back({{"setting", "kafka." + source.topic},
                    {"value", source.brokers + " to " + source.table},
                    {"from", "neuralake.toml"}});
    for (const auto& [name, value] : source.properties) {
      list.push_back({{"setting", "kafka." + source.topic + "." + name},
                      {"value", IsSecret(name) ? "***" : value},
                      {"from", "neuralake.toml"}});
    }
  }
  return list;
}

void PrintText(const settings::Loaded& loaded, const std::vector<Finding>& findings) {
  std::cout << "project      " << loaded.project << "\nenvironment  " << loaded.environment
            << "\n\n";
  for (const auto& entry : SettingsJson(loaded)) {
    const auto text = [&](const char* name) { return entry[name].get<std::string>(); };
    std::cout << "  " << text("setting") << " = " << text("value");
    if (text("from") != "default") std::cout << "   (" << text("from") << ")";
    std::cout << "\n";
  }
  std::cout << "\n";
  for (const auto& finding : findings) {
    std::cout << (finding.good ? "ok    " : "FAIL  ") << finding.what << ": " << finding.detail
              << "\n";
  }
}

/// What there is to set, when what is set makes no sense.
void PrintKeys() {
  std::cout << "settings:\n";
  for (const auto& row : settings::Rows()) std::cout << "  " << row.key << "\n";
  std::cout << "\n" << std::flush;
}

int Doctor(const std::string& folder, bool json) {
  const auto environment = settings::ProcessEnvironment();
  const auto project = settings::FindProject(folder);
  if (!project.has_value()) return Report(project.error(), json);
  const auto loaded = settings::Load({*project, environment, {}});
  if (!loaded.has_value()) {
    if (!json) PrintKeys();
    return Report(loaded.error(), json);
  }
  const std::vector<Finding> findings = {
      CheckPython(PythonOf(loaded->settings, environment)),
      CheckManifest(loaded->project),
      CheckDisk(loaded->project, loaded->settings),
  };
  bool good = true;
  for (const auto& finding : findings) good = good && finding.good;
  if (!json) {
    PrintText(*loaded, findings);
    return good ? 0 : 1;
  }
  nlohmann::ordered_json report = {{"project", loaded->project},
                                   {"environment", loaded->environment},
                                   {"settings", SettingsJson(*loaded)},
                                   {"checks", nlohmann::ordered_json::array()}};
  for (const auto& finding : findings) {
    report["checks"].push_back(
        {{"check", finding.what}, {"ok", finding.good}, {"detail", finding.detail}});
  }
  std::cout << report.dump(2) << "\n";
  return good ? 0 : 1;
}

}  // namespace

void AddDoctor(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand(
      "doctor",
      "What is installed, reachable, misconfigured; all settings and where they came from");
  auto folder = std::make_shared<std::string>(".");
  auto json = std::make_shared<bool>(false);
  command->add_option("--project", *folder, "A folder of the project");
  command->add_flag("--json", *json, "For machines");
  command->callback([folder, json, &outcome] { outcome.exit_code = Doctor(*folder, *json); });
}

}  // namespace neuralake::app
