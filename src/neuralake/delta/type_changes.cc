#include "neuralake/delta/type_changes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace neuralake::delta {
namespace {

using columnar::DataType;
using columnar::Field;
using columnar::TypeId;

/// How many digits before the point every value of an integer type needs. The protocol counts ten
/// for the small ones too, but tables are there whose writers counted what they need.
int IntegerDigits(TypeId id) {
  switch (id) {
    case TypeId::kByte:
      return 3;
    case TypeId::kShort:
      return 5;
    case TypeId::kInteger:
      return 10;
    case TypeId::kLong:
      return 20;
    default:
      return 0;
  }
}

bool IsIntegerWidening(TypeId from, TypeId to) {
  const auto is_integer = [](TypeId id) { return id >= TypeId::kByte && id <= TypeId::kLong; };
  return is_integer(from) && is_integer(to) && from < to;
}

std::unexpected<Error> Broken(const Field& field) {
  return Fail(ErrorKind::kCorruption,
              fmt::format("delta.typeChanges of column {} is no list of changes", field.name));
}

Status CheckField(const Field& field) {
  const auto found = field.metadata.find("delta.typeChanges");
  if (found == field.metadata.end()) return {};
  const auto changes = nlohmann::json::parse(found->second, nullptr, /*allow_exceptions=*/false);
  if (!changes.is_array()) return Broken(field);
  for (const auto& change : changes) {
    if (!change.is_object() || !change.contains("fromType") || !change.contains("toType") ||
        !change["fromType"].is_string() || !change["toType"].is_string()) {
      return Broken(field);
    }
    const auto from = change["fromType"].get<std::string>();
    const auto to = change["toType"].get<std::string>();
    const auto old_type = columnar::ParseType(from);
    const auto new_type = columnar::ParseType(to);
    if (!old_type || !new_type || !IsWidening(*old_type, *new_type)) {
      return Fail(ErrorKind::kUnsupported,
                  fmt::format("column {} changed its type from {} to {}, which no reader knows how "
                              "to read",
                              field.name, from, to));
    }
  }
  return {};
}

Status CheckFields(const std::vector<Field>& fields) {
  for (const auto& field : fields) {
    TRY(CheckField(field));
    TRY(CheckFields(field.type.children));
  }
  return {};
}

}  // namespace

bool IsWidening(const DataType& from, const DataType& to) {
  if (IsIntegerWidening(from.id, to.id)) return true;
  if (to.id == TypeId::kDouble) {
    const int digits = IntegerDigits(from.id);
    return from.id == TypeId::kFloat || (digits > 0 && digits <= 10);
  }
  if (to.id == TypeId::kTimestampNtz) return from.id == TypeId::kDate;
  if (to.id != TypeId::kDecimal) return false;
  int whole_digits = IntegerDigits(from.id);
  int scale = 0;
  if (from.id == TypeId::kDecimal) {
    whole_digits = from.precision - from.scale;
    scale = from.scale;
  }
  if (whole_digits == 0 && from.id != TypeId::kDecimal) return false;
  return to.scale >= scale && to.precision - to.scale >= whole_digits && !(from == to);
}

Status CheckTypeChanges(const columnar::Schema& schema) { return CheckFields(schema.fields); }

}  // namespace neuralake::delta
