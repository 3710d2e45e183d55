#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#include "commands.h"
#include "table_command.h"
#include <fmt/format.h>

#include "neuralake/storage/object_store.h"

namespace neuralake::app {
namespace {

using Json = nlohmann::ordered_json;

struct FilesArguments {
  std::string uri;
  VersionChoice choice;
  bool json = false;
};

Json FileJson(const delta::Snapshot& snapshot, std::size_t file) {
  const auto& files = snapshot.files();
  const auto& columns = snapshot.metadata().partition_columns;
  Json values = Json::object();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto value = files.partition_value(file, i);
    values[columns[i]] = value ? Json(std::string(*value)) : Json(nullptr);
  }
  Json json = {{"path", std::string(files.path(file))},
               {"size", files.size(file)},
               {"modificationTime", files.modification_time(file)},
               {"partitionValues", std::move(values)}};
  const auto records = files.num_records(file);
  json["numRecords"] = records ? Json(*records) : Json(nullptr);
  const auto vector = files.deletion_vector(file);
  json["deletedRecords"] = vector ? vector->cardinality : 0;
  return json;
}

Status Files(const FilesArguments& arguments) {
  const auto table = TRY(OpenTable(arguments.uri));
  const auto snapshot = TRY(OpenSnapshot(*table, arguments.choice));
  const auto& files = snapshot->files();
  for (std::size_t file = 0; file < files.count(); ++file) {
    if (arguments.json) {
      PrintLine(FileJson(*snapshot, file));
      continue;
    }
    const auto records = files.num_records(file);
    fmt::print("{:>12}  {:>10}  {}\n", files.size(file), records ? std::to_string(*records) : "?",
               files.path(file));
  }
  return {};
}

/// A place of which a listing would say that it is empty, because it is none.
Status CheckFolder(const Uri& uri) {
  if (uri.scheme != "file") return {};
  std::error_code failure;
  if (std::filesystem::is_directory(uri.path, failure)) return {};
  if (std::filesystem::exists(uri.path, failure)) {
    return Fail(ErrorKind::kInvalid,
                uri.path + " is a file; name the folder that tables lie below");
  }
  return Fail(ErrorKind::kNotFound, "there is no folder " + uri.path);
}

/// A table is a folder with a `_delta_log` below it.
Status Discover(const FilesArguments& arguments) {
  constexpr std::string_view kLog = "/_delta_log/";
  const auto prefix = TRY(Uri::Parse(arguments.uri));
  TRY(CheckFolder(prefix));
  const auto store = TRY(storage::OpenStore(prefix));
  const auto objects = TRY(storage::ListAll(*store, {}, Deadline::Never()));
  if (objects.empty() && prefix.scheme != "file") {
    return Fail(ErrorKind::kNotFound, "there is no object below " + prefix.ToString());
  }
  std::set<std::string> tables;
  for (const auto& object : objects) {
    const std::string key = "/" + object.key;
    const auto at = key.find(kLog);
    if (at != std::string::npos) tables.insert(key.substr(0, at));
  }
  for (const auto& path : tables) {
    const Uri uri = path.empty() ? store->root() : store->root().Join(path.substr(1));
    if (arguments.json) {
      PrintLine({{"location", uri.ToString()}});
    } else {
      fmt::print("{}\n", uri.ToString());
    }
  }
  return {};
}

}  // namespace

void AddTableFiles(CLI::App& app, Outcome& outcome) {
  auto& group = TableGroup(app);
  const auto finish = [&outcome](CLI::App* command,
                                 const std::shared_ptr<FilesArguments>& arguments,
                                 Status (*run)(const FilesArguments&)) {
    command->add_flag("--json", arguments->json, "One JSON object a line");
    command->callback([arguments, run, &outcome] {
      const auto done = run(*arguments);
      if (!done) outcome.exit_code = Report(done.error(), arguments->json);
    });
  };
  auto arguments = std::make_shared<FilesArguments>();
  auto* files = group.add_subcommand("files", "The data files of a table");
  AddLocation(*files, arguments->uri);
  arguments->choice.AddTo(*files);
  finish(files, arguments, Files);
  auto prefix = std::make_shared<FilesArguments>();
  auto* discover = group.add_subcommand("discover", "The Delta tables below a folder or prefix");
  AddLocation(*discover, prefix->uri, "prefix");
  finish(discover, prefix, Discover);
}

}  // namespace neuralake::app
