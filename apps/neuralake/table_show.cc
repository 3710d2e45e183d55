#include "commands.h"
#include "table_command.h"
#include <fmt/format.h>

namespace neuralake::app {
namespace {

using Json = nlohmann::ordered_json;

struct ShowArguments {
  std::string uri;
  VersionChoice choice;
  bool json = false;
};

Json ProtocolJson(const delta::Protocol& protocol) {
  const std::vector<std::string> none;
  return {{"minReaderVersion", protocol.min_reader_version},
          {"minWriterVersion", protocol.min_writer_version},
          {"readerFeatures", protocol.reader_features.value_or(none)},
          {"writerFeatures", protocol.writer_features.value_or(none)}};
}

template <class T>
Json OrNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json MetadataJson(const delta::Metadata& metadata) {
  return {{"id", metadata.id},
          {"name", OrNull(metadata.name)},
          {"description", OrNull(metadata.description)},
          {"partitionColumns", metadata.partition_columns},
          {"schemaString", metadata.schema_text},
          {"createdTime", OrNull(metadata.created_time)}};
}

Json SnapshotJson(const delta::Snapshot& snapshot) {
  Json properties = Json::object();
  for (const auto& [key, value] : snapshot.metadata().configuration) properties[key] = value;
  return {{"version", snapshot.version()},
          {"timestamp", FormatTime(snapshot.timestamp())},
          {"protocol", ProtocolJson(snapshot.protocol())},
          {"metadata", MetadataJson(snapshot.metadata())},
          {"properties", std::move(properties)},
          {"numFiles", snapshot.files().count()},
          {"sizeBytes", snapshot.size_bytes()},
          {"numRecords", OrNull(snapshot.num_records())}};
}

std::string Join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

std::string FeaturesText(const delta::Protocol& protocol) {
  std::string text =
      fmt::format("reader {}, writer {}", protocol.min_reader_version, protocol.min_writer_version);
  if (protocol.reader_features) text += "; readers need " + Join(*protocol.reader_features);
  if (protocol.writer_features) text += "; writers need " + Join(*protocol.writer_features);
  return text;
}

void PrintSnapshot(const delta::Snapshot& snapshot, const std::string& uri) {
  const auto& metadata = snapshot.metadata();
  const auto records = snapshot.num_records();
  fmt::print("table      {}\n", metadata.name.value_or(uri));
  if (metadata.description) fmt::print("about      {}\n", *metadata.description);
  fmt::print("version    {} of {}\n", snapshot.version(), FormatTime(snapshot.timestamp()));
  fmt::print("rows       {}\n", records ? std::to_string(*records) : "not told by the log");
  fmt::print("files      {}, {}\n", snapshot.files().count(),
             Counted(snapshot.size_bytes(), "byte"));
  fmt::print("partition  {}\n", Join(metadata.partition_columns));
  fmt::print("protocol   {}\n", FeaturesText(snapshot.protocol()));
  for (const auto& [key, value] : metadata.configuration) {
    fmt::print("property   {} = {}\n", key, value);
  }
  for (const auto& field : metadata.schema.fields) {
    fmt::print("column     {} {}{}\n", field.name, columnar::FormatType(field.type),
               field.nullable ? "" : " not null");
  }
}

Status Show(const ShowArguments& arguments) {
  const auto table = TRY(OpenTable(arguments.uri));
  const auto snapshot = TRY(OpenSnapshot(*table, arguments.choice));
  if (arguments.json) {
    PrintLine(SnapshotJson(*snapshot));
  } else {
    PrintSnapshot(*snapshot, arguments.uri);
  }
  return {};
}

/// What `show` tells, and what the log keeps besides: applications, domains, removed files.
Status Detail(const ShowArguments& arguments) {
  const auto table = TRY(OpenTable(arguments.uri));
  const auto snapshot = TRY(OpenSnapshot(*table, arguments.choice));
  Json detail = SnapshotJson(*snapshot);
  detail["location"] = table->store()->root().ToString();
  Json applications = Json::object();
  for (const auto& txn : snapshot->transactions()) applications[txn.app_id] = txn.version;
  Json domains = Json::object();
  for (const auto& domain : snapshot->domains()) domains[domain.domain] = domain.configuration;
  const std::size_t removed = snapshot->tombstones().size();
  if (arguments.json) {
    detail["transactions"] = std::move(applications);
    detail["domains"] = std::move(domains);
    detail["numRemovedFiles"] = removed;
    PrintLine(detail);
    return {};
  }
  PrintSnapshot(*snapshot, arguments.uri);
  fmt::print("location   {}\n", table->store()->root().ToString());
  fmt::print("removed    {}, kept until the retention ends\n",
             Counted(static_cast<std::int64_t>(removed), "file"));
  for (const auto& [app, version] : applications.items()) {
    fmt::print("writer     {} at {}\n", app, version.dump());
  }
  for (const auto& [name, configuration] : domains.items()) {
    fmt::print("domain     {} = {}\n", name, configuration.get<std::string>());
  }
  return {};
}

void Add(CLI::App& app, Outcome& outcome, const std::string& name, const std::string& description,
         Status (*run)(const ShowArguments&)) {
  auto* command = TableGroup(app).add_subcommand(name, description);
  auto arguments = std::make_shared<ShowArguments>();
  AddLocation(*command, arguments->uri);
  arguments->choice.AddTo(*command);
  command->add_flag("--json", arguments->json, "One JSON object");
  command->callback([arguments, run, &outcome] {
    const auto done = run(*arguments);
    if (!done) outcome.exit_code = Report(done.error(), arguments->json);
  });
}

}  // namespace

void AddTableShow(CLI::App& app, Outcome& outcome) {
  Add(app, outcome, "show", "Version, schema, properties, size and rows of a table", Show);
  Add(app, outcome, "detail", "What show tells, and applications, domains, removed files", Detail);
}

}  // namespace neuralake::app
