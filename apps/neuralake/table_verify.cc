#include "commands.h"
#include "table_command.h"
#include <fmt/format.h>

#include "neuralake/storage/object_store.h"
#include "neuralake/verify/verify.h"

namespace neuralake::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kProblems = 1;

struct VerifyArguments {
  std::string uri;
  std::optional<std::int64_t> version;
  bool deep = false;
  bool shallow = false;
  bool json = false;
};

Json NumberOrNull(std::int64_t number) { return number < 0 ? Json(nullptr) : Json(number); }

Json FindingJson(const verify::Finding& finding) {
  const auto& row = verify::Row(finding.rule);
  const auto& place = finding.place;
  return {{"rule", row.name},
          {"severity", verify::Name(row.severity)},
          {"file", place.file.empty() ? Json(nullptr) : Json(place.file)},
          {"version", NumberOrNull(place.version)},
          {"row", NumberOrNull(place.row)},
          {"message", finding.message}};
}

void PrintJson(const verify::Report& report, bool deep) {
  Json findings = Json::array();
  for (const auto& finding : report.findings) findings.push_back(FindingJson(finding));
  PrintLine({{"version", report.version},
             {"files", report.files},
             {"commits", report.commits},
             {"checkpoints", report.checkpoints},
             {"checksums", report.checksums},
             {"notReachable", report.not_reachable},
             {"deep", deep},
             {"problems", report.problems},
             {"findings", std::move(findings)}});
}

std::string Many(std::size_t count, std::string_view thing) {
  return Counted(static_cast<std::int64_t>(count), thing);
}

void PrintText(const verify::Report& report) {
  for (const auto& finding : report.findings) fmt::print("{}\n", verify::Text(finding));
  if (report.problems > report.findings.size()) {
    fmt::print("… and {} more\n", report.problems - report.findings.size());
  }
  fmt::print("verified version {}: {}, {}, {}; {}", report.version, Many(report.files, "file"),
             Many(report.commits, "commit"), Many(report.checkpoints, "checkpoint"),
             Many(report.problems, "problem"));
  if (report.not_reachable > 0) {
    fmt::print("; {} in places that cannot be reached", Many(report.not_reachable, "file"));
  }
  fmt::print("\n");
}

Result<bool> Verify(const VerifyArguments& arguments) {
  const auto deadline = Deadline::Never(StopOnSignals());
  const auto store = TRY(storage::OpenStore(TRY(Uri::Parse(arguments.uri))));
  const auto depth = arguments.shallow ? verify::Depth::kShallow : verify::Depth::kDeep;
  const auto report = TRY(verify::Verify(store, {arguments.version, depth}, deadline));
  if (arguments.json) {
    PrintJson(report, !arguments.shallow);
  } else {
    PrintText(report);
  }
  return report.problems == 0;
}

}  // namespace

void AddTableVerify(CLI::App& app, Outcome& outcome) {
  auto* command = TableGroup(app).add_subcommand(
      "verify", "Check a table against the protocol: log, checkpoints, statistics, files");
  auto arguments = std::make_shared<VerifyArguments>();
  AddLocation(*command, arguments->uri);
  command->add_option("--version", arguments->version, "The version to look at");
  auto* deep = command->add_flag("--deep", arguments->deep,
                                 "Read all rows of the data files too, which is the default");
  command
      ->add_flag("--shallow", arguments->shallow,
                 "Look at the log and the presence of files, and leave the rows unread")
      ->excludes(deep);
  command->add_flag("--json", arguments->json, "One JSON object");
  command->callback([arguments, &outcome] {
    const auto clean = Verify(*arguments);
    if (!clean) {
      outcome.exit_code = Report(clean.error(), arguments->json);
    } else if (!*clean) {
      outcome.exit_code = kProblems;
    }
  });
}

}  // namespace neuralake::app
