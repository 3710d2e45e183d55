#include "neuralake/engine/scan/row_batches.h"

#include <arrow/record_batch.h>
#include <duckdb/main/stream_query_result.hpp>

#include "neuralake/engine/limits.h"
#include "neuralake/engine/types/arrow_chunk.h"

namespace neuralake::engine {

Status StreamRows(duckdb::Connection& connection, const std::string& sql,
                  const std::function<Status(const arrow::RecordBatch&)>& sink,
                  const std::function<void()>& poll) {
  const auto result = connection.SendQuery(sql);
  if (result->HasError()) result->GetErrorObject().Throw();
  ArrowChunks arrow(*connection.context, result->names, result->types);
  std::vector<duckdb::unique_ptr<duckdb::DataChunk>> chunks;
  std::size_t rows = 0;
  std::size_t bytes = 0;
  while (true) {
    poll();
    auto chunk = result->Fetch();
    if (result->HasError()) result->GetErrorObject().Throw();
    const bool ended = !chunk || chunk->size() == 0;
    if (!ended) {
      rows += chunk->size();
      bytes += chunk->GetAllocationSize();
      chunks.push_back(std::move(chunk));
    }
    if (ended ? rows > 0 : rows >= kBatchRows || bytes >= kBatchBytes) {
      TRY(sink(*arrow.Convert(chunks)));
      chunks.clear();
      rows = bytes = 0;
    }
    if (ended) return {};
  }
}

}  // namespace neuralake::engine
