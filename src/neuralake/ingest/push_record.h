#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "neuralake/base/error.h"
#include "neuralake/ingest/decode/decoder.h"
#include "neuralake/ingest/wal/format.h"

namespace neuralake::ingest {

/// A pushed body as the log keeps it: as it came, because it is smaller than its rows and decoding
/// gives the same rows again.
struct PushRecord {
  std::string table;  ///< `database.table`, as the catalog writes it.
  ContentType content_type = ContentType::kJson;
  std::int64_t received_ms = 0;  ///< Milliseconds since 1970 UTC.
  RowCounts counts;              ///< What the sender was told.
  std::string key;               ///< The Idempotency-Key; empty without one.
  std::string_view body;         ///< Into the bytes it was read from.
};

/// A note that all records of a table up to one are in the table. It saves replay from asking the
/// table, and keeps rows of a table that was dropped and made anew from coming back.
struct CommittedRecord {
  std::string table;
  Lsn through = 0;
};

using LogRecord = std::variant<PushRecord, CommittedRecord>;

std::string EncodeRecord(const PushRecord& record);
std::string EncodeRecord(const CommittedRecord& record);

/// \errors kCorruption  not a record of this format
Result<LogRecord> DecodeRecord(std::string_view payload);

}  // namespace neuralake::ingest
