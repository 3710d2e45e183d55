#include "table_rows.h"

#include "answer.h"
#include "table_command.h"
#include <fmt/format.h>

namespace neuralake::app {

void RowsTarget::AddTo(CLI::App& command) {
  command.add_option("--output", output, "A file: .parquet, .arrow, .csv, .ndjson or .json");
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
