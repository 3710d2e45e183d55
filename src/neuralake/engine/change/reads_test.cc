#include "neuralake/engine/change/reads.h"

#include <atomic>
#include <functional>

#include <gtest/gtest.h>

#include "neuralake/engine/engine_testing.h"
#include "neuralake/engine/watched_store_testing.h"

namespace neuralake::engine {
namespace {

using columnar::ColumnOf;

/// A table `t` of ten rows to which another adds one, with the id 1000, when a statement begins to
/// read its first data file.
class ReadsTest : public testing::Test {
 protected:
  ReadsTest() {
    AppendRows(0, 10);
    reads_.Set([this](const Deadline&) -> Status {
      if (!added_.exchange(true)) AppendRows(1000, 1);
      return {};
    });
  }

  /// `rows` rows with ids from `first` on; zero and empty else.
  void AppendRows(int first, int rows) {
    const auto list = [rows](const std::function<std::string(int)>& value) {
      std::string json;
      for (int row = 0; row < rows; ++row) json += (row == 0 ? "[" : ",") + value(row);
      return json + "]";
    };
    const auto ids = list([first](int row) { return std::to_string(first + row); });
    const auto zeros = list([](int) { return "0"; });
    const auto blanks = ColumnOf(arrow::utf8(), list([](int) { return R"("")"; }));
    table_->Append({{"id", ColumnOf(arrow::int64(), ids)},
                    {"x", ColumnOf(arrow::int64(), zeros)},
                    {"a", blanks},
                    {"b", blanks},
                    {"c", blanks}});
  }

  std::unique_ptr<TestTable> MakeTable() {
    TestTableOptions options;
    // Under which a change that read what others added to must be made again.
    options.properties = {{"delta.isolationLevel", "Serializable"}};
    options.wrap = [this](std::shared_ptr<storage::ObjectStore> inner) {
      return std::make_shared<WatchedStore>(std::move(inner), reads_);
    };
    return std::make_unique<TestTable>("id long, x long, a string, b string, c string", options);
  }

  WatchedReads reads_;
  std::atomic<bool> added_{false};
  const std::unique_ptr<TestTable> table_ = MakeTable();
  TestEngine engine_{{{"t", table_.get()}}};
};

TEST_F(ReadsTest, ACountFromTheLogReadsTheWholeTable) {
  ASSERT_TRUE(engine_.Ask("UPDATE lake.t SET x = (SELECT count(*) FROM lake.t) WHERE id = 1"));
  EXPECT_EQ(engine_.One("SELECT x FROM lake.t WHERE id = 1"), "11");
}

TEST_F(ReadsTest, AScanThatBecameTwoDoesNotStandForOneThatWentAway) {
  // The rows of `s` are fetched late: only `x` is read of all of them.
  ASSERT_TRUE(
      engine_.Ask("UPDATE lake.t SET x = (SELECT count(*) FROM lake.t) "
                  "FROM (SELECT * FROM lake.t WHERE id < 5 ORDER BY x LIMIT 5) s "
                  "WHERE t.id = s.id AND t.id < 5 AND concat(s.a, s.b, s.c) = ''"));
  EXPECT_EQ(engine_.One("SELECT x FROM lake.t WHERE id = 1"), "11");
}

}  // namespace
}  // namespace neuralake::engine
