#pragma once

#include <span>
#include <string_view>

namespace neuralake::ingest {

/// The steps of ingest between two of which something durable changes, for crash tests.
namespace kill_points {
inline constexpr std::string_view kBeforeLogWrite = "ingest.before_log_write";
inline constexpr std::string_view kAfterLogWrite = "ingest.after_log_write";
inline constexpr std::string_view kAfterLogSync = "ingest.after_log_sync";
inline constexpr std::string_view kBeforeLogRotate = "ingest.before_log_rotate";
inline constexpr std::string_view kAfterLogRotate = "ingest.after_log_rotate";
inline constexpr std::string_view kBeforeLogRemove = "ingest.before_log_remove";
inline constexpr std::string_view kAfterLogRemove = "ingest.after_log_remove";
inline constexpr std::string_view kBeforeKeysWrite = "ingest.before_keys_write";
inline constexpr std::string_view kAfterKeysWrite = "ingest.after_keys_write";
inline constexpr std::string_view kBeforeAck = "ingest.before_ack";
inline constexpr std::string_view kAfterAck = "ingest.after_ack";
inline constexpr std::string_view kBeforeTableCreate = "ingest.before_table_create";
inline constexpr std::string_view kAfterTableCreate = "ingest.after_table_create";
inline constexpr std::string_view kBeforeFlush = "ingest.before_flush";
inline constexpr std::string_view kBeforeDeadLetterCommit = "ingest.before_dead_letter_commit";
inline constexpr std::string_view kAfterDeadLetterCommit = "ingest.after_dead_letter_commit";
inline constexpr std::string_view kAfterDataWrite = "ingest.after_data_write";
inline constexpr std::string_view kBeforeCommit = "ingest.before_commit";
inline constexpr std::string_view kAfterCommit = "ingest.after_commit";
inline constexpr std::string_view kBeforeCheckpoint = "ingest.before_checkpoint";
inline constexpr std::string_view kAfterCheckpoint = "ingest.after_checkpoint";
inline constexpr std::string_view kAfterKafkaPoll = "ingest.after_kafka_poll";
}  // namespace kill_points

struct KillPointRow {
  std::string_view name;
  std::string_view when;  ///< What has happened, and what has not.
};

/// All of them, in the order in which an event passes them.
std::span<const KillPointRow> KillPoints();

}  // namespace neuralake::ingest
