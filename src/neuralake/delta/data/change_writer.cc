#include "neuralake/delta/data/change_writer.h"

#include <utility>

#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>

#include "neuralake/delta/change_rows.h"

namespace neuralake::delta {
namespace {

const char* TextOf(RowChangeType change) {
  switch (change) {
    case RowChangeType::kInsert:
      return "insert";
    case RowChangeType::kDelete:
      return "delete";
    case RowChangeType::kUpdateBefore:
      return "update_preimage";
    case RowChangeType::kUpdateAfter:
      return "update_postimage";
  }
  std::unreachable();
}

}  // namespace

Result<std::unique_ptr<ChangeWriter>> ChangeWriter::Open(
    std::shared_ptr<storage::ObjectStore> store, const Protocol& protocol,
    const Metadata& metadata) {
  Metadata feed = metadata;
  feed.schema.fields.push_back(ChangeTypeColumn());
  WriteOptions options;
  options.folder = "_change_data/";
  options.prefix = "cdc-";
  auto files = TRY(DataWriter::Open(std::move(store), protocol, feed, options));
  return std::unique_ptr<ChangeWriter>(new ChangeWriter(std::move(files)));
}

Status ChangeWriter::Write(const arrow::RecordBatch& batch, RowChangeType change,
                           const Deadline& deadline) {
  const auto type =
      arrow::MakeArrayFromScalar(arrow::StringScalar(TextOf(change)), batch.num_rows());
  if (!type.ok()) return Fail(ErrorKind::kResourceExhausted, type.status().message());
  const auto rows = batch.AddColumn(batch.num_columns(), kChangeType, *type);
  if (!rows.ok()) return Fail(ErrorKind::kInternal, rows.status().message());
  return files_->Write(**rows, deadline);
}

Result<std::vector<AddCdcFile>> ChangeWriter::Finish(const Deadline& deadline) {
  std::vector<AddCdcFile> actions;
  for (AddFile& file : TRY(files_->Finish(deadline))) {
    actions.push_back({.path = std::move(file.path),
                       .partition_values = std::move(file.partition_values),
                       .size = file.size,
                       .tags = {}});
  }
  return actions;
}

}  // namespace neuralake::delta
