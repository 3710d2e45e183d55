#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "gen_output.h"
#include "progress_line.h"
#include "project.h"
#include "table_command.h"
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "neuralake/columnar/time_text.h"
#include "neuralake/generate/dataset.h"

namespace neuralake::app {
namespace {

using Json = nlohmann::ordered_json;

struct GenArguments {
  generate::DatasetRequest request;
  GenTarget target;
  std::string start = "2024-01-01T00:00:00Z";
  double interval_s = 10;
  std::string schema;
  std::string table;
  std::string project = ".";
  std::string partition_by;
  bool json = false;
};

/// The columns, the key and the partitioning that the catalog of the project declares.
Result<generate::DatasetRequest::Declared> DeclarationOf(const GenArguments& arguments) {
  const auto loaded = TRY(LoadProject(arguments.project));
  const auto catalog = TRY(catalog::ReadManifest(loaded.project));
  const auto dot = arguments.table.find('.');
  const auto* table = dot == std::string::npos ? nullptr
                                               : catalog->Find(arguments.table.substr(0, dot),
                                                               arguments.table.substr(dot + 1));
  if (table == nullptr) {
    return Fail(
        ErrorKind::kNotFound,
        fmt::format("no table {} in the catalog; --table takes database.table", arguments.table));
  }
  auto declared = arguments.request.declared;
  for (const auto& column : table->columns) {
    if (!column.type) {
      return Fail(ErrorKind::kInvalid, fmt::format("column {} of {} has no declared type",
                                                   column.name, arguments.table));
    }
    declared.schema.fields.push_back({column.name, *column.type, column.nullable, {}});
  }
  if (declared.schema.fields.empty()) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} declares no columns; --schema can say them", arguments.table));
  }
  declared.key = table->key;
  declared.partition_by = table->partition_by;
  return declared;
}

Status Complete(GenArguments& arguments) {
  auto& request = arguments.request;
  const bool declares = !arguments.schema.empty() || !arguments.table.empty();
  if (declares && request.name != "schema") {
    return Fail(
        ErrorKind::kInvalid,
        fmt::format("--schema and --table are for the dataset schema, not {}", request.name));
  }
  if (!arguments.table.empty()) request.declared = TRY(DeclarationOf(arguments));
  if (!arguments.schema.empty()) request.declared.schema = TRY(ReadSchema(arguments.schema));
  if (!arguments.partition_by.empty()) {
    request.declared.partition_by = SplitNames(arguments.partition_by);
  }
  arguments.target.partition_by = request.declared.partition_by;
  const auto start = columnar::ParseTimestamp(arguments.start);
  if (!start) {
    return Fail(
        ErrorKind::kInvalid,
        fmt::format("--start {} is not a time such as 2024-05-01T12:00:00Z", arguments.start));
  }
  request.telemetry.start = *start;
  if (!(arguments.interval_s > 0 && arguments.interval_s <= 1e9)) {
    return Fail(ErrorKind::kInvalid, "--interval takes seconds, more than 0");
  }
  request.telemetry.interval = static_cast<std::int64_t>(arguments.interval_s * 1e6);
  arguments.target.seed = request.seed;
  return {};
}

struct Done {
  GenWritten written;
  std::int64_t rows = 0;
  double seconds = 0;
};

/// What is to be done, once the command line made sense.
struct Work {
  std::unique_ptr<generate::RowSource> source;
  std::unique_ptr<GenOutput> output;
};

Result<Work> Prepare(GenArguments& arguments, const Deadline& deadline) {
  TRY(Complete(arguments));
  Work work;
  work.source = TRY(generate::OpenDataset(arguments.request));
  work.output = TRY(GenOutput::Open(arguments.target, work.source->schema(), deadline));
  return work;
}

Result<Done> Generate(const Work& work, const Deadline& deadline) {
  const auto begin = SystemClock::Get().Mono();
  ProgressLine progress;
  Done done;
  while (const auto batch = TRY(work.source->Next())) {
    TRY(deadline.Check("making up rows"));
    TRY(work.output->Write(*batch, deadline));
    done.rows += batch->num_rows();
    progress.Rows(done.rows);
  }
  done.written = TRY(work.output->Finish(deadline));
  done.seconds = std::chrono::duration<double>(SystemClock::Get().Mono() - begin).count();
  return done;
}

Json ReportOf(const GenArguments& arguments, const Done& done) {
  const auto& written = done.written;
  Json json = {{"dataset", arguments.request.name},
               {"rows", done.rows},
               {"seed", arguments.request.seed},
               {"output", arguments.target.output},
               {"format", written.format},
               {"bytes", written.bytes},
               {"seconds", done.seconds}};
  if (written.version) json["version"] = *written.version;
  if (written.files) json["files"] = *written.files;
  if (written.damage) {
    json["bad_rows"] = {{"wrong_type", written.damage->wrong_type},
                        {"missing_field", written.damage->missing_field},
                        {"broken_json", written.damage->broken_json}};
  }
  return json;
}

void Print(const GenArguments& arguments, const Done& done) {
  // Standard output may hold the rows.
  std::FILE* out = arguments.target.output == "-" ? stderr : stdout;
  if (arguments.json) {
    fmt::print(out, "{}\n", ReportOf(arguments, done).dump());
    return;
  }
  const auto& written = done.written;
  fmt::print(out, "{} of {}, {} of {}", Counted(done.rows, "row"), arguments.request.name,
             Counted(written.bytes, "byte"), written.format);
  if (written.version) {
    fmt::print(out, ", version {} in {}", *written.version, Counted(*written.files, "file"));
  }
  if (written.damage && written.damage->total() > 0) {
    fmt::print(out, "; {} bad ones: {} with a wrong type, {} without a field, {} cut off",
               written.damage->total(), written.damage->wrong_type, written.damage->missing_field,
               written.damage->broken_json);
  }
  fmt::print(out, "; {:.1f} s\n", done.seconds);
}

std::string DatasetHelp() {
  std::string help = "One of: ";
  for (const auto& row : generate::Datasets()) {
    help += fmt::format("{}{}", help.ends_with(": ") ? "" : ", ", row.name);
  }
  return help;
}

void AddOptions(CLI::App& command, GenArguments& arguments) {
  auto& request = arguments.request;
  command.add_option("dataset", request.name, DatasetHelp())->required();
  command.add_option("--rows", request.rows, "How many; otherwise 10000, or what --scale makes");
  command.add_option("--seed", request.seed, "The same seed gives the same bytes")
      ->capture_default_str();
  command
      .add_option("--output", arguments.target.output,
                  "A file (.ndjson, .csv, .arrow, .parquet), - for standard output, else the "
                  "location of a Delta table, which is made or appended to")
      ->capture_default_str();
  command.add_flag("--overwrite", arguments.target.overwrite,
                   "Replace a file that is there; otherwise it is refused");
  command
      .add_option("--format", arguments.target.format,
                  "ndjson, csv, arrow, parquet or delta, whatever the name ends in")
      ->check(CLI::IsMember({"ndjson", "csv", "arrow", "parquet", "delta"}));
  command.add_option("--skew", request.skew, "0: all values alike often; 1: Zipf's law")
      ->capture_default_str();
  command
      .add_option("--bad-rows", arguments.target.bad_rows,
                  "Share of lines to break: wrong types, missing fields, broken JSON")
      ->capture_default_str();
  command.add_option("--scale", request.scale, "tpch: 1 is six million line items");
  command.add_option("--devices", request.telemetry.devices, "telemetry: how many")
      ->capture_default_str();
  command.add_option("--start", arguments.start, "telemetry: time of the first reading")
      ->capture_default_str();
  command.add_option("--interval", arguments.interval_s, "telemetry: seconds between readings")
      ->capture_default_str();
  auto* schema = command.add_option("--schema", arguments.schema,
                                    "schema: columns, 'id BIGINT NOT NULL, name STRING', or a "
                                    "file with them or with Delta's schema JSON");
  command.add_option("--table", arguments.table, "schema: columns of this table of the catalog")
      ->excludes(schema);
  command.add_option("--project", arguments.project, "A folder of the project");
  command.add_option("--partition-by", arguments.partition_by,
                     "Of a new Delta table: columns, separated by commas");
  command.add_option("--nulls", request.declared.nulls, "schema: share of nulls")
      ->capture_default_str();
  command.add_option("--distinct", request.declared.distinct, "schema: different values a column")
      ->capture_default_str();
  command.add_flag("--json", arguments.json, "The report as one JSON object");
}

}  // namespace

void AddGen(CLI::App& app, Outcome& outcome) {
  auto* command =
      app.add_subcommand("gen", "Make up data: telemetry, TPC-H-like tables, any schema");
  auto arguments = std::make_shared<GenArguments>();
  AddOptions(*command, *arguments);
  command->callback([arguments, &outcome] {
    const auto deadline = Deadline::Never(StopOnSignals());
    const auto work = Prepare(*arguments, deadline);
    if (!work.has_value()) {
      outcome.exit_code = Report(work.error(), arguments->json);
      // Nothing was looked at but what the user said.
      if (work.error().kind == ErrorKind::kInvalid) outcome.exit_code = kWrongUsage;
      return;
    }
    const auto done = Generate(*work, deadline);
    if (!done.has_value()) {
      outcome.exit_code = Report(done.error(), arguments->json);
    } else {
      Print(*arguments, *done);
    }
  });
}

}  // namespace neuralake::app
