#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/delta/state/table_state.h"

namespace neuralake::delta {
namespace {

constexpr std::int64_t kSecond = 1'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

/// A table whose files are each replaced by the next commit, as by a compaction of every commit.
class Churn {
 public:
  Churn() {
    state_.protocol = std::make_shared<const Protocol>();
    auto metadata = std::make_shared<Metadata>();
    metadata->configuration["delta.deletedFileRetentionDuration"] = "interval 7 days";
    state_.metadata = std::move(metadata);
  }

  /// Replace the file at each of `count` times, `step` after each other.
  void Run(int count, std::int64_t step) {
    for (int i = 0; i < count; ++i) {
      now_ += step;
      LogPart part;
      part.BeginCommit(++version_);
      FileView view;
      if (version_ > 1) {
        const auto old = PathOf(version_ - 1);
        view.is_remove = true;
        view.path = old;
        view.time = now_;
        ASSERT_TRUE(part.OnFile(view));
        view.Clear();
      }
      const auto path = PathOf(version_);
      view.path = path;
      view.size = 1;
      view.time = now_;
      ASSERT_TRUE(part.OnFile(view));
      part.Finish();
      auto next = Advance(state_, part, WallTime(std::chrono::milliseconds(now_)));
      ASSERT_TRUE(next.has_value()) << next.error().message;
      state_ = *std::move(next);
    }
  }

  /// Tombstones in memory, and those among them that are within retention.
  std::pair<std::size_t, std::size_t> Tombstones() const {
    std::size_t all = 0;
    std::size_t young = 0;
    for (const Segment& segment : state_.segments) {
      for (std::size_t row = 0; row < segment.columns->rows(); ++row) {
        if (!segment.columns->is_remove(row) || !segment.live.Test(row)) continue;
        ++all;
        if (segment.columns->time(row) >= now_ - 7 * kDay) ++young;
      }
    }
    return {all, young};
  }

  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const Segment& segment : state_.segments) sum += segment.columns->bytes();
    return sum;
  }

  const TableState& state() const { return state_; }

 private:
  static std::string PathOf(Version version) {
    return "part-" + std::to_string(version) + "-0123456789abcdef0123456789abcdef.parquet";
  }

  TableState state_;
  Version version_ = 0;
  std::int64_t now_ = 100 * kDay;
};

TEST(Advance, TombstonesPastTheirRetentionLeaveMemory) {
  Churn churn;
  churn.Run(7 * 1440, 60 * kSecond);
  const auto [week, young] = churn.Tombstones();
  EXPECT_EQ(week, 7U * 1440 - 1);
  EXPECT_EQ(young, week);
  const auto bytes = churn.bytes();
  // Ten times as long: what is held grows by no more than waits for the next join.
  churn.Run(63 * 1440, 60 * kSecond);
  const auto [all, still_young] = churn.Tombstones();
  EXPECT_EQ(still_young, 7U * 1440 + 1) << "those within retention are all there";
  EXPECT_LE(all, 3 * week);
  EXPECT_LE(churn.bytes(), 3 * bytes);
  EXPECT_EQ(churn.state().totals.files, 1);
}

TEST(Advance, ASegmentOfExpiredTombstonesGoesAtOnce) {
  Churn churn;
  churn.Run(1000, kSecond);
  churn.Run(1, 8 * kDay);
  EXPECT_EQ(churn.Tombstones().second, 1U);
  EXPECT_LE(churn.Tombstones().first, 1U);
}

}  // namespace
}  // namespace neuralake::delta
