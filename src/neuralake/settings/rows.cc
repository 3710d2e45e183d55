#include <array>
#include <span>
#include <utility>

#include "neuralake/base/check.h"
#include "neuralake/settings/rows_internal.h"

namespace neuralake::settings {
namespace {

struct Declaration {
  SettingRow row;
  Slot (*slot)(Settings&);
};

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

// The one place that names a setting: key, kind, help, range, member.
const std::vector<Declaration>& Declarations() {
  using enum Kind;
  static const std::vector<Declaration> rows = {
      {{"catalog.module", kText,
        "The definitions: `module:attribute`, importable from the project folder."},
       [](Settings& s) -> Slot { return &s.catalog.module; }},
      {{"catalog.python", kText,
        "The Python that imports the definitions. Empty: the active virtual environment's, else "
        "python3."},
       [](Settings& s) -> Slot { return &s.catalog.python; }},
      {{"serve.host", kText, "Listen address; only loopback is accepted until identities exist."},
       [](Settings& s) -> Slot { return &s.serve.host; }},
      {{"serve.port", kNumber, "HTTP port; 0 picks a free one.", 0, 65535},
       [](Settings& s) -> Slot { return &s.serve.port; }},
      {{"serve.pg_port", kNumber, "Port of the Postgres protocol; 0 picks a free one.", 0, 65535},
       [](Settings& s) -> Slot { return &s.serve.pg_port; }},
      {{"serve.workers", kNumber, "Statements that run at once.", 1, 256},
       [](Settings& s) -> Slot { return &s.serve.workers; }},
      {{"serve.queue_max", kNumber, "Statements that may wait for a worker; beyond it 429.", 1,
        100'000},
       [](Settings& s) -> Slot { return &s.serve.queue_max; }},
      {{"serve.rows_max", kNumber, "Rows of an answer when the request does not say.", 1,
        1'000'000'000},
       [](Settings& s) -> Slot { return &s.serve.rows_max; }},
      {{"serve.statement_timeout", kDuration, "A statement that runs longer is cancelled.", 1,
        kDayMs},
       [](Settings& s) -> Slot { return &s.serve.statement_timeout; }},
      {{"serve.staleness_max", kDuration,
        "How old the known version of a table may be when a statement starts; 0: look every time.",
        0, kDayMs},
       [](Settings& s) -> Slot { return &s.serve.staleness_max; }},
      {{"serve.site", kFlag, "Generate the catalog pages and serve them below /catalog/."},
       [](Settings& s) -> Slot { return &s.serve.site; }},
      {{"engine.threads", kNumber, "Threads of the SQL engine; 0: one a core.", 0, 1024},
       [](Settings& s) -> Slot { return &s.engine.threads; }},
      {{"engine.memory_bytes", kBytes, "Memory of the SQL engine; 0: half of the machine's.", 0},
       [](Settings& s) -> Slot { return &s.engine.memory_bytes; }},
      {{"engine.temp_directory", kText, "Where sorts and joins spill. Empty: below .neuralake."},
       [](Settings& s) -> Slot { return &s.engine.temp_directory; }},
      {{"engine.function_workers", kNumber, "Python processes that serve function tables.", 1, 64},
       [](Settings& s) -> Slot { return &s.engine.function_workers; }},
      {{"engine.function_memory_bytes", kBytes,
        "Memory of one such process; a call that takes more is ended. 0: a quarter of the "
        "machine's.",
        0},
       [](Settings& s) -> Slot { return &s.engine.function_memory_bytes; }},
      {{"ingest.directory", kText,
        "Folder of the write-ahead log; its disk is what an acknowledgement rests on."},
       [](Settings& s) -> Slot { return &s.ingest.directory; }},
      {{"ingest.socket", kText,
        "Unix socket of the ingest process. Empty: `ingest.sock` in its folder."},
       [](Settings& s) -> Slot { return &s.ingest.socket; }},
      {{"ingest.flush_rows", kNumber, "Commit a table's batch at so many rows.", 1, 100'000'000},
       [](Settings& s) -> Slot { return &s.ingest.flush_rows; }},
      {{"ingest.flush_bytes", kBytes, "Commit a table's batch at so many bytes.", 1},
       [](Settings& s) -> Slot { return &s.ingest.flush_bytes; }},
      {{"ingest.flush_interval", kDuration, "Commit a table's batch at this age.", 1, kDayMs},
       [](Settings& s) -> Slot { return &s.ingest.flush_interval; }},
      {{"ingest.log_bytes_max", kBytes, "Stop acknowledging when so much waits for a commit.",
        1 << 20},
       [](Settings& s) -> Slot { return &s.ingest.log_bytes_max; }},
      {{"ingest.idempotency_window", kDuration, "How long an Idempotency-Key is remembered.", 1000,
        365 * kDayMs},
       [](Settings& s) -> Slot { return &s.ingest.idempotency_window; }},
      {{"ingest.metrics_port", kNumber, "HTTP port of the ingest process's own /metrics; 0: none.",
        0, 65535},
       [](Settings& s) -> Slot { return &s.ingest.metrics_port; }},
      {{"compact.interval", kDuration, "Pause between two rounds of compaction.", 100, kDayMs},
       [](Settings& s) -> Slot { return &s.compact.interval; }},
      {{"compact.target_bytes", kBytes, "Merge small files up to this size.", 1 << 10},
       [](Settings& s) -> Slot { return &s.compact.target_bytes; }},
      {{"compact.files_min", kNumber, "Leave a partition alone with fewer small files.", 2,
        1'000'000},
       [](Settings& s) -> Slot { return &s.compact.files_min; }},
      {{"compact.age_min", kDuration, "Leave files alone that are younger.", 0, 365 * kDayMs},
       [](Settings& s) -> Slot { return &s.compact.age_min; }},
      {{"compact.memory_bytes", kBytes, "Memory of the compaction's engine.", 64 << 20},
       [](Settings& s) -> Slot { return &s.compact.memory_bytes; }},
      {{"vacuum.interval", kDuration, "Pause between two rounds of vacuum.", 100, kDayMs * 365},
       [](Settings& s) -> Slot { return &s.vacuum.interval; }},
      {{"vacuum.retention", kDuration,
        "Keep removed files so long, unless a table's delta.deletedFileRetentionDuration says "
        "more.",
        0, 3650 * kDayMs},
       [](Settings& s) -> Slot { return &s.vacuum.retention; }},
      {{"vacuum.full_interval", kDuration,
        "Pause between two vacuums that list the folder, for files that no commit names; 0: none.",
        0, 365 * kDayMs},
       [](Settings& s) -> Slot { return &s.vacuum.full_interval; }},
      {{"log.level", kText, "debug, info, warning or error."},
       [](Settings& s) -> Slot { return &s.log.level; }},
  };
  return rows;
}

Result<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t value = 0;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 18) return Fail(ErrorKind::kInvalid, "is not an integer");
  for (const char c : text) {
    if (c == '_') continue;
    if (c < '0' || c > '9') return Fail(ErrorKind::kInvalid, "is not an integer");
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

using Unit = std::pair<std::string_view, std::int64_t>;

Result<std::int64_t> ParseWithUnit(std::string_view text, std::span<const Unit> units,
                                   std::string_view expected) {
  for (const auto& [suffix, factor] : units) {
    if (!text.ends_with(suffix)) continue;
    const auto number = ParseInteger(text.substr(0, text.size() - suffix.size()));
    if (!number.has_value() || *number > INT64_MAX / factor || *number < 0) break;
    return *number * factor;
  }
  return Fail(ErrorKind::kInvalid, std::string(expected));
}

Result<std::int64_t> ParseBytes(std::string_view text) {
  static constexpr std::array<Unit, 5> kUnits = {
      {{"KiB", 1LL << 10}, {"MiB", 1LL << 20}, {"GiB", 1LL << 30}, {"TiB", 1LL << 40}, {"", 1}}};
  return ParseWithUnit(text, kUnits, "is not a size such as 1048576, 64KiB, 128MiB or 4GiB");
}

Result<std::int64_t> ParseDurationMs(std::string_view text) {
  static constexpr std::array<Unit, 6> kUnits = {
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", kDayMs}, {"", 0}}};
  return ParseWithUnit(text, std::span(kUnits).first(5),
                       "is not a duration such as 250ms, 5s, 1m, 24h or 7d");
}

Status CheckRange(const SettingRow& row, std::int64_t value) {
  if (value >= row.least && value <= row.most) return {};
  std::string range = row.most == INT64_MAX
                          ? "at least " + std::to_string(row.least)
                          : std::to_string(row.least) + ".." + std::to_string(row.most);
  if (row.kind == Kind::kDuration) range += " milliseconds";
  return Fail(ErrorKind::kInvalid, "is out of range; it must be " + range);
}

}  // namespace

const std::vector<SettingRow>& Rows() {
  static const std::vector<SettingRow> rows = [] {
    std::vector<SettingRow> list;
    for (const auto& declaration : Declarations()) list.push_back(declaration.row);
    return list;
  }();
  return rows;
}

Slot SlotOf(Settings& settings, std::string_view key) {
  for (const auto& declaration : Declarations()) {
    if (declaration.row.key == key) return declaration.slot(settings);
  }
  NL_CHECK(false && "a key of Rows()");
  return {};
}

Status Assign(Settings& settings, const SettingRow& row, std::string_view text) {
  const Slot slot = SlotOf(settings, row.key);
  switch (row.kind) {
    case Kind::kText:
      *std::get<std::string*>(slot) = text;
      return {};
    case Kind::kFlag:
      if (text != "true" && text != "false") {
        return Fail(ErrorKind::kInvalid, "is neither true nor false");
      }
      *std::get<bool*>(slot) = text == "true";
      return {};
    case Kind::kNumber:
    case Kind::kBytes: {
      const auto value = TRY(row.kind == Kind::kBytes ? ParseBytes(text) : ParseInteger(text));
      TRY(CheckRange(row, value));
      *std::get<std::int64_t*>(slot) = value;
      return {};
    }
    case Kind::kDuration: {
      const auto value = TRY(ParseDurationMs(text));
      TRY(CheckRange(row, value));
      *std::get<std::chrono::milliseconds*>(slot) = std::chrono::milliseconds(value);
      return {};
    }
  }
  return {};
}

}  // namespace neuralake::settings
