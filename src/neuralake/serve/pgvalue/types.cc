#include "neuralake/serve/pgvalue/types.h"

#include <algorithm>
#include <array>

#include "neuralake/serve/format/type_name.h"

namespace neuralake::serve {
namespace {

/// What PostgreSQL says of a type beyond its number and name. Source: pg_type.dat.
struct Extra {
  std::uint32_t oid;
  std::int16_t size;
  std::uint32_t array;
  std::string_view sql;
};

constexpr std::array kExtras = {
    Extra{16, 1, 1000, "BOOLEAN"},     Extra{17, -1, 1001, "BLOB"},
    Extra{18, 1, 1002, "VARCHAR"},   // "char"
    Extra{19, 64, 1003, "VARCHAR"},  // name
    Extra{20, 8, 1016, "BIGINT"},      Extra{21, 2, 1005, "SMALLINT"},
    Extra{23, 4, 1007, "INTEGER"},     Extra{25, -1, 1009, "VARCHAR"},
    Extra{26, 4, 1028, "BIGINT"},    // oid
    Extra{114, -1, 199, "VARCHAR"},  // json
    Extra{700, 4, 1021, "FLOAT"},      Extra{701, 8, 1022, "DOUBLE"},
    Extra{705, -2, 0, "VARCHAR"},      // unknown
    Extra{1042, -1, 1014, "VARCHAR"},  // bpchar
    Extra{1043, -1, 1015, "VARCHAR"},  // varchar
    Extra{1082, 4, 1182, "DATE"},      Extra{1083, 8, 1183, "TIME"},
    Extra{1114, 8, 1115, "TIMESTAMP"}, Extra{1184, 8, 1185, "TIMESTAMP WITH TIME ZONE"},
    Extra{1186, 16, 1187, "INTERVAL"}, Extra{1700, -1, 1231, "DECIMAL"},
    Extra{2950, 16, 2951, "UUID"},     Extra{3802, -1, 3807, "VARCHAR"},  // jsonb
};

const Extra* Find(std::uint32_t oid) {
  const auto found = std::ranges::find(kExtras, oid, &Extra::oid);
  return found == kExtras.end() ? nullptr : found;
}

}  // namespace

std::uint32_t OidOf(const columnar::DataType& type) {
  if (type.id == columnar::TypeId::kArray && !type.children.at(0).type.is_nested()) {
    const std::uint32_t array = ArrayOidOf(OidOf(type.children[0].type));
    return array == 0 ? kOidJson : array;
  }
  return type.is_nested() ? kOidJson : columnar::Row(type.id).postgres_oid;
}

PgColumn ToPgColumn(const columnar::Field& field, std::int16_t format) {
  PgColumn column;
  column.name = field.name;
  column.type = OidOf(field.type);
  column.format = format;
  if (const Extra* extra = Find(column.type)) column.type_size = extra->size;
  if (field.type.id == columnar::TypeId::kDecimal) {
    column.type_modifier = (field.type.precision << 16 | field.type.scale) + 4;
  }
  return column;
}

std::uint32_t ArrayOidOf(std::uint32_t element) {
  const Extra* extra = Find(element);
  return extra == nullptr ? 0 : extra->array;
}

std::optional<std::uint32_t> ElementOidOf(std::uint32_t oid) {
  const auto found = std::ranges::find(kExtras, oid, &Extra::array);
  if (oid == 0 || found == kExtras.end()) return std::nullopt;
  return found->oid;
}

std::string SqlNameOfOid(std::uint32_t oid) {
  if (const auto element = ElementOidOf(oid)) return SqlNameOfOid(*element) + "[]";
  const Extra* extra = Find(oid);
  return extra == nullptr ? "" : std::string(extra->sql);
}

}  // namespace neuralake::serve
