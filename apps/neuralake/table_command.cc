#include "table_command.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "neuralake/catalog/properties.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/observe/log.h"

namespace neuralake::app {

void VersionChoice::AddTo(CLI::App& command) {
  auto* by_version = command.add_option("--version", version, "The version to look at");
  command.add_option("--timestamp", timestamp, "The last version at or before this time (ISO)")
      ->excludes(by_version);
}

void AddLocation(CLI::App& command, std::string& location, const std::string& name) {
  command.add_option(name, location, "A path, file://… or s3://…")->required();
}

CLI::Validator NotNegative() {
  return {[](const std::string& text) {
            return text.starts_with('-') ? text + " is below zero" : std::string();
          },
          "", "not negative"};
}

Result<std::shared_ptr<delta::Table>> OpenTable(const std::string& uri) {
  struct Opened {
    observe::Log log;
    std::shared_ptr<delta::Table> table;
  };
  const auto opened = std::make_shared<Opened>();
  opened->table = TRY(delta::Table::OpenAt(uri, {.log = &opened->log}));
  return std::shared_ptr<delta::Table>(opened, opened->table.get());
}

Result<delta::SnapshotPtr> OpenSnapshot(delta::Table& table, const VersionChoice& choice) {
  const auto deadline = Deadline::Never();
  if (choice.version) return table.AtVersion(*choice.version, deadline);
  if (choice.timestamp.empty()) return table.Latest(deadline);
  return table.AtTime(TRY(ParseTime(choice.timestamp)), deadline);
}

Result<WallTime> ParseTime(const std::string& text) {
  const auto micros = columnar::ParseTimestamp(text);
  if (!micros) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("'{}' is not a time such as 2024-05-01T12:00:00Z", text));
  }
  return std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(*micros)));
}

std::vector<std::string> SplitNames(const std::string& names) {
  std::vector<std::string> parts;
  std::istringstream in(names);
  for (std::string part; std::getline(in, part, ',');) {
    const auto first = part.find_first_not_of(' ');
    if (first == std::string::npos) continue;
    parts.push_back(part.substr(first, part.find_last_not_of(' ') - first + 1));
  }
  return parts;
}

Result<columnar::Schema> ReadSchema(const std::string& argument) {
  std::string text = argument;
  std::error_code failure;
  if (std::filesystem::is_regular_file(argument, failure)) {
    std::ifstream in(argument, std::ios::binary);
    if (!in) return Fail(ErrorKind::kInvalid, "cannot read " + argument);
    text.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto start = text.find_first_not_of(" \t\r\n");
  const bool is_json = start != std::string::npos && text[start] == '{';
  auto schema = is_json ? columnar::ParseSchemaJson(text) : columnar::ParseDdl(text);
  if (!schema) {
    // What a user hands over is wrong, not stored bytes.
    schema.error().kind = ErrorKind::kInvalid;
    return Annotate(std::move(schema).error(), "--schema");
  }
  return schema;
}

Result<delta::StringMap> ParseProperties(const std::vector<std::string>& texts) {
  delta::StringMap properties;
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Fail(ErrorKind::kInvalid, "--property takes key=value, not " + text);
    }
    const auto key = text.substr(0, equals);
    const auto value = text.substr(equals + 1);
    if (auto problem = catalog::PropertyValueProblem(key, value)) {
      return Fail(ErrorKind::kInvalid, "--" + *problem);
    }
    if (!properties.emplace(key, value).second) {
      return Fail(ErrorKind::kInvalid, "--property gives " + key + " twice");
    }
  }
  return properties;
}

std::string FormatTime(WallTime time) {
  const std::int64_t millis = time.time_since_epoch().count();
  auto text = columnar::FormatTimestampIso(millis * 1000);
  return text.erase(text.size() - 4, 3);  // microseconds to milliseconds
}

void PrintLine(const nlohmann::ordered_json& json) {
  const auto text =
      json.dump(-1, ' ', /*ensure_ascii=*/false, nlohmann::ordered_json::error_handler_t::replace);
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

}  // namespace neuralake::app
