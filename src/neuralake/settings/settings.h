#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::settings {

/// A Kafka topic that feeds a table: one `[[kafka]]` in the file.
struct KafkaSource {
  std::string brokers;  ///< `host:port`, comma-separated.
  std::string topic;
  std::string table;                              ///< `database.table` of the catalog.
  std::map<std::string, std::string> properties;  ///< Handed to librdkafka as they are.
};

/// Every setting of every process, with its default. Declared once: `Rows()` holds key, help and
/// range of each, and gives the file format, the environment variables, the checks, `doctor` and
/// the reference page.
struct Settings {
  struct Catalog {
    std::string module = "lake:catalog";
    std::string python;
  } catalog;
  struct Serve {
    std::string host = "127.0.0.1";
    std::int64_t port = 8080;
    std::int64_t pg_port = 5433;
    std::int64_t workers = 4;
    std::int64_t queue_max = 256;
    std::int64_t rows_max = 10'000;
    std::chrono::milliseconds statement_timeout = std::chrono::minutes(5);
    std::chrono::milliseconds staleness_max{0};
    bool site = true;
  } serve;
  struct Engine {
    std::int64_t threads = 0;
    std::int64_t memory_bytes = 0;
    std::string temp_directory;
    std::int64_t function_workers = 2;
    std::int64_t function_memory_bytes = 0;
  } engine;
  struct Ingest {
    std::string directory = ".neuralake/ingest";
    std::string socket;
    std::int64_t flush_rows = 100'000;
    std::int64_t flush_bytes = 64LL << 20;
    std::chrono::milliseconds flush_interval{1'000};
    std::int64_t log_bytes_max = 4LL << 30;
    std::chrono::milliseconds idempotency_window = std::chrono::hours(24);
    std::int64_t metrics_port = 0;
  } ingest;
  struct Compact {
    std::chrono::milliseconds interval = std::chrono::minutes(1);
    std::int64_t target_bytes = 128LL << 20;
    std::int64_t files_min = 4;
    std::chrono::milliseconds age_min{0};
    std::int64_t memory_bytes = 2LL << 30;
  } compact;
  struct Vacuum {
    std::chrono::milliseconds interval = std::chrono::hours(1);
    std::chrono::milliseconds retention = std::chrono::hours(24 * 7);
    std::chrono::milliseconds full_interval = std::chrono::hours(24);
  } vacuum;
  struct Log {
    std::string level = "info";
  } log;
  std::vector<KafkaSource> kafka;
};

/// How the text of a setting is read.
enum class Kind : std::uint8_t {
  kText,
  kFlag,      ///< `true` or `false`.
  kNumber,    ///< An integer.
  kBytes,     ///< `1048576`, `64KiB`, `128MiB`, `4GiB`.
  kDuration,  ///< `250ms`, `5s`, `1m`, `24h`, `7d`.
};

/// One setting, described.
struct SettingRow {
  std::string_view key;  ///< `serve.port`.
  Kind kind;
  std::string_view help;
  std::int64_t least = INT64_MIN;  ///< For kNumber, kBytes and, in milliseconds, kDuration.
  std::int64_t most = INT64_MAX;
};

/// All settings in the order of the file.
const std::vector<SettingRow>& Rows();

/// The value of `key` as text, in the form that the file takes.
std::string TextOf(const Settings& settings, std::string_view key);

/// Where values come from, later ones winning: the file, its section for the environment,
/// `.env`, `NEURALAKE_…` variables, flags.
struct LoadRequest {
  std::string project;                             ///< The folder of `neuralake.toml`.
  std::map<std::string, std::string> environment;  ///< The process's variables.
  std::map<std::string, std::string> flags;        ///< Key to text: `serve.port` to `0`.
};

struct Loaded {
  Settings settings;
  std::string project;                         ///< Absolute.
  std::string environment = "local";           ///< `local` or `production`.
  std::map<std::string, std::string> origins;  ///< Key to `neuralake.toml:7`, `.env`, a variable, …
};

/// Read and check all settings.
/// \errors kInvalid  lists every problem, one a line: where, key, what is wrong, what would be
/// right
Result<Loaded> Load(const LoadRequest& request);

/// The folder at or above `start` that holds `neuralake.toml`.
/// \errors kNotFound
Result<std::string> FindProject(std::string_view start);

/// The environment variable of `key`: `serve.port` is `NEURALAKE_SERVE__PORT`.
std::string VariableOf(std::string_view key);

/// The reference page of all settings, in Markdown.
std::string ReferencePage();

/// The process's environment as a map.
std::map<std::string, std::string> ProcessEnvironment();

}  // namespace neuralake::settings
