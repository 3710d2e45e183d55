#include "neuralake/serve/format/type_name.h"

#include <fmt/format.h>

#include "neuralake/query/tokens.h"

namespace neuralake::serve {

std::string SqlTypeName(const columnar::DataType& type) {
  switch (type.id) {
    case columnar::TypeId::kDecimal:
      return fmt::format("DECIMAL({},{})", type.precision, type.scale);
    case columnar::TypeId::kArray:
      return SqlTypeName(type.children.at(0).type) + "[]";
    case columnar::TypeId::kMap:
      return fmt::format("MAP({}, {})", SqlTypeName(type.children.at(0).type),
                         SqlTypeName(type.children.at(1).type));
    case columnar::TypeId::kStruct: {
      std::string out = "STRUCT(";
      for (const auto& field : type.children) {
        if (out.back() != '(') out += ", ";
        out += query::QuoteIdentifier(field.name) + " " + SqlTypeName(field.type);
      }
      return out + ")";
    }
    default:
      return std::string(columnar::Row(type.id).sql_name);
  }
}

}  // namespace neuralake::serve
