#include "table_rows.h"

#include "answer.h"
#include "table_command.h"
#include <fmt/format.h>

namespace neuralake::app {

void RowsTarget::AddTo(CLI::App& command) {
  command.add_option("--output", output,
                     "A file: .parquet, .arrow, .csv or .ndjson (also .jsonl, .json)");
  command.add_option("--format", format, kFormats)
      ->capture_default_str()
      ->check(CLI::IsMember(FormatNames()));
  command.add_flag("--json", json, "Errors, and what was written to a file, as JSON");
}

Status RowsTarget::Check() const {
  if (!output.empty()) TRY(FormatOfFile(output));
  return {};
}

std::string Quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

void RowsChoice::AddTo(CLI::App& command) {
  auto* condition =
      command.add_option("--where", where, "The rows for which this SQL condition holds");
  command.add_flag("--all", all, "All rows")->excludes(condition);
}

void RowsChoice::Check() const {
  if (where.empty() && !all) throw CLI::RequiredError("--where, or --all for all rows,");
}

std::string WhereClause(const std::string& condition) {
  // A line of its own, so that a comment in the condition ends with it.
  return condition.empty() ? "" : " WHERE (" + condition + "\n)";
}

Error Located(Error error, const std::string& uri) {
  constexpr std::string_view kOurName = "table lake.t: ";
  if (error.message.starts_with(kOurName)) error.message.erase(0, kOurName.size());
  const auto location = Uri::Parse(uri);
  const std::string name = location ? location->ToString() : uri;
  if (error.message.contains(name)) return error;
  return Annotate(std::move(error), "table " + name).error();
}

Status ChangeRows(engine::Engine& engine, std::string sql, const std::string& uri,
                  const std::string& done, bool json, const Deadline& deadline) {
  engine::Statement statement;
  statement.sql = std::move(sql);
  const auto stream = engine.Execute(statement, {.read = true, .write = true}, {}, deadline);
  if (!stream.has_value()) {
    Error error = Located(stream.error(), uri);
    error.position = -1;  // The statement was made here: a place in it would mean nothing.
    return std::unexpected(std::move(error));
  }
  const auto rows = (*stream)->rows_changed().value_or(0);
  const auto version = (*stream)->versions().at("lake.t");
  if (json) {
    PrintLine({{"uri", uri}, {"version", version}, {"rows_changed", rows}});
  } else if (rows == 0) {
    fmt::print("no row was {}: {} stays at version {}\n", done, uri, version);
  } else {
    fmt::print("{} {} in {}, now at version {}\n", done, Counted(rows, "row"), uri, version);
  }
  return {};
}

Status WriteRows(engine::Engine& engine, std::string sql, const RowsTarget& target,
                 const Deadline& deadline) {
  engine::Statement statement;
  statement.sql = std::move(sql);
  auto stream = engine.Execute(statement, {}, {}, deadline);
  if (!stream.has_value()) {
    // The statement was made here: a place in it would mean nothing to the reader.
    stream.error().position = -1;
    return std::unexpected(stream.error());
  }
  if (target.output.empty()) return PrintAnswer(**stream, target.format);
  const auto rows = TRY(SaveAnswer(**stream, target.output));
  if (target.json) {
    PrintLine({{"rows", rows}, {"output", target.output}});
  } else {
    fmt::print("wrote {} to {}\n", Counted(rows, "row"), target.output);
  }
  return {};
}

}  // namespace neuralake::app
