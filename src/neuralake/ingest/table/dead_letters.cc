#include "neuralake/ingest/table/dead_letters.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_time.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "neuralake/base/check.h"
#include "neuralake/catalog/locations.h"
#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/ingest/decode/text_values.h"
#include "neuralake/ingest/wal/format.h"

namespace neuralake::ingest {

namespace {

columnar::Schema DeadLetterSchema() {
  using columnar::TypeId;
  const auto text = [](std::string name) {
    return columnar::Field{.name = std::move(name), .type = {.id = TypeId::kString}};
  };
  return {{{.name = "received_at", .type = {.id = TypeId::kTimestamp}},
           text("source"),
           text("position"),
           text("table"),
           text("reason"),
           text("payload"),
           text("payload_encoding")}};
}

/// A reason may quote what came, and what came may be no UTF-8.
std::string Readable(std::string text) {
  if (simdjson::validate_utf8(text)) return text;
  for (auto& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

}  // namespace

std::string DeadLetterUri(const std::string& uri) {
  auto end = uri.size();
  while (end > 1 && uri[end - 1] == '/') --end;
  return uri.substr(0, end) + std::string(catalog::kDeadLettersSuffix);
}

TableDeclaration DeadLetterDeclaration(const std::string& table) {
  return {.name = table + std::string(catalog::kDeadLettersSuffix),
          .description = "Rows that did not fit " + table,
          .schema = DeadLetterSchema()};
}

std::string DeadLetterAppId(const RowSource& source, const std::string& schema_text,
                            const UnknownMembers& unknown) {
  const auto rules =
      fmt::format("{}\n{}\n{}", schema_text, static_cast<int>(unknown.policy), unknown.column);
  return fmt::format("{}-{:016x}", source.app_id(), HashPayload(rules));
}

struct DeadLetterBatch::Columns {
  arrow::TimestampBuilder received_at{arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                                      arrow::default_memory_pool()};
  arrow::StringBuilder source, position, table, reason, payload, payload_encoding;
};

DeadLetterBatch::DeadLetterBatch() : columns_(std::make_unique<Columns>()) {}

DeadLetterBatch::~DeadLetterBatch() = default;

void DeadLetterBatch::Add(const std::string& table, const RowSource& source,
                          const PendingRows& rows, const RejectedRow& row) {
  const bool text = simdjson::validate_utf8(row.payload);
  auto& to = *columns_;
  auto status = to.received_at.Append(rows.received_ms * 1000);
  status &= to.source.Append(source.name());
  status &= to.position.Append(source.PositionOf(rows, row));
  status &= to.table.Append(table);
  status &= to.reason.Append(Readable(row.reason));
  status &= to.payload.Append(text ? row.payload : FormatBase64(row.payload));
  status &= to.payload_encoding.Append(text ? "text" : "base64");
  NL_CHECK(status.ok());  // only memory can be missing
}

std::int64_t DeadLetterBatch::rows() const { return columns_->source.length(); }

Result<std::shared_ptr<arrow::RecordBatch>> DeadLetterBatch::Finish() {
  auto& from = *columns_;
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (arrow::ArrayBuilder* builder : {static_cast<arrow::ArrayBuilder*>(&from.received_at),
                                       static_cast<arrow::ArrayBuilder*>(&from.source),
                                       static_cast<arrow::ArrayBuilder*>(&from.position),
                                       static_cast<arrow::ArrayBuilder*>(&from.table),
                                       static_cast<arrow::ArrayBuilder*>(&from.reason),
                                       static_cast<arrow::ArrayBuilder*>(&from.payload),
                                       static_cast<arrow::ArrayBuilder*>(&from.payload_encoding)}) {
    arrays.push_back(TRY(columnar::Unwrap(builder->Finish(), "dead letters")));
  }
  const auto schema = columnar::ToArrow(DeadLetterSchema());
  const auto rows = arrays.front()->length();
  return arrow::RecordBatch::Make(schema, rows, std::move(arrays));
}

}  // namespace neuralake::ingest
