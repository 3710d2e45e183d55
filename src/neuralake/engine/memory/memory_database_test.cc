#include "neuralake/engine/memory/memory_database.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::engine {
namespace {

using columnar::TypeId;
using columnar::Value;
using testing::HasSubstr;

Value Text(std::string text) {
  return {columnar::DataType{TypeId::kString, 0, 0, {}}, std::move(text)};
}
Value Long(std::int64_t number) { return {columnar::DataType{TypeId::kLong, 0, 0, {}}, number}; }

std::unique_ptr<MemoryDatabase> Pets() {
  MemoryTable pets{"pets", {}, {{Long(1), Text("cat")}, {Long(2), Text("do\"g")}}};
  pets.columns.fields.resize(2);
  pets.columns.fields[0].name = "number";
  pets.columns.fields[0].type.id = TypeId::kLong;
  pets.columns.fields[1].name = "kind";
  pets.columns.fields[1].type.id = TypeId::kString;
  auto opened = MemoryDatabase::Open(
      {pets}, "CREATE VIEW \"zoo.pets\" AS SELECT * FROM pets; CREATE MACRO twice(x) AS x * 2;");
  EXPECT_TRUE(opened.has_value()) << opened.error().message;
  return *std::move(opened);
}

std::int64_t Number(MemoryDatabase& database, const std::string& sql) {
  const auto rows = database.Execute({sql, {}, {}}, {}, {}, Deadline());
  if (!rows.has_value()) {
    ADD_FAILURE() << rows.error().message;
    return -1;
  }
  const auto batch = (*rows)->Next();
  return std::static_pointer_cast<arrow::Int64Array>((*batch)->column(0))->Value(0);
}

Error Refused(MemoryDatabase& database, const std::string& sql) {
  const auto rows = database.Execute({sql, {}, {}}, {.read = true, .write = true}, {}, Deadline());
  EXPECT_FALSE(rows.has_value()) << sql;
  return rows.has_value() ? Error{} : rows.error();
}

TEST(MemoryDatabase, AnswersOverItsTablesViewsAndMacros) {
  const auto database = Pets();
  EXPECT_EQ(Number(*database, "SELECT max(number) FROM pets"), 2);
  EXPECT_EQ(Number(*database, "SELECT twice(number) FROM \"zoo.pets\" WHERE kind = 'do\"g'"), 4);
  EXPECT_EQ(Number(*database, "WITH pets AS (SELECT 7::BIGINT AS x) SELECT x FROM pets"), 7);
}

TEST(MemoryDatabase, DescribesParametersAndColumns) {
  const auto described =
      Pets()->Describe({"SELECT kind FROM pets WHERE number = $1", {}, {}}, {}, Deadline());
  ASSERT_TRUE(described.has_value()) << described.error().message;
  ASSERT_EQ(described->columns.fields.size(), 1U);
  EXPECT_EQ(described->columns.fields[0].type.id, TypeId::kString);
  ASSERT_EQ(described->parameters.size(), 1U);
  EXPECT_EQ(described->parameters[0].id, TypeId::kLong);
}

TEST(MemoryDatabase, AStreamMayOutliveIt) {
  auto database = Pets();
  std::string sql = "SELECT count(*) FROM pets";
  for (int table = 0; table < 50; ++table) sql += ", pets p" + std::to_string(table);  // 2^51 rows
  Limits limits;
  limits.timeout = std::chrono::seconds(1);
  const auto endless = database->Execute({sql, {}, {}}, {}, limits, Deadline());
  const auto rows = database->Execute({"SELECT number FROM pets", {}, {}}, {}, {}, Deadline());
  database = nullptr;
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  EXPECT_EQ((*rows)->Next().value()->num_rows(), 2);
  const auto error = endless.has_value() ? (*endless)->Next().error() : endless.error();
  EXPECT_EQ(error.kind, ErrorKind::kDeadlineExceeded) << error.message;
}

TEST(MemoryDatabase, HasNoWayOut) {
  const auto database = Pets();
  EXPECT_EQ(Refused(*database, "SELECT * FROM read_csv('/etc/passwd')").kind,
            ErrorKind::kPermissionDenied);
  EXPECT_EQ(Refused(*database, "INSERT INTO pets VALUES (3, 'x')").kind,
            ErrorKind::kPermissionDenied);
  EXPECT_EQ(Refused(*database, "DROP TABLE pets").kind, ErrorKind::kPermissionDenied);
  EXPECT_EQ(Refused(*database, "SELECT * FROM duckdb_settings()").kind,
            ErrorKind::kPermissionDenied);
  EXPECT_EQ(Refused(*database, "SHOW TABLES").kind, ErrorKind::kPermissionDenied);
  EXPECT_EQ(Refused(*database, "SELECT * FROM '/etc/passwd'").kind, ErrorKind::kNotFound);
  const Error unknown = Refused(*database, "SELECT * FROM cars");
  EXPECT_THAT(unknown.message, HasSubstr("relation \"cars\" does not exist"));
  EXPECT_EQ(unknown.position, 14);
}

}  // namespace
}  // namespace neuralake::engine
