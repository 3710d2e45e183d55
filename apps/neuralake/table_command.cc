#include "table_command.h"

#include <chrono>
#include <cstdio>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "neuralake/base/uri.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::app {

void VersionChoice::AddTo(CLI::App& command) {
  auto* by_version = command.add_option("--version", version, "the version to look at");
  command.add_option("--timestamp", timestamp, "the last version at or before this time (ISO)")
      ->excludes(by_version);
}

Result<std::shared_ptr<delta::Table>> OpenTable(const std::string& uri) {
  return delta::Table::Open(TRY(storage::OpenStore(TRY(Uri::Parse(uri)))));
}

Result<delta::SnapshotPtr> OpenSnapshot(delta::Table& table, const VersionChoice& choice) {
  const auto deadline = Deadline::Never();
  if (choice.version) return table.AtVersion(*choice.version, deadline);
  if (choice.timestamp.empty()) return table.Latest(deadline);
  const auto micros = columnar::ParseTimestamp(choice.timestamp);
  if (!micros) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("'{}' is not a time such as 2024-05-01T12:00:00Z", choice.timestamp));
  }
  const auto time = std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(*micros)));
  return table.AtTime(time, deadline);
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
