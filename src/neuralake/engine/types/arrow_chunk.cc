#include "neuralake/engine/types/arrow_chunk.h"

#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <duckdb/common/type_visitor.hpp>
#include <duckdb/common/vector_operations/vector_operations.hpp>

#include "neuralake/engine/types/duck_error.h"
#include "neuralake/engine/types/duck_type.h"

namespace neuralake::engine {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

// A VARIANT becomes JSON; cast to text directly, it would look like a struct literal.
LogicalType CastTarget(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::VARIANT:
      return LogicalType::JSON();
    case LogicalTypeId::LIST:
      return LogicalType::LIST(CastTarget(duckdb::ListType::GetChildType(type)));
    case LogicalTypeId::ARRAY:
      return LogicalType::LIST(CastTarget(duckdb::ArrayType::GetChildType(type)));
    case LogicalTypeId::STRUCT: {
      duckdb::child_list_t<LogicalType> children;
      for (const auto& child : duckdb::StructType::GetChildTypes(type)) {
        children.emplace_back(child.first, CastTarget(child.second));
      }
      return LogicalType::STRUCT(std::move(children));
    }
    case LogicalTypeId::MAP:
      return LogicalType::MAP(CastTarget(duckdb::MapType::KeyType(type)),
                              CastTarget(duckdb::MapType::ValueType(type)));
    default:
      return AnswerType(type);
  }
}

bool HasVariant(const LogicalType& type) {
  return duckdb::TypeVisitor::Contains(type, LogicalTypeId::VARIANT);
}

// DuckDB's cast makes the text `null` of a VARIANT that is NULL: give the NULLs back. Both vectors
// are flat at the top, and lists have their children in the same places.
void KeepNulls(const LogicalType& type, duckdb::Vector& from, duckdb::Vector& to,
               duckdb::idx_t count) {
  if (!HasVariant(type)) return;
  if (type.id() == LogicalTypeId::VARIANT) {
    duckdb::UnifiedVectorFormat format;
    from.ToUnifiedFormat(count, format);
    to.Flatten(count);
    for (duckdb::idx_t i = 0; i < count; ++i) {
      if (format.validity.RowIsValid(format.sel->get_index(i))) continue;
      duckdb::FlatVector::SetNull(to, i, true);
    }
    return;
  }
  from.Flatten(count);
  to.Flatten(count);
  if (type.id() == LogicalTypeId::STRUCT) {
    const auto& fields = duckdb::StructType::GetChildTypes(type);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      KeepNulls(fields[i].second, *duckdb::StructVector::GetEntries(from)[i],
                *duckdb::StructVector::GetEntries(to)[i], count);
    }
    return;
  }
  const bool fixed = type.id() == LogicalTypeId::ARRAY;
  const auto children =
      fixed ? duckdb::ArrayType::GetSize(type) * count : duckdb::ListVector::GetListSize(from);
  if (children != duckdb::ListVector::GetListSize(to)) {
    ThrowError({ErrorKind::kInternal, "a list changed its length in a cast", {}, -1});
  }
  if (fixed) {
    return KeepNulls(duckdb::ArrayType::GetChildType(type), duckdb::ArrayVector::GetEntry(from),
                     duckdb::ListVector::GetEntry(to), children);
  }
  KeepNulls(duckdb::ListType::GetChildType(type), duckdb::ListVector::GetEntry(from),
            duckdb::ListVector::GetEntry(to), children);
}

template <class T>
T Unwrap(arrow::Result<T> result) {
  if (!result.ok()) {
    ThrowError({ErrorKind::kInternal, "arrow: " + result.status().ToString(), {}, -1});
  }
  return *std::move(result);
}

}  // namespace

ArrowChunks::ArrowChunks(duckdb::ClientContext& context,
                         const duckdb::vector<duckdb::string>& names,
                         const duckdb::vector<LogicalType>& types)
    : context_(context) {
  properties_.client_context = &context;
  for (std::size_t i = 0; i < types.size(); ++i) {
    types_.push_back(AnswerType(types[i]));
    targets_.push_back(CastTarget(types[i]));
    if (targets_[i] != types[i]) cast_.push_back(i);
  }
  ArrowSchema exported;
  duckdb::ArrowConverter::ToArrowSchema(&exported, types_, names, properties_);
  schema_ = Unwrap(arrow::ImportSchema(&exported));
}

void ArrowChunks::Append(duckdb::ArrowAppender& appender, duckdb::DataChunk& chunk) {
  for (const std::size_t column : cast_) {
    duckdb::Vector& source = chunk.data[column];
    duckdb::Vector target(targets_[column], chunk.size());
    if (HasVariant(source.GetType())) source.Flatten(chunk.size());
    duckdb::VectorOperations::Cast(context_, source, target, chunk.size());
    KeepNulls(source.GetType(), source, target, chunk.size());
    // JSON is text under another name: the appender shall see plain text.
    duckdb::Vector plain(types_[column], chunk.size());
    plain.Reinterpret(target);
    chunk.data[column].ReferenceAndSetType(plain);
  }
  appender.Append(chunk, 0, chunk.size(), chunk.size());
}

std::shared_ptr<arrow::RecordBatch> ArrowChunks::Finish(duckdb::ArrowAppender& appender) {
  ArrowArray array = appender.Finalize();
  return Unwrap(arrow::ImportRecordBatch(&array, schema_));
}

std::shared_ptr<arrow::RecordBatch> ArrowChunks::Convert(
    std::vector<duckdb::unique_ptr<duckdb::DataChunk>>& chunks) {
  std::size_t rows = 0;
  for (const auto& chunk : chunks) rows += chunk->size();
  duckdb::ArrowAppender appender(types_, rows, properties_, {});
  for (auto& chunk : chunks) Append(appender, *chunk);
  return Finish(appender);
}

std::shared_ptr<arrow::RecordBatch> ArrowChunks::Convert(duckdb::DataChunk& chunk) {
  duckdb::ArrowAppender appender(types_, chunk.size(), properties_, {});
  Append(appender, chunk);
  return Finish(appender);
}

}  // namespace neuralake::engine
