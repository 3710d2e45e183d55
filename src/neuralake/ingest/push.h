#pragma once

#include <string>
#include <string_view>

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

/// What one push was answered.
struct PushAnswer {
  RowCounts counts{};
  Lsn lsn = 0;            ///< Its record in the log.
  bool replayed = false;  ///< Answered from memory: the request had come before.
};

}  // namespace neuralake::ingest
