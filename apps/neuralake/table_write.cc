#include "neuralake/delta/data/table_write.h"

#include <charconv>

#include "commands.h"
#include "progress_line.h"
#include "row_file.h"
#include "table_command.h"
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/columnar/schema_merge.h"

namespace neuralake::app {
namespace {

using delta::TableWrite;

struct WriteArguments {
  std::string uri;
  std::vector<std::string> files;
  std::string mode = "append";
  std::string schema_mode;
  std::string replace_where;
  std::string partition_by;
  std::vector<std::string> properties;
  std::string transaction;
  bool json = false;
};

using Files = std::vector<std::unique_ptr<RowFile>>;

/// The columns of all files. Text is read as the table's types when there is a table whose columns
/// stay, so that no type is guessed then.
Result<columnar::Schema> SchemaOf(delta::Table& table, const delta::TableWriteOptions& options,
                                  const Files& files, const Deadline& deadline) {
  if (options.schema_mode == delta::SchemaMode::kStrict) {
    const auto latest = table.Latest(deadline);
    if (latest) return (*latest)->metadata().schema;
    if (latest.error().kind != ErrorKind::kNotFound) return std::unexpected(latest.error());
  }
  columnar::Schema schema;
  for (const auto& file : files) schema = columnar::MergeSchema(schema, TRY(file->Schema()));
  return schema;
}

Result<delta::SetTransaction> ParseTransaction(const std::string& text) {
  const auto equals = text.rfind('=');
  delta::SetTransaction transaction;
  transaction.app_id = text.substr(0, equals);
  const char* end = text.data() + text.size();
  const char* begin = equals == std::string::npos ? end : text.data() + equals + 1;
  const auto parsed = std::from_chars(begin, end, transaction.version);
  if (transaction.app_id.empty() || begin == end || parsed.ptr != end) {
    return Fail(ErrorKind::kInvalid, "--transaction takes application=number, not " + text);
  }
  return transaction;
}

Result<delta::TableWriteOptions> OptionsOf(const WriteArguments& arguments) {
  if (!arguments.replace_where.empty()) {
    return Fail(ErrorKind::kUnsupported,
                "--replace-where is not in this release; --mode overwrite replaces all rows");
  }
  delta::TableWriteOptions options;
  options.mode = TRY(delta::ParseWriteMode(arguments.mode));
  options.schema_mode = TRY(delta::ParseSchemaMode(arguments.schema_mode));
  options.creation.configuration = TRY(ParseProperties(arguments.properties));
  if (!arguments.transaction.empty()) {
    options.transactions.push_back(TRY(ParseTransaction(arguments.transaction)));
  }
  if (!arguments.partition_by.empty()) options.partition_by = SplitNames(arguments.partition_by);
  return options;
}

Result<delta::Written> WriteFiles(const WriteArguments& arguments, const Deadline& deadline) {
  const auto options = TRY(OptionsOf(arguments));
  Files files;
  for (const auto& name : arguments.files) files.push_back(TRY(RowFile::Open(name, deadline)));
  const auto table = TRY(OpenTable(arguments.uri));
  const auto schema = TRY(SchemaOf(*table, options, files, deadline));
  const auto write = TRY(TableWrite::Begin(table, schema, options, deadline));
  ProgressLine progress;
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < files.size() && !write->is_ignored(); ++i) {
    TRY(files[i]->Begin(write->schema()));
    while (const auto batch = TRY(files[i]->Next(deadline))) {
      auto written = write->Write(*batch, deadline);
      if (!written) return Annotate(std::move(written).error(), arguments.files[i]);
      rows += batch->num_rows();
      progress.Rows(rows);
    }
    files[i].reset();
  }
  return write->Commit(deadline);
}

Status Write(const WriteArguments& arguments) {
  const auto stop = StopOnSignals();
  const auto written = TRY(WriteFiles(arguments, Deadline::Never(stop)));
  if (arguments.json) {
    PrintLine({{"version", written.version},
               {"rows", written.rows},
               {"files", written.files},
               {"bytes", written.bytes},
               {"created", written.created}});
  } else {
    fmt::print("version {}: {} in {}, {}{}\n", written.version, Counted(written.rows, "row"),
               Counted(written.files, "file"), Counted(written.bytes, "byte"),
               written.created ? ", table created" : "");
  }
  return {};
}

}  // namespace

void AddTableWrite(CLI::App& app, Outcome& outcome) {
  auto* command = TableGroup(app).add_subcommand("write",
                                                 "Write the rows of files into a table, as one "
                                                 "commit; create it when it is not there");
  auto arguments = std::make_shared<WriteArguments>();
  AddLocation(*command, arguments->uri);
  command->add_option("files", arguments->files, "Parquet, CSV, NDJSON, JSON or Arrow files")
      ->required();
  command->add_option("--mode", arguments->mode, "append, overwrite, error or ignore")
      ->capture_default_str();
  command->add_option(
      "--schema-mode", arguments->schema_mode,
      "merge: add columns that the table lacks; overwrite: take those of the files");
  command->add_option("--partition-by", arguments->partition_by,
                      "Of a new table: columns, separated by commas");
  command->add_option("--property", arguments->properties, "Of a new table: key=value");
  command->add_option("--transaction", arguments->transaction,
                      "application=number: goes into the same commit; a write that the table has "
                      "the number of already does nothing");
  // Known, so that it is refused by its reason; not shown, since it does nothing.
  command->add_option("--replace-where", arguments->replace_where)->group("");
  command->add_flag("--json", arguments->json, "One JSON object");
  command->callback([arguments, &outcome] {
    const auto done = Write(*arguments);
    if (!done) outcome.exit_code = Report(done.error(), arguments->json);
  });
}

}  // namespace neuralake::app
