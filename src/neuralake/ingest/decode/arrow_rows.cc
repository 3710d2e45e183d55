#include "neuralake/ingest/decode/arrow_rows.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/compute/cast.h>
#include <arrow/compute/exec.h>
#include <arrow/device.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>

#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/io/arrow_stream_end.h"
#include "neuralake/ingest/decode/arrow_match.h"
#include "neuralake/ingest/decode/column.h"
#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

using columnar::Unwrap;
using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

/// Whether values of `field`'s type can be wrong: a null where none may be, a key that comes twice.
/// (Keys may never be null, so a map is found by them.)
bool HasRequired(const arrow::Field& field) {
  return !field.nullable() || std::ranges::any_of(field.type()->fields(), [](const auto& child) {
    return HasRequired(*child);
  });
}

/// The first key of row `row` that it has twice, as text; nothing without one.
std::optional<std::string> RepeatedKey(const arrow::MapArray& map, std::int64_t row) {
  const auto& keys = *map.keys();
  const auto end = map.value_offset(row + 1);
  if (keys.type_id() == arrow::Type::STRING) {
    std::unordered_set<std::string_view> seen;
    for (auto i = map.value_offset(row); i < end; ++i) {
      const auto key = static_cast<const arrow::StringArray&>(keys).GetView(i);
      if (!seen.insert(key).second) return std::string(key);
    }
    return std::nullopt;
  }
  std::unordered_set<std::shared_ptr<arrow::Scalar>, arrow::Scalar::Hash, arrow::Scalar::PtrsEqual>
      seen;
  for (auto i = map.value_offset(row); i < end; ++i) {
    const auto key = keys.GetScalar(i);
    if (key.ok() && !seen.insert(*key).second) return (*key)->ToString();
  }
  return std::nullopt;
}

/// What is wrong with row `row`, and where: a null that the schema does not allow, or a key that
/// comes twice; empty when it is right.
std::string WhatIsWrong(const arrow::Array& array, std::int64_t row, const arrow::Field& field) {
  if (array.IsNull(row)) return field.nullable() ? "" : field.name() + ": it must not be null";
  const auto& type = *field.type();
  if (type.id() == arrow::Type::STRUCT) {
    const auto& members = static_cast<const arrow::StructArray&>(array);
    for (int i = 0; i < type.num_fields(); ++i) {
      const auto inner = WhatIsWrong(*members.field(i), row, *type.field(i));
      if (!inner.empty()) return field.name() + "." + inner;
    }
  } else if (type.id() == arrow::Type::LIST || type.id() == arrow::Type::MAP) {
    if (type.id() == arrow::Type::MAP) {
      const auto key = RepeatedKey(static_cast<const arrow::MapArray&>(array), row);
      if (key) return fmt::format("{}: key '{}' comes twice", field.name(), *key);
    }
    const auto& list = static_cast<const arrow::ListArray&>(array);
    for (auto i = list.value_offset(row); i < list.value_offset(row + 1); ++i) {
      const auto inner = WhatIsWrong(*list.values(), i, *type.field(0));
      if (!inner.empty()) return field.name() + "." + inner;
    }
  }
  return "";
}

/// Whether text for a column of `type` is read as its value, by the rules that JSON and CSV have.
/// (Text for a binary column is its bytes here, since Arrow has a type for bytes.)
bool IsReadFromText(const columnar::DataType& type) {
  return type.children.empty() && type.id != columnar::TypeId::kString &&
         type.id != columnar::TypeId::kBinary;
}

Result<std::shared_ptr<arrow::Array>> ParseText(const arrow::Array& array,
                                                const columnar::Field& field,
                                                const std::shared_ptr<arrow::DataType>& type,
                                                arrow::compute::ExecContext& context) {
  const auto plain = TRY(Unwrap(
      arrow::compute::Cast(array, arrow::utf8(), arrow::compute::CastOptions::Safe(), &context),
      field.name, ErrorKind::kInvalid));
  const auto& texts = static_cast<const arrow::StringArray&>(*plain);
  const auto column = TRY(Column::Make(field));
  for (std::int64_t row = 0; row < texts.length(); ++row) {
    auto appended = texts.IsNull(row) ? column->AppendNull() : column->AppendText(texts.Value(row));
    if (!appended.has_value()) return Annotate(std::move(appended).error(), field.name);
  }
  return column->Finish(type);
}

/// A row as readable text, for its dead letter.
std::string RowText(const arrow::RecordBatch& rows) {
  std::string text = "{";
  for (int i = 0; i < rows.num_columns(); ++i) {
    auto value = rows.column(i)->GetScalar(0);
    if (value.ok() && (*value)->type->id() == arrow::Type::DICTIONARY) {
      value = static_cast<const arrow::DictionaryScalar&>(**value).GetEncodedValue();
    }
    text += fmt::format("{}{}: {}", i == 0 ? "" : ", ", rows.column_name(i),
                        value.ok() ? value.ValueUnsafe()->ToString() : "?");
  }
  return text + "}";
}

/// `result`, where running out of the body's memory means that the body is too large.
template <class T>
Result<T> Within(Result<T> result) {
  if (!result.has_value() && result.error().kind == ErrorKind::kResourceExhausted) {
    return BodyTooLarge();
  }
  return result;
}

/// What one body's rows take.
class BodyBytes {
 public:
  Status Add(std::int64_t bytes) {
    bytes_ += bytes;
    if (bytes_ > kDecodedBytesMax) return BodyTooLarge();
    return {};
  }

 private:
  std::int64_t bytes_ = 0;
};

/// The rows of `parts` in memory of their own: what was read lies in the body, or in a pool that
/// ends with it.
Result<std::shared_ptr<arrow::RecordBatch>> Copy(const Batches& parts) {
  if (parts.size() == 1) {
    return Unwrap(parts.front()->CopyTo(arrow::default_cpu_memory_manager()), "Arrow rows");
  }
  // Not each for itself: a part of a batch is copied with all of the batch.
  return Unwrap(arrow::ConcatenateRecordBatches(parts), "Arrow rows");
}

}  // namespace

std::unexpected<Error> BodyTooLarge() {
  return Fail(ErrorKind::kInvalid,
              fmt::format("a body whose rows take more than {} MiB; send it in parts",
                          kDecodedBytesMax >> 20));
}

ArrowRows::ArrowRows(const columnar::Schema& schema, bool ignore_unknown)
    : fields_(schema.fields), schema_(columnar::ToArrow(schema)), ignore_unknown_(ignore_unknown) {}

Result<Batches> ArrowRows::Read(std::string_view body, const RejectRow& reject) const {
  arrow::ProxyMemoryPool counted(arrow::default_memory_pool());
  arrow::CappedMemoryPool pool(&counted, kDecodedBytesMax);
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = &pool;
  options.use_threads = false;
  const auto input =
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::string(body)));
  const auto stream = TRY(Within(Unwrap(arrow::ipc::RecordBatchStreamReader::Open(input, options),
                                        "not an Arrow stream", ErrorKind::kInvalid)));
  const auto columns = TRY(MatchColumns(*schema_, *stream->schema(), ignore_unknown_));
  BodyBytes bytes;
  const auto counted_reject = [&](std::int64_t row, std::string reason,
                                  std::string payload) -> Status {
    TRY(bytes.Add(static_cast<std::int64_t>(reason.size() + payload.size())));
    return reject(row, std::move(reason), std::move(payload));
  };
  Batches out;
  std::int64_t first = 0;
  for (;;) {
    std::shared_ptr<arrow::RecordBatch> batch;
    const auto at = TRY(Unwrap(input->Tell(), "not an Arrow stream"));
    TRY(Within(Unwrap(stream->ReadNext(&batch), "not an Arrow stream", ErrorKind::kInvalid)));
    if (batch == nullptr) {
      TRY(columnar::CheckStreamEnd(*input, at, ErrorKind::kInvalid));
      return out;
    }
    // Offsets and lengths come from outside: nothing may be read through them before this.
    TRY(Unwrap(batch->ValidateFull(), "not a valid Arrow batch", ErrorKind::kInvalid));
    Batches converted;
    TRY(Convert(*Align(*batch, columns), first, pool, counted_reject, converted));
    first += batch->num_rows();
    if (converted.empty()) continue;
    out.push_back(TRY(Copy(converted)));
    TRY(bytes.Add(arrow::util::TotalBufferSize(*out.back())));
  }
}

/// The columns of the table in its order, as they were given; missing ones are null.
std::shared_ptr<arrow::RecordBatch> ArrowRows::Align(
    const arrow::RecordBatch& given, const std::vector<GivenColumn>& columns) const {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto& [position, type] = columns[i];
    auto array = position < 0 ? std::make_shared<arrow::NullArray>(given.num_rows())
                              : WithNames(given.column(position), type);
    fields.push_back(schema_->field(static_cast<int>(i))->WithType(type));
    arrays.push_back(std::move(array));
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), given.num_rows(), arrays);
}

/// Cast `rows`; when one of them does not fit, halve until it stands alone.
Status ArrowRows::Convert(const arrow::RecordBatch& rows, std::int64_t first,
                          arrow::MemoryPool& pool, const RejectRow& reject, Batches& out) const {
  if (rows.num_rows() == 0) return {};
  auto cast = Cast(rows, pool);
  if (cast.has_value()) {
    out.push_back(*std::move(cast));
    return {};
  }
  if (cast.error().kind == ErrorKind::kResourceExhausted) return BodyTooLarge();
  if (rows.num_rows() == 1) return reject(first, std::move(cast).error().message, RowText(rows));
  const auto half = rows.num_rows() / 2;
  TRY(Convert(*rows.Slice(0, half), first, pool, reject, out));
  return Convert(*rows.Slice(half), first + half, pool, reject, out);
}

Result<std::shared_ptr<arrow::RecordBatch>> ArrowRows::Cast(const arrow::RecordBatch& rows,
                                                            arrow::MemoryPool& pool) const {
  arrow::compute::ExecContext context(&pool);
  context.set_use_threads(false);
  std::vector<std::shared_ptr<arrow::Array>> columns;
  std::int64_t parsed = 0;  // bytes that are not in the pool
  for (int i = 0; i < rows.num_columns(); ++i) {
    const auto& field = *schema_->field(i);
    auto column = rows.column(i);
    const auto& declared = fields_[static_cast<std::size_t>(i)];
    if (IsText(*column->type()) && IsReadFromText(declared.type)) {
      parsed += rows.num_rows() * std::max(1, field.type()->byte_width());
      if (parsed > kDecodedBytesMax) {
        return Fail(ErrorKind::kResourceExhausted, "the values of text columns");
      }
      column = TRY(ParseText(*column, declared, field.type(), context));
    } else if (!column->type()->Equals(*field.type())) {
      auto options = arrow::compute::CastOptions::Safe(field.type());
      options.allow_time_truncate = true;
      column = TRY(Unwrap(arrow::compute::Cast(arrow::Datum(column), options, &context),
                          field.name(), ErrorKind::kInvalid))
                   .make_array();
    }
    if (HasRequired(field)) {
      for (std::int64_t row = 0; row < rows.num_rows(); ++row) {
        auto wrong = WhatIsWrong(*column, row, field);
        if (!wrong.empty()) return Fail(ErrorKind::kInvalid, std::move(wrong));
      }
    }
    columns.push_back(std::move(column));
  }
  return arrow::RecordBatch::Make(schema_, rows.num_rows(), std::move(columns));
}

}  // namespace neuralake::ingest
