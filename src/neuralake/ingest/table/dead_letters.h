#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/ingest/table/pending.h"
#include "neuralake/ingest/table/table_sink.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::ingest {

/// Where the rows that do not fit the table at `uri` go: a Delta table beside it,
/// `<uri>__dead_letters`.
std::string DeadLetterUri(const std::string& uri);

/// The table that holds them:
///
/// | column | holds |
/// |---|---|
/// | `received_at` | when the row came |
/// | `source` | `push` or `kafka:topic` |
/// | `position` | where it stands there: `record:row`, or `partition:offset:row` |
/// | `table` | which table it was for |
/// | `reason` | why it does not fit |
/// | `payload` | the row as it came |
/// | `payload_encoding` | `text`, or `base64` where the row is no UTF-8 |
TableDeclaration DeadLetterDeclaration(const std::string& table);

/// The application under which the dead letters keep how far they are there of `source`.
///
/// Which rows do not fit is a matter of the table's schema and of what becomes of unknown members,
/// so a position holds for one pair of them: had either changed since, a row below it may have
/// become one that does not fit. A row whose letter went in before the table's own commit failed,
/// and which is read anew after such a change (a restart, a message of Kafka), has a second letter
/// with the same `position`: of two rather than of none.
std::string DeadLetterAppId(const RowSource& source, const std::string& schema_text,
                            const UnknownMembers& unknown);

/// Collects dead letters into a batch of that table.
class DeadLetterBatch {
 public:
  DeadLetterBatch();
  ~DeadLetterBatch();

  void Add(const std::string& table, const RowSource& source, const PendingRows& rows,
           const RejectedRow& row);
  std::int64_t rows() const;
  Result<std::shared_ptr<arrow::RecordBatch>> Finish();

 private:
  struct Columns;
  std::unique_ptr<Columns> columns_;
};

}  // namespace neuralake::ingest
