#include "neuralake/delta/data/table_write.h"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/base/uri.h"
#include "neuralake/columnar/arrow_types.h"
#include "neuralake/columnar/batch_testing.h"
#include "neuralake/delta/features.h"
#include "neuralake/storage/faulty_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

using columnar::BatchOf;
using columnar::ColumnOf;
using testing::HasSubstr;

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

using Columns = std::vector<columnar::NamedColumn>;

Columns Ids(const std::string& json) { return {{"id", ColumnOf(arrow::int64(), json)}}; }

Columns IdsAndDays(const std::string& ids, const std::string& days) {
  return {{"id", ColumnOf(arrow::int64(), ids)}, {"day", ColumnOf(arrow::utf8(), days)}};
}

class TableWriteTest : public testing::Test {
 protected:
  TableWriteTest()
      : store_(*storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_)),
        table_(Table::Open(store_)) {}

  Result<Written> Write(const Columns& columns, TableWriteOptions options = {}) {
    const auto batch = BatchOf(columns);
    const auto write = TRY(TableWrite::Begin(table_, TRY(columnar::FromArrow(*batch->schema())),
                                             std::move(options), kSoon));
    TRY(write->Write(*batch, kSoon));
    return write->Commit(kSoon);
  }

  std::string Refusal(const Columns& columns, TableWriteOptions options) {
    const auto written = Write(columns, std::move(options));
    return written ? "" : Describe(written.error());
  }

  static TableWriteOptions Mode(WriteMode mode, SchemaMode schema_mode = SchemaMode::kStrict) {
    TableWriteOptions options;
    options.mode = mode;
    options.schema_mode = schema_mode;
    return options;
  }

  SnapshotPtr Latest() { return table_->Latest(kSoon).value(); }

  std::vector<std::string> ColumnNames() {
    std::vector<std::string> names;
    for (const auto& field : Latest()->metadata().schema.fields) names.push_back(field.name);
    return names;
  }

  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::ObjectStore> store_;
  std::shared_ptr<Table> table_;
};

TEST_F(TableWriteTest, MakesTheTableInTheCommitOfItsFirstRows) {
  TableWriteOptions options;
  options.creation.name = "ids";
  options.creation.configuration = {{"delta.appendOnly", "true"}};
  const auto written = Write(Ids("[1, 2]"), std::move(options)).value();
  EXPECT_TRUE(written.created);
  EXPECT_EQ(written.version, 0);
  EXPECT_EQ(written.rows, 2);
  EXPECT_EQ(written.files, 1);
  EXPECT_EQ(Latest()->num_records(), 2);
  EXPECT_EQ(Latest()->metadata().name, "ids");
  EXPECT_EQ(Latest()->metadata().configuration.at("delta.appendOnly"), "true");
}

TEST_F(TableWriteTest, AppendsStayAndOverwritesReplace) {
  ASSERT_TRUE(Write(Ids("[1, 2]")));
  EXPECT_EQ(Write(Ids("[3]"))->version, 1);
  EXPECT_EQ(Latest()->num_records(), 3);
  const auto written = Write(Ids("[4]"), Mode(WriteMode::kOverwrite)).value();
  EXPECT_FALSE(written.created);
  EXPECT_EQ(Latest()->num_records(), 1);
  EXPECT_EQ(Latest()->tombstones().size(), 2U);
  EXPECT_EQ(table_->AtVersion(1, kSoon).value()->num_records(), 3);
}

TEST_F(TableWriteTest, AnOverwriteWithoutRowsEmptiesAndAnAppendWithoutRowsDoesNothing) {
  ASSERT_TRUE(Write(Ids("[1, 2]")));
  EXPECT_EQ(Write(Ids("[]"))->version, 0);
  EXPECT_EQ(Write(Ids("[]"), Mode(WriteMode::kOverwrite))->version, 1);
  EXPECT_EQ(Latest()->files().count(), 0U);
}

TEST_F(TableWriteTest, ErrorAndIgnoreLeaveATableAlone) {
  EXPECT_TRUE(Write(Ids("[1]"), Mode(WriteMode::kError))->created);
  EXPECT_THAT(Refusal(Ids("[2]"), Mode(WriteMode::kError)),
              HasSubstr("already_exists: table memory://b/t exists already, at version 0"));
  const auto ignored = Write(Ids("[2]"), Mode(WriteMode::kIgnore)).value();
  EXPECT_EQ(ignored.version, 0);
  EXPECT_EQ(ignored.rows, 0);
  EXPECT_EQ(Latest()->num_records(), 1);
}

TEST_F(TableWriteTest, ANewColumnsNameIsCheckedLikeThatOfANewTable) {
  ASSERT_TRUE(Write(Ids("[1]")));
  Columns wider = Ids("[2]");
  wider.push_back({"a b", ColumnOf(arrow::utf8(), R"(["x"])")});
  for (const auto& options : {Mode(WriteMode::kAppend, SchemaMode::kMerge),
                              Mode(WriteMode::kOverwrite, SchemaMode::kOverwrite)}) {
    EXPECT_THAT(Refusal(wider, options),
                testing::AllOf(HasSubstr("invalid"), HasSubstr("column 'a b' has a character of"),
                               HasSubstr("delta.columnMapping.mode = name")));
  }
  EXPECT_EQ(Latest()->version(), 0);
}

TEST_F(TableWriteTest, AColumnOfAnotherWriterKeepsItsNameInAMerge) {
  ASSERT_TRUE(Write(Ids("[1]")));
  Metadata metadata = Latest()->metadata();
  metadata.schema.fields.push_back(columnar::ParseDdl("other string").value().fields[0]);
  metadata.schema.fields.back().name = "a b";
  metadata.schema_text.clear();
  CommitRequest request;
  request.actions.emplace_back(metadata);
  ASSERT_TRUE(table_->Commit(Latest(), std::move(request), kSoon));
  EXPECT_TRUE(Write(IdsAndDays("[2]", R"(["mon"])"), Mode(WriteMode::kAppend, SchemaMode::kMerge)));
  EXPECT_THAT(ColumnNames(), testing::ElementsAre("id", "a b", "day"));
}

TEST_F(TableWriteTest, AColumnThatTheTableLacksIsRefusedUnlessMerged) {
  ASSERT_TRUE(Write(Ids("[1]")));
  const auto wider = IdsAndDays("[2]", R"(["mon"])");
  EXPECT_THAT(Refusal(wider, {}), HasSubstr("day"));
  EXPECT_EQ(Write(wider, Mode(WriteMode::kAppend, SchemaMode::kMerge))->version, 1);
  EXPECT_THAT(ColumnNames(), testing::ElementsAre("id", "day"));
  // A column that is missing is null.
  EXPECT_EQ(Write(Ids("[3]"), Mode(WriteMode::kAppend, SchemaMode::kMerge))->version, 2);
  EXPECT_EQ(Latest()->num_records(), 3);
}

TEST_F(TableWriteTest, AMergedColumnOfANewKindRaisesTheProtocol) {
  ASSERT_TRUE(Write(Ids("[1]")));
  const Columns with_clock = {{"id", ColumnOf(arrow::int64(), "[2]")},
                              {"at", ColumnOf(arrow::timestamp(arrow::TimeUnit::MICRO), "[5]")}};
  ASSERT_TRUE(Write(with_clock, Mode(WriteMode::kAppend, SchemaMode::kMerge)));
  EXPECT_TRUE(SupportsFeature(Latest()->protocol(), "timestampNtz"));
  EXPECT_TRUE(SupportsFeature(Latest()->protocol(), "appendOnly"));
  EXPECT_EQ(Latest()->protocol().min_reader_version, 3);
}

TEST_F(TableWriteTest, AnOverwriteMayBringItsOwnColumnsAndPartitions) {
  ASSERT_TRUE(Write(IdsAndDays("[1]", R"(["mon"])")));
  auto options = Mode(WriteMode::kOverwrite, SchemaMode::kOverwrite);
  options.partition_by = {"week"};
  const Columns next = {{"week", ColumnOf(arrow::int32(), "[7, null]")},
                        {"name", ColumnOf(arrow::utf8(), R"(["a", "b"])")}};
  ASSERT_TRUE(Write(next, std::move(options)));
  EXPECT_THAT(ColumnNames(), testing::ElementsAre("week", "name"));
  EXPECT_THAT(Latest()->metadata().partition_columns, testing::ElementsAre("week"));
  EXPECT_EQ(Latest()->files().count(), 2U);
}

TEST_F(TableWriteTest, OptionsThatContradictAreRefused) {
  ASSERT_TRUE(Write(IdsAndDays("[1]", R"(["mon"])")));
  EXPECT_THAT(Refusal(Ids("[1]"), Mode(WriteMode::kAppend, SchemaMode::kOverwrite)),
              HasSubstr("goes with mode overwrite"));
  TableWriteOptions options;
  options.partition_by = {"day"};
  EXPECT_THAT(Refusal(Ids("[1]"), std::move(options)),
              HasSubstr("partitioned by [], not by [day]"));
}

TEST_F(TableWriteTest, NewColumnsOfAMappedTableGetIdsAndPhysicalNames) {
  TableWriteOptions options;
  options.creation.configuration = {{"delta.columnMapping.mode", "name"}};
  options.partition_by = {"the day"};
  ASSERT_TRUE(Write(
      {{"id", ColumnOf(arrow::int64(), "[1]")}, {"the day", ColumnOf(arrow::utf8(), R"(["mon"])")}},
      std::move(options)));
  const Columns wider = {{"id", ColumnOf(arrow::int64(), "[1]")},
                         {"a b", ColumnOf(arrow::int64(), "[1]")}};
  ASSERT_TRUE(Write(wider, Mode(WriteMode::kAppend, SchemaMode::kMerge)));
  const auto& added = Latest()->metadata().schema.fields.at(2);
  EXPECT_EQ(added.metadata_integer("delta.columnMapping.id"), 3);
  EXPECT_THAT(added.metadata_string("delta.columnMapping.physicalName").value_or(""),
              testing::StartsWith("col-"));
}

/// Write a row into the table in `store`; `before_commit` comes between its file and its commit.
Status WriteWhile(const std::shared_ptr<storage::ObjectStore>& store,
                  const std::function<void()>& before_commit) {
  const auto batch = BatchOf(Ids("[2]"));
  const auto write = TRY(
      TableWrite::Begin(Table::Open(store), TRY(columnar::FromArrow(*batch->schema())), {}, kSoon));
  TRY(write->Write(*batch, kSoon));
  before_commit();
  TRY(write->Commit(kSoon));
  return {};
}

std::size_t DataFiles(storage::ObjectStore& store) {
  const auto listed = storage::ListAll(store, {}, kSoon).value();
  return static_cast<std::size_t>(std::ranges::count_if(
      listed, [](const auto& object) { return !object.key.starts_with("_delta_log/"); }));
}

TEST_F(TableWriteTest, LeavesNoFilesOfACommitThatLost) {
  ASSERT_TRUE(Write(Ids("[1]")));
  const auto done = WriteWhile(store_, [&] {
    ASSERT_TRUE(
        Write(IdsAndDays("[3]", R"(["mon"])"), Mode(WriteMode::kAppend, SchemaMode::kMerge)));
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(DataFiles(*store_), Latest()->files().count());
}

TEST_F(TableWriteTest, KeepsTheFilesOfACommitThatMayHaveHappened) {
  ASSERT_TRUE(Write(Ids("[1]")));
  const auto store = std::make_shared<storage::FaultyStore>(store_);
  const auto done = WriteWhile(store, [&] {
    ASSERT_TRUE(store->Inject(
        {.operation = storage::Operation::kPutIfAbsent, .fault = storage::Fault::kLoseAnswer}));
    ASSERT_TRUE(store->Inject({.operation = storage::Operation::kRead,
                               .fault = storage::Fault::kFailBefore,
                               .times = storage::FaultRule::kAlways}));
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::kUnknownOutcome);
  EXPECT_EQ(Latest()->num_records(), 2);
  EXPECT_EQ(DataFiles(*store_), 2U);
}

TEST_F(TableWriteTest, TransactionsTravelInTheSameCommit) {
  TableWriteOptions options;
  options.transactions = {{"app", 7, {}}};
  ASSERT_TRUE(Write(Ids("[1]"), std::move(options)));
  EXPECT_EQ(Latest()->transaction("app"), 7);
  TableWriteOptions again;
  again.transactions = {{"app", 7, {}}};
  EXPECT_EQ(Write(Ids("[1]"), std::move(again))->version, 0);
  TableWriteOptions next;
  next.transactions = {{"app", 8, {}}};
  EXPECT_EQ(Write(Ids("[1]"), std::move(next))->version, 1);
}

}  // namespace
}  // namespace neuralake::delta
