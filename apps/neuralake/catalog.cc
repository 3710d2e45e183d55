#include <cstdio>
#include <iostream>
#include <memory>

#include "commands.h"
#include "project.h"
#include <nlohmann/json.hpp>

#include "neuralake/catalog/build.h"
#include "neuralake/catalog/columns_csv.h"
#include "neuralake/catalog/diff.h"
#include "neuralake/settings/settings.h"

namespace neuralake::app {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string folder = ".";
  std::string format = "json";
  double timeout_s = 60;
  bool json = false;
  bool exit_code = false;
};

/// Texts of the definitions may hold anything; what is not UTF-8 is replaced.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json ProblemJson(const catalog::Problem& problem) {
  return {{"file", problem.place.file},
          {"line", problem.place.line},
          {"subject", problem.subject},
          {"message", problem.message},
          {"severity", problem.severity == catalog::Severity::kError ? "error" : "warning"}};
}

Result<catalog::Build> BuildProject(const Options& options, std::string& project) {
  const auto loaded = TRY(LoadProject(options.folder));
  project = loaded.project;
  const auto limit = std::chrono::duration<double>(options.timeout_s);
  return catalog::BuildCatalog(BuildRequestOf(loaded),
                               Deadline::After(std::chrono::duration_cast<Duration>(limit)));
}

/// Prints of the definitions, and for people every problem.
void ShowProblems(const catalog::Build& build, bool json) {
  std::cerr << build.log;
  if (json) return;
  for (const auto& problem : build.problems) std::cerr << FormatProblem(problem) << "\n";
}

std::size_t CountTables(const catalog::CatalogModel& model) {
  std::size_t count = 0;
  for (const auto& database : model.databases) count += database.tables.size();
  return count;
}

/// What building or checking came to, for machines; `path` only when something was written.
Json Summary(const catalog::Build& build) {
  Json problems = Json::array();
  for (const auto& problem : build.problems) problems.push_back(ProblemJson(problem));
  Json summary = {{"ok", build.model != nullptr}, {"problems", problems}};
  if (build.model != nullptr) {
    summary["databases"] = build.model->databases.size();
    summary["tables"] = CountTables(*build.model);
    summary["digest"] = build.model->digest;
  }
  return summary;
}

std::string CountText(const catalog::CatalogModel& model) {
  const auto count = [](std::size_t n, const std::string& word) {
    return std::to_string(n) + " " + word + (n == 1 ? "" : "s");
  };
  return count(model.databases.size(), "database") + ", " + count(CountTables(model), "table");
}

int RunBuild(const Options& options) {
  std::string project;
  const auto build = BuildProject(options, project);
  if (!build) return Report(build.error(), options.json);
  ShowProblems(*build, options.json);
  Json summary = Summary(*build);
  if (build->model == nullptr) {
    if (options.json) std::cout << Dump(summary);
    return 1;
  }
  const auto changed = catalog::StoreManifest(project, build->manifest);
  if (!changed) return Report(changed.error(), options.json);
  summary["manifest"] = catalog::ManifestPath(project);
  summary["changed"] = *changed;
  if (options.json) {
    std::cout << Dump(summary);
  } else {
    std::cout << CountText(*build->model) << (*changed ? "; wrote " : "; nothing new for ")
              << catalog::ManifestPath(project) << "\n";
  }
  return 0;
}

int RunCheck(const Options& options) {
  std::string project;
  const auto build = BuildProject(options, project);
  if (!build) return Report(build.error(), options.json);
  ShowProblems(*build, options.json);
  if (options.json) {
    std::cout << Dump(Summary(*build));
  } else if (build->model != nullptr) {
    std::cout << CountText(*build->model) << ", no mistakes\n";
  }
  return build->model == nullptr ? 1 : 0;
}

std::string_view KindName(catalog::ChangeKind kind) {
  switch (kind) {
    case catalog::ChangeKind::kAdded:
      return "added";
    case catalog::ChangeKind::kRemoved:
      return "removed";
    case catalog::ChangeKind::kChanged:
      return "changed";
  }
  return "";
}

int RunDiff(const Options& options) {
  std::string project;
  const auto build = BuildProject(options, project);
  if (!build) return Report(build.error(), options.json);
  ShowProblems(*build, options.json);
  if (build->model == nullptr) {
    if (options.json) std::cout << Dump(Summary(*build));
    return 1;
  }
  const auto stored = catalog::ReadManifest(project);
  if (!stored && stored.error().kind != ErrorKind::kNotFound) {
    return Report(stored.error(), options.json);
  }
  const catalog::CatalogModel nothing;
  const auto changes = catalog::Diff(stored ? **stored : nothing, *build->model);
  Json list = Json::array();
  for (const auto& change : changes) {
    Json entry = {{"kind", KindName(change.kind)}, {"subject", change.subject}};
    if (change.kind == catalog::ChangeKind::kChanged) {
      entry.update({{"field", change.field}, {"before", change.before}, {"after", change.after}});
    }
    list.push_back(std::move(entry));
    if (!options.json) std::cout << FormatChange(change) << "\n";
  }
  if (options.json) std::cout << Dump({{"changes", list}});
  if (!options.json && changes.empty()) std::cout << "no differences\n";
  return options.exit_code && !changes.empty() ? 1 : 0;
}

int RunExport(const Options& options) {
  std::string project;
  const auto build = BuildProject(options, project);
  if (!build) return Report(build.error(), options.json);
  ShowProblems(*build, options.json);
  if (build->model == nullptr) return 1;
  std::cout << (options.format == "csv" ? catalog::ColumnsCsv(*build->model) : build->manifest);
  return 0;
}

using Action = int (*)(const Options&);

CLI::App* Add(CLI::App& group, const char* name, const char* help, Action action,
              const std::shared_ptr<Options>& options, Outcome& outcome) {
  auto* command = group.add_subcommand(name, help);
  command->add_option("--project", options->folder, "A folder of the project");
  command->add_option("--timeout", options->timeout_s, "Seconds for the import")
      ->check(CLI::Range(0.001, 86'400.0));
  command->add_flag("--json", options->json, "For machines");
  command->callback([action, options, &outcome] { outcome.exit_code = action(*options); });
  return command;
}

}  // namespace

void AddCatalog(CLI::App& app, Outcome& outcome) {
  auto& group = CatalogGroup(app);
  const auto options = std::make_shared<Options>();
  Add(group, "build", "Check the definitions and write .neuralake/catalog.json", RunBuild, options,
      outcome);
  Add(group, "check", "Check the definitions; writes nothing", RunCheck, options, outcome);
  Add(group, "diff", "What the definitions change in the manifest on disk", RunDiff, options,
      outcome)
      ->add_flag("--exit-code", options->exit_code, "End with 1 when there are differences");
  Add(group, "export", "Print the catalog: the manifest, or one line a column", RunExport, options,
      outcome)
      ->add_option("--format", options->format,
                   "json: the manifest; csv: one line a declared column, with the tags of columns; "
                   "those of tables, their descriptions and keys are in the manifest alone")
      ->check(CLI::IsMember({"json", "csv"}));
}

}  // namespace neuralake::app
