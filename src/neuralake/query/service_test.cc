#include "neuralake/query/service.h"

#include <atomic>
#include <future>
#include <thread>

#include <arrow/record_batch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/query/test_executor.h"

namespace neuralake::query {
namespace {

using namespace std::chrono_literals;

class ServiceTest : public testing::Test {
 protected:
  Request Ask(std::string sql) {
    Request request;
    request.statement.sql = std::move(sql);
    request.protocol = "test";
    return request;
  }

  /// Run to the end on this thread.
  static Status Drain(query::Run& run) {
    if (Status started = run.Start(); !started) return started;
    while (true) {
      auto batch = run.Next();
      if (!batch) return std::unexpected(batch.error());
      if (*batch == nullptr) return {};
    }
  }

  TestExecutor executor_;
  observe::Metrics metrics_;
  Service service_{executor_, metrics_, {.lanes = {.short_slots = 2, .long_slots = 1}}};
};

TEST_F(ServiceTest, KeepsAFinishedStatementInTheHistory) {
  const auto run = service_.Open(Ask("rows 2500"));
  EXPECT_EQ(service_.Running().size(), 1u);
  ASSERT_TRUE(Drain(*run));
  run->AddBytes(77);
  run->Close();
  EXPECT_TRUE(service_.Running().empty());
  const auto recent = service_.Recent(10);
  ASSERT_EQ(recent.size(), 1u);
  EXPECT_EQ(recent[0].id, run->id());
  EXPECT_EQ(recent[0].sql, "rows 2500");
  EXPECT_EQ(recent[0].rows, 2500u);
  EXPECT_EQ(recent[0].bytes, 77u);
  EXPECT_EQ(recent[0].versions.at("test.numbers"), 7);
  EXPECT_TRUE(recent[0].outcome);
}

TEST_F(ServiceTest, KeepsTheHistoryShortWhateverWasSaid) {
  const auto run = service_.Open(Ask(std::string(kHistorySqlBytesMax - 1, 'a') + "é"));
  run->Close(Fail(ErrorKind::kInvalid, std::string(1 << 20, 'x')));
  const auto recent = service_.Recent(1);
  ASSERT_EQ(recent.size(), 1u);
  EXPECT_EQ(recent[0].sql, std::string(kHistorySqlBytesMax - 1, 'a')) << "no half of a character";
  EXPECT_LE(recent[0].outcome.error().message.size(), kErrorBytesMax);
}

TEST_F(ServiceTest, StartsNothingThatHasEnded) {
  const auto run = service_.Open(Ask("rows 1"));
  run->Close(Fail(ErrorKind::kCancelled, "the client went away"));
  const Status started = run->Start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(run->Describe().state, State::kFinished);
}

TEST_F(ServiceTest, LetsNoStatementRunLongerThanTheLongest) {
  Service strict{executor_, metrics_, {.lanes = {}, .timeout_max = 1ms}};
  Request request = Ask("wait");
  request.timeout = 1h;
  const auto run = strict.Open(std::move(request));
  EXPECT_LE(run->deadline().Left(), 1ms);
}

TEST_F(ServiceTest, RunsAStatementOnItsOwnExecutor) {
  class Refusing final : public TestExecutor {
   public:
    Result<std::unique_ptr<engine::RowStream>> Execute(const engine::Statement&,
                                                       const engine::Grants&, const engine::Limits&,
                                                       const Deadline&) override {
      return Fail(ErrorKind::kNotFound, "asked here");
    }
  } other;
  Request request = Ask("rows 1");
  request.executor = &other;
  const auto run = service_.Open(std::move(request));
  EXPECT_EQ(run->Start().error().kind, ErrorKind::kNotFound);
}

TEST_F(ServiceTest, TellsThatTheAnswerWasCut) {
  Request request = Ask("rows 2500");
  request.rows_max = 10;
  const auto run = service_.Open(request);
  ASSERT_TRUE(Drain(*run));
  EXPECT_TRUE(run->stream().truncated());
  run->Close();
  EXPECT_TRUE(service_.Recent(1)[0].truncated);
  EXPECT_EQ(service_.Recent(1)[0].rows, 10u);
}

TEST_F(ServiceTest, CancelsByIdWhileAStepBlocks) {
  const auto run = service_.Open(Ask("wait"));
  auto outcome = std::async(std::launch::async, [&] { return Drain(*run); });
  ASSERT_TRUE(service_.Cancel(run->id()));
  const Status status = outcome.get();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kCancelled);
}

TEST_F(ServiceTest, RefusesToCancelWhatDoesNotRun) {
  const Status status = service_.Cancel("no-such");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kNotFound);
}

TEST_F(ServiceTest, StopsWhatRanOutOfTime) {
  Request request = Ask("wait");
  request.timeout = 20ms;
  const auto run = service_.Open(request);
  auto outcome = std::async(std::launch::async, [&] { return Drain(*run); });
  while (outcome.wait_for(1ms) != std::future_status::ready) service_.Sweep();
  const Status status = outcome.get();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::kDeadlineExceeded);
  EXPECT_EQ(status.error().message, "the statement ran longer than its limit of 20 ms");
}

TEST_F(ServiceTest, CountsAnAbandonedStatementAsCancelled) {
  service_.Open(Ask("rows 1"));
  ASSERT_EQ(service_.Recent(1).size(), 1u);
  EXPECT_EQ(service_.Recent(1)[0].outcome.error().kind, ErrorKind::kCancelled);
}

/// Takes `duration` of the fake clock to admit a statement.
class SlowExecutor final : public engine::Executor {
 public:
  SlowExecutor(FakeClock& clock, Duration duration) : clock_(clock), duration_(duration) {}
  Result<std::unique_ptr<engine::RowStream>> Execute(const engine::Statement& statement,
                                                     const engine::Grants& grants,
                                                     const engine::Limits& limits,
                                                     const Deadline& deadline) override {
    clock_.Advance(duration_);
    return inner_.Execute(statement, grants, limits, deadline);
  }
  Result<engine::Description> Describe(const engine::Statement& statement,
                                       const engine::Grants& grants,
                                       const Deadline& deadline) override {
    return inner_.Describe(statement, grants, deadline);
  }

 private:
  FakeClock& clock_;
  const Duration duration_;
  TestExecutor inner_;
};

TEST_F(ServiceTest, PutsATextThatTookLongIntoTheLongLane) {
  FakeClock clock;
  SlowExecutor executor(clock, 400ms);
  Service service(executor, metrics_, {}, clock);
  const auto run = service.Open(Ask("rows 1"));
  EXPECT_EQ(run->lane(), Lane::kShort);
  ASSERT_TRUE(run->Start());
  EXPECT_EQ(run->lane(), Lane::kLong) << "the rest of a long statement is long";
  run->Close();
  EXPECT_EQ(service.Open(Ask("rows 1"))->lane(), Lane::kLong);
  EXPECT_EQ(service.Open(Ask("rows 2"))->lane(), Lane::kShort);
}

TEST_F(ServiceTest, BoundsTheHistory) {
  Service service(executor_, metrics_, {.lanes = {}, .history_max = 2});
  for (int i = 0; i < 5; ++i) service.Open(Ask("rows " + std::to_string(i)))->Close();
  const auto recent = service.Recent(10);
  ASSERT_EQ(recent.size(), 2u);
  EXPECT_EQ(recent[0].sql, "rows 4");
}

TEST_F(ServiceTest, CountsByProtocolAndOutcome) {
  const auto run = service_.Open(Ask("refuse"));
  const Status status = run->Start();
  ASSERT_FALSE(status);
  run->Close(status);
  EXPECT_THAT(
      metrics_.Expose(),
      testing::HasSubstr(R"(neuralake_statements_total{outcome="invalid",protocol="test"} 1)"));
}

}  // namespace
}  // namespace neuralake::query
