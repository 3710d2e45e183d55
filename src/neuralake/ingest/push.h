#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/ingest/decode/decoder.h"
#include "neuralake/ingest/wal/format.h"

namespace neuralake::ingest {

/// Rows that a client pushes into a table.
struct PushRequest {
  std::string database;
  std::string table;
  std::string content_type{};     ///< An HTTP header's text.
  std::string idempotency_key{};  ///< Empty: a repeat is another request.
  std::string_view body{};
};

/// Why one row of a push does not fit its table.
struct RowReason {
  std::int64_t row = 0;  ///< Of the body, from 0, as in its dead letter.
  std::string reason;
};

/// What one push was answered. All its rows were decoded before, for the columns that the table had
/// then.
struct PushAnswer {
  RowCounts counts{};
  Lsn lsn = 0;                       ///< Its record in the log.
  bool replayed = false;             ///< Answered from memory: the request had come before.
  std::int64_t received_ms = 0;      ///< When it came, first; milliseconds since 1970 UTC.
  std::vector<RowReason> reasons{};  ///< Of the first rejected rows; not of a replayed answer.
};

}  // namespace neuralake::ingest
