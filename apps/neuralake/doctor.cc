#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "commands.h"
#include "doctor_checks.h"
#include <nlohmann/json.hpp>

#include "neuralake/settings/settings.h"

namespace neuralake::app {
namespace {

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
  std::cout << "project      " << (loaded.project.empty() ? "none" : loaded.project)
            << "\nenvironment  " << loaded.environment << "\n\n";
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

/// Looks at the project in `loaded`, or at the machine alone when there is none.
std::vector<Finding> Look(const settings::Loaded& loaded) {
  std::vector<Finding> findings;
  const auto add = [&findings](std::vector<Finding> more) {
    std::ranges::move(more, std::back_inserter(findings));
  };
  if (loaded.project.empty()) {
    add(CheckPython(loaded));
    add(CheckPorts(loaded));
    return findings;
  }
  add(CheckDefinitions(loaded));
  add(CheckTables(loaded));
  add(CheckPorts(loaded));
  add(CheckIngest(loaded));
  add(CheckDisk(loaded));
  return findings;
}

int Doctor(const std::string& folder, bool json) {
  const auto environment = settings::ProcessEnvironment();
  const auto project = settings::FindProject(folder);
  auto loaded =
      settings::Load({project.has_value() ? *project : std::filesystem::absolute(folder).string(),
                      environment,
                      {}});
  if (!loaded.has_value()) {
    if (!json) PrintKeys();
    return Report(loaded.error(), json);
  }
  std::vector<Finding> findings;
  if (!project.has_value()) {
    loaded->project.clear();
    findings.push_back({"project", false, project.error().message + ", --project names another"});
  }
  std::ranges::move(Look(*loaded), std::back_inserter(findings));
  const bool good = std::ranges::all_of(findings, &Finding::good);
  if (!json) {
    PrintText(*loaded, findings);
    return good ? 0 : 1;
  }
  using Object = nlohmann::ordered_json;
  Object report = {{"project", project.has_value() ? Object(loaded->project) : Object(nullptr)},
                   {"environment", loaded->environment},
                   {"settings", SettingsJson(*loaded)},
                   {"checks", Object::array()}};
  for (const auto& finding : findings) {
    report["checks"].push_back(
        {{"check", finding.what}, {"ok", finding.good}, {"detail", finding.detail}});
  }
  std::cout << report.dump(2, ' ', false, Object::error_handler_t::replace) << "\n";
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
