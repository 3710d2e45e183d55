#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include <nlohmann/json.hpp>

#include "neuralake/base/clock.h"
#include "neuralake/columnar/types.h"
#include "neuralake/delta/table.h"

namespace neuralake::app {

/// Which version of a table a command is about: `--version`, `--timestamp`, or the newest.
struct VersionChoice {
  std::optional<std::int64_t> version;
  std::string timestamp;  ///< ISO text, UTC without a zone; empty when not given.

  /// Add the two options to `command`.
  void AddTo(CLI::App& command);
};

/// Add the argument that says where a table, or the folder of tables, is.
void AddLocation(CLI::App& command, std::string& location, const std::string& name = "uri");

/// For an option that counts something: refuses what is below zero.
CLI::Validator NotNegative();

/// The table at `uri`. A checkpoint behind a commit that cannot be written is a line on standard
/// error.
/// \errors kInvalid, kUnsupported  as `Uri::Parse` and `OpenStore`
Result<std::shared_ptr<delta::Table>> OpenTable(const std::string& uri);

/// The snapshot that `choice` names.
/// \errors kInvalid  both given, or a time that is none; and those of `Table`
Result<delta::SnapshotPtr> OpenSnapshot(delta::Table& table, const VersionChoice& choice);

/// The parts of `names`, which commas separate, without blanks around them.
std::vector<std::string> SplitNames(const std::string& names);

/// Columns that a user says: a file with Delta's schema JSON or with DDL, or DDL itself.
/// \errors kInvalid  with the offset at which the text stops making sense
Result<columnar::Schema> ReadSchema(const std::string& argument);

/// Table properties given as `key=value`.
/// \errors kInvalid  not of that form, or a key twice
Result<delta::StringMap> ParseProperties(const std::vector<std::string>& texts);

/// The time that ISO text names; UTC without a zone.
/// \errors kInvalid
Result<WallTime> ParseTime(const std::string& text);

/// `2020-01-02T03:04:05.678Z`.
std::string FormatTime(WallTime time);

/// Print `json` as one line.
void PrintLine(const nlohmann::ordered_json& json);

}  // namespace neuralake::app
