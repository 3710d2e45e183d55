#include "neuralake/generate/declared.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "neuralake/columnar/time_text.h"
#include "neuralake/generate/limits.h"
#include "neuralake/generate/values.h"

namespace neuralake::generate {
namespace {

using columnar::TypeId;

bool CanCount(TypeId id) {
  return id == TypeId::kByte || id == TypeId::kShort || id == TypeId::kInteger ||
         id == TypeId::kLong || id == TypeId::kString;
}

std::int64_t MostOf(TypeId id) {
  switch (id) {
    case TypeId::kByte:
      return std::numeric_limits<std::int8_t>::max();
    case TypeId::kShort:
      return std::numeric_limits<std::int16_t>::max();
    case TypeId::kInteger:
      return std::numeric_limits<std::int32_t>::max();
    default:
      return kRowsMax;
  }
}

/// The first column of `field` that holds a variant, or nothing.
bool HasVariant(const columnar::DataType& type) {
  return type.id == TypeId::kVariant || std::ranges::any_of(type.children, [](const auto& child) {
           return HasVariant(child.type);
         });
}

/// Position of the column that numbers the rows; nothing when the table has no key.
Result<std::optional<std::size_t>> NumberedColumn(const DatasetRequest::Declared& declared,
                                                  std::int64_t rows) {
  std::optional<std::size_t> found;
  bool unique = declared.key.empty();
  for (const auto& name : declared.key) {
    const auto index = declared.schema.IndexOf(name);
    if (!index)
      return Fail(ErrorKind::kInvalid, fmt::format("key column {} is not a column", name));
    const auto id = declared.schema.fields[*index].type.id;
    if (CanCount(id)) found = index;
    unique = unique || CanCount(id) || id == TypeId::kTimestamp || id == TypeId::kTimestampNtz;
  }
  if (!unique) {
    return Fail(ErrorKind::kInvalid,
                "the key has no column of an integer, text or timestamp type to tell rows apart");
  }
  if (found) {
    const auto& field = declared.schema.fields[*found];
    if (rows - 1 > MostOf(field.type.id)) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("key column {} of type {} cannot tell {} rows apart", field.name,
                              columnar::FormatType(field.type), rows));
    }
  }
  return found;
}

class Declared final : public RowMaker {
 public:
  Declared(columnar::Schema schema, std::vector<ValuePlan> plans)
      : schema_(std::move(schema)), plans_(std::move(plans)) {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    for (const auto& plan : plans_) out.Keep(AppendValue(plan, row_, out.Next()));
    ++row_;
    return true;
  }

 private:
  columnar::Schema schema_;
  std::vector<ValuePlan> plans_;
  std::int64_t row_ = 0;
};

Status CheckRanges(const DatasetRequest::Declared& declared) {
  if (!(declared.nulls >= 0 && declared.nulls <= 1)) {
    return Fail(ErrorKind::kInvalid, fmt::format("share of nulls {}: 0 to 1", declared.nulls));
  }
  if (declared.distinct < 1) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} different values: 1 or more", declared.distinct));
  }
  for (const auto& name : declared.partition_by) {
    if (declared.schema.Find(name) == nullptr) {
      return Fail(ErrorKind::kInvalid, fmt::format("partition column {} is not a column", name));
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<RowMaker>> OpenDeclared(const DatasetRequest& request, std::int64_t rows) {
  const auto& declared = request.declared;
  if (declared.schema.fields.empty()) {
    return Fail(ErrorKind::kInvalid, "the dataset schema needs columns: --schema or --table");
  }
  TRY(CheckRanges(declared));
  const auto numbered = TRY(NumberedColumn(declared, rows));
  std::vector<ValuePlan> plans;
  for (std::size_t i = 0; i < declared.schema.fields.size(); ++i) {
    const auto& field = declared.schema.fields[i];
    if (HasVariant(field.type)) {
      return Fail(ErrorKind::kUnsupported,
                  fmt::format("column {}: values of type variant cannot be made up", field.name));
    }
    const auto same = [&](const std::string& name) { return declared.schema.IndexOf(name) == i; };
    const bool is_key = std::ranges::any_of(declared.key, same);
    ValueRules rules{.seed = request.seed,
                     .skew = request.skew,
                     .nulls = declared.nulls,
                     .distinct = declared.distinct};
    if (is_key) rules.nulls = 0;
    if (std::ranges::any_of(declared.partition_by, same)) {
      rules.distinct = std::min(rules.distinct, kPartitionsMax);
      rules.few = true;
    }
    plans.push_back(MakePlan(field, field.name, rules));
    plans.back().numbered = numbered == i;
  }
  return std::make_unique<Declared>(declared.schema, std::move(plans));
}

}  // namespace neuralake::generate
