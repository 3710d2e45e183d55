#include "neuralake/serve/pgcatalog/system_catalog.h"

#include <atomic>
#include <condition_variable>
#include <stop_token>
#include <thread>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

using std::chrono::seconds;

/// A lake whose one table can be away, or slow to describe.
class Lake final : public engine::Executor {
 public:
  Result<std::unique_ptr<engine::RowStream>> Execute(const engine::Statement&,
                                                     const engine::Grants&, const engine::Limits&,
                                                     const Deadline&) override {
    return Fail(ErrorKind::kInternal, "nobody reads rows here");
  }

  Result<engine::Description> Describe(const engine::Statement&, const engine::Grants&,
                                       const Deadline&) override {
    std::unique_lock lock(mutex_);
    ++asked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    if (away_) return Fail(ErrorKind::kUnavailable, "the store is away");
    columnar::Schema columns;
    columns.fields.push_back(
        {"n", columnar::DataType{columnar::TypeId::kLong, 0, 0, {}}, true, {}});
    return engine::Description{columns, {}, "SELECT"};
  }

  void Away(bool away) {
    std::lock_guard lock(mutex_);
    away_ = away;
  }
  void Hold(bool held) {
    std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  void WaitUntilAsked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return asked_ > 0; });
  }
  int asked() {
    std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  bool away_ = false;
  bool held_ = false;
  int asked_ = 0;
};

/// Tells that it was looked at: whoever has a deadline by it has begun to wait, or is about to with
/// the lock held.
class WatchedClock final : public Clock {
 public:
  WallTime Now() const override { return SystemClock::Get().Now(); }
  MonoTime Mono() const override {
    looked_ = true;
    looked_.notify_all();
    return SystemClock::Get().Mono();
  }
  bool Sleep(Duration duration, std::stop_token stop) override {
    return SystemClock::Get().Sleep(duration, std::move(stop));
  }

  void Forget() { looked_ = false; }
  void WaitUntilLookedAt() const { looked_.wait(false); }

 private:
  mutable std::atomic<bool> looked_ = false;
};

catalog::CatalogPtr Model(catalog::TableKind kind) {
  auto model = std::make_shared<catalog::CatalogModel>();
  catalog::TableModel numbers;
  numbers.name = "numbers";
  numbers.kind = kind;
  model->databases.push_back({"test", "", {numbers}, {}});
  model->digest = "0123456789abcdef";
  return model;
}

class SystemCatalogTest : public testing::Test {
 protected:
  /// How many rows `sql` gives; -1 when it fails.
  std::int64_t Rows(const std::string& sql, const Deadline& deadline) {
    const auto stream = catalog_.Execute({sql, {}, {}}, {}, {}, deadline);
    EXPECT_TRUE(stream.has_value()) << stream.error().message;
    std::int64_t rows = 0;
    while (stream) {
      const auto batch = (*stream)->Next();
      if (!batch) return -1;
      if (*batch == nullptr) return rows;
      rows += (*batch)->num_rows();
    }
    return -1;
  }
  std::int64_t Rows(const std::string& sql) { return Rows(sql, Deadline::After(seconds(60))); }
  std::int64_t Columns() { return Rows(kColumns); }

  static constexpr const char* kColumns = R"(SELECT * FROM "information_schema.columns")";

  Lake lake_;
  FakeClock clock_;
  CatalogState state_{Model(catalog::TableKind::kDelta), clock_};
  SystemCatalog catalog_{lake_, state_, clock_};
};

TEST_F(SystemCatalogTest, LooksAgainSoonAtATableThatCouldNotBeRead) {
  lake_.Away(true);
  EXPECT_EQ(Columns(), 0);
  lake_.Away(false);
  clock_.Advance(kCatalogRetryAfter);
  EXPECT_EQ(Columns(), 1);
}

TEST_F(SystemCatalogTest, LooksAgainAtAFunctionThatFailedAndOnceAtOneThatRan) {
  state_.Replace(Model(catalog::TableKind::kFunction));
  lake_.Away(true);
  EXPECT_EQ(Columns(), 0);
  EXPECT_EQ(Columns(), 0);
  EXPECT_EQ(lake_.asked(), 1);
  lake_.Away(false);
  clock_.Advance(kCatalogRetryAfter);
  EXPECT_EQ(Columns(), 1);
  clock_.Advance(kCatalogColumnsFreshFor);
  EXPECT_EQ(Columns(), 1);
  EXPECT_EQ(lake_.asked(), 2);
}

TEST_F(SystemCatalogTest, KeepsTheColumnsOfATableThatWentAway) {
  EXPECT_EQ(Columns(), 1);
  lake_.Away(true);
  clock_.Advance(kCatalogColumnsFreshFor);
  EXPECT_EQ(Columns(), 1);
  EXPECT_EQ(lake_.asked(), 2);
}

TEST_F(SystemCatalogTest, KnowsAQuestionForColumnsInAnyCase) {
  EXPECT_EQ(Rows(R"(SELECT * FROM "INFORMATION_SCHEMA.COLUMNS")"), 1);
}

TEST_F(SystemCatalogTest, AnswersWhatNeedsNoColumnsWhileATableIsSlow) {
  lake_.Hold(true);
  std::jthread slow([this] { EXPECT_EQ(Columns(), 1); });
  lake_.WaitUntilAsked();
  EXPECT_EQ(Rows("SELECT * FROM pg_database"), 1);
  lake_.Hold(false);
}

TEST_F(SystemCatalogTest, TwoWhoAskForColumnsLookOnce) {
  lake_.Hold(true);
  std::jthread one([this] { EXPECT_EQ(Columns(), 1); });
  lake_.WaitUntilAsked();
  WatchedClock watched;
  const auto deadline = Deadline::After(seconds(60), {}, watched);
  watched.Forget();
  std::jthread other([&] { EXPECT_EQ(Rows(kColumns, deadline), 1); });
  watched.WaitUntilLookedAt();
  lake_.Hold(false);
  one.join();
  other.join();
  EXPECT_EQ(lake_.asked(), 1);
}

TEST_F(SystemCatalogTest, ItsRowsOutliveTheDatabaseTheyComeFrom) {
  const auto stream = catalog_.Execute({R"(SELECT * FROM "information_schema.tables")", {}, {}}, {},
                                       {}, Deadline::After(seconds(60)));
  ASSERT_TRUE(stream.has_value());
  auto other = std::make_shared<catalog::CatalogModel>(*state_.Get()->model);
  other->digest = "fedcba9876543210";
  state_.Replace(other);
  EXPECT_EQ(Columns(), 1);
  const auto batch = (*stream)->Next();
  ASSERT_TRUE(batch.has_value());
  EXPECT_EQ((*batch)->num_rows(), 1);
}

}  // namespace
}  // namespace neuralake::serve
