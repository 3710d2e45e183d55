#include "neuralake/ingest/decode/arrow_match.h"

#include <string>
#include <unordered_map>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/data.h>
#include <arrow/array/util.h>
#include <arrow/compute/cast.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "neuralake/base/words.h"

namespace neuralake::ingest {

namespace {

/// Finds fields by their names: as written first, then without case.
class FieldNames {
 public:
  explicit FieldNames(const arrow::FieldVector& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      exact_.emplace(fields[i]->name(), static_cast<int>(i));
      folded_.emplace(Folded(fields[i]->name()), static_cast<int>(i));
    }
  }

  /// The position of `name`; -1 without one.
  int Find(const std::string& name) const {
    if (const auto found = exact_.find(name); found != exact_.end()) return found->second;
    const auto found = folded_.find(Folded(name));
    return found == folded_.end() ? -1 : found->second;
  }

 private:
  std::unordered_map<std::string, int> exact_;
  std::unordered_map<std::string, int> folded_;
};

/// Gives the types of a stream the names that the table has for them.
class Matcher {
 public:
  explicit Matcher(bool ignore_unknown) : ignore_unknown_(ignore_unknown) {}

  /// For each of `declared` its position among `given`; -1 for those that are not there.
  /// \param inside  the struct whose members they are; empty for the columns of the table
  Result<std::vector<int>> Positions(const arrow::FieldVector& declared,
                                     const arrow::FieldVector& given,
                                     const std::string& inside) const {
    std::vector<int> positions(declared.size(), -1);
    const FieldNames names(declared);
    for (std::size_t i = 0; i < given.size(); ++i) {
      const auto& name = given[i]->name();
      const auto at = names.Find(name);
      if (at < 0 && ignore_unknown_) continue;
      if (at < 0 && inside.empty()) {
        return Fail(ErrorKind::kInvalid, fmt::format("the table has no column '{}'", name));
      }
      if (at < 0) {
        return Fail(ErrorKind::kInvalid,
                    fmt::format("{}: the struct has no member '{}'", inside, name));
      }
      auto& position = positions[static_cast<std::size_t>(at)];
      if (position >= 0) {
        return Fail(ErrorKind::kInvalid,
                    inside.empty() ? fmt::format("column '{}' comes twice", name)
                                   : fmt::format("{}: member '{}' comes twice", inside, name));
      }
      position = static_cast<int>(i);
    }
    return positions;
  }

  Result<std::shared_ptr<arrow::DataType>> Type(const arrow::DataType& declared,
                                                std::shared_ptr<arrow::DataType> given,
                                                const std::string& path) const {
    using arrow::Type;
    if (declared.id() == Type::STRUCT && given->id() == Type::STRUCT) {
      return Struct(declared, *given, path);
    }
    if (declared.id() == Type::MAP && given->id() == Type::MAP) {
      const auto& map = static_cast<const arrow::MapType&>(*given);
      const auto& wanted = static_cast<const arrow::MapType&>(declared);
      auto key = TRY(Member(*wanted.key_field(), *map.key_field(), path + ".key"));
      auto item = TRY(Member(*wanted.item_field(), *map.item_field(), path + ".value"));
      return std::make_shared<arrow::MapType>(std::move(key), std::move(item), map.keys_sorted());
    }
    if (declared.id() != Type::LIST) return given;
    const auto element = [&] {
      return Member(*declared.field(0), *given->field(0), path + ".element");
    };
    switch (given->id()) {
      case Type::LIST:
        return arrow::list(TRY(element()));
      case Type::LARGE_LIST:
        return arrow::large_list(TRY(element()));
      case Type::FIXED_SIZE_LIST: {
        const auto size = static_cast<const arrow::FixedSizeListType&>(*given).list_size();
        return arrow::fixed_size_list(TRY(element()), size);
      }
      default:
        return given;
    }
  }

 private:
  Result<std::shared_ptr<arrow::Field>> Member(const arrow::Field& declared,
                                               const arrow::Field& given,
                                               const std::string& path) const {
    return given.WithType(TRY(Type(*declared.type(), given.type(), path)));
  }

  Result<std::shared_ptr<arrow::DataType>> Struct(const arrow::DataType& declared,
                                                  const arrow::DataType& given,
                                                  const std::string& path) const {
    const auto positions = TRY(Positions(declared.fields(), given.fields(), path));
    auto fields = given.fields();
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (positions[i] < 0) continue;
      const auto& member = *declared.field(static_cast<int>(i));
      auto& field = fields[static_cast<std::size_t>(positions[i])];
      field = TRY(Member(member, *field, path + "." + member.name()))->WithName(member.name());
    }
    return arrow::struct_(fields);
  }

  const bool ignore_unknown_;
};

std::shared_ptr<arrow::ArrayData> WithNames(const std::shared_ptr<arrow::ArrayData>& data,
                                            const std::shared_ptr<arrow::DataType>& type) {
  if (data->type->Equals(*type)) return data;
  auto named = data->Copy();
  named->type = type;
  for (std::size_t i = 0; i < named->child_data.size(); ++i) {
    named->child_data[i] =
        WithNames(named->child_data[i], type->field(static_cast<int>(i))->type());
  }
  return named;
}

}  // namespace

Result<std::vector<GivenColumn>> MatchColumns(const arrow::Schema& declared,
                                              const arrow::Schema& given, bool ignore_unknown) {
  const Matcher matcher(ignore_unknown);
  const auto positions = TRY(matcher.Positions(declared.fields(), given.fields(), ""));
  std::vector<GivenColumn> columns;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const auto& field = *declared.field(static_cast<int>(i));
    if (positions[i] < 0 && !field.nullable()) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("column {} is missing, and it must not be null", field.name()));
    }
    if (positions[i] < 0) {
      columns.push_back({-1, arrow::null()});
      continue;
    }
    const auto& from = given.field(positions[i])->type();
    if (!from->Equals(*field.type()) && !arrow::compute::CanCast(*from, *field.type())) {
      return Fail(ErrorKind::kInvalid,
                  fmt::format("column {} is {}, where {} is declared", field.name(),
                              from->ToString(), field.type()->ToString()));
    }
    columns.push_back({positions[i], TRY(matcher.Type(*field.type(), from, field.name()))});
  }
  return columns;
}

std::shared_ptr<arrow::Array> WithNames(const std::shared_ptr<arrow::Array>& array,
                                        const std::shared_ptr<arrow::DataType>& type) {
  return arrow::MakeArray(WithNames(array->data(), type));
}

bool IsText(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return true;
    case arrow::Type::DICTIONARY:
      return IsText(*static_cast<const arrow::DictionaryType&>(type).value_type());
    default:
      return false;
  }
}

}  // namespace neuralake::ingest
