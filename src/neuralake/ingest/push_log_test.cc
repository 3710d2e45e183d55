#include "neuralake/ingest/push_log.h"

#include <atomic>
#include <future>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/ingest/kafka/test_topic.h"
#include "neuralake/ingest/kill_points.h"
#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/test_lake.h"

namespace neuralake::ingest {
namespace {

using storage::Fault;
using storage::FaultRule;
using storage::Operation;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// All segments of the log in bytes.
std::size_t Segments(const TestLake& lake) {
  std::size_t count = 0;
  for (const auto& [name, file] : lake.disk->files) count += name.starts_with("wal-") ? 1 : 0;
  return count;
}

std::size_t KeyFiles(const TestLake& lake) {
  std::size_t count = 0;
  for (const auto& [name, file] : lake.disk->files) count += name.starts_with("keys-") ? 1 : 0;
  return count;
}

TEST(PushLog, CommitsWhatWasPushed) {
  TestLake lake;
  const auto process = lake.Start();
  const auto answer = TestLake::Push(*process, {1, 2, 3});
  ASSERT_TRUE(answer.has_value()) << Describe(answer.error());
  EXPECT_EQ(answer->counts.accepted, 3);
  EXPECT_FALSE(answer->replayed);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(process->pipeline().state().rows, 0);
}

TEST(PushLog, WhatWasAcknowledgedIsThereAfterAPowerCut) {
  for (int seed = 0; seed < 20; ++seed) {
    TestLake lake(static_cast<std::uint64_t>(seed));
    auto process = lake.Start();
    ASSERT_TRUE(TestLake::Push(*process, {1, 2}).has_value());
    ASSERT_TRUE(TestLake::Push(*process, {3}).has_value());
    process = lake.Restart(std::move(process));
    ASSERT_TRUE(process->Flush().has_value());
    ASSERT_THAT(lake.Ids(), ElementsAre("1", "2", "3")) << seed;
  }
}

TEST(PushLog, WhatWasCommittedIsNotCommittedAgainAfterAPowerCut) {
  TestLake lake;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1, 2}).has_value());
  // The log knows nothing of the commit.
  const auto before = TestFolder::AfterPowerCut(*lake.disk, lake.rng);
  ASSERT_TRUE(process->Flush().has_value());
  process.reset();
  lake.disk = before;
  process = lake.Start();
  EXPECT_EQ(process->pipeline().state().rows, 2);
  ASSERT_TRUE(TestLake::Push(*process, {3}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3"));
}

TEST(PushLog, TheNoteOfACommitSavesTheReplayFromAsking) {
  TestLake lake;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1, 2}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  process.reset();  // an orderly end: the note is on disk
  process = lake.Start();
  EXPECT_EQ(process->pipeline().state().rows, 0);
}

TEST(PushLog, ACommitWhoseAnswerWasLostIsNotRepeated) {
  TestLake lake;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1, 2}).has_value());
  ASSERT_TRUE(lake.store()
                  .Inject({.operation = Operation::kPutIfAbsent,
                           .fault = Fault::kLoseAnswer,
                           .key_part = "_delta_log"})
                  .has_value());
  // The read-back fails as well, so that the outcome stays unknown.
  ASSERT_TRUE(lake.store()
                  .Inject({.operation = Operation::kRead,
                           .fault = Fault::kFailBefore,
                           .key_part = "1.json",
                           .skip = 1,
                           .times = 3})
                  .has_value());
  (void)process->Flush();
  lake.store().Heal();
  ASSERT_TRUE(TestLake::Push(*process, {3}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3"));
}

TEST(PushLog, ARepeatGetsTheFirstAnswerAndChangesNothing) {
  TestLake lake;
  auto process = lake.Start();
  const auto first = TestLake::Push(*process, {1, 2}, "key");
  const auto repeat = TestLake::Push(*process, {1, 2}, "key");
  ASSERT_TRUE(repeat.has_value());
  EXPECT_TRUE(repeat->replayed);
  EXPECT_EQ(repeat->lsn, first->lsn);
  process = lake.Restart(std::move(process));
  EXPECT_TRUE(TestLake::Push(*process, {1, 2}, "key")->replayed);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_TRUE(TestLake::Push(*process, {1, 2}, "key")->replayed);
  EXPECT_EQ(process->pipeline().state().rows, 0);
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2"));
}

TEST(PushLog, ARepeatTellsWhenTheFirstCameAlsoAfterACrash) {
  TestLake lake;
  auto process = lake.Start();
  const auto first = TestLake::Push(*process, {1}, "key");
  EXPECT_EQ(first->received_ms, lake.clock.Now().time_since_epoch().count());
  lake.clock.Advance(std::chrono::minutes(1));
  EXPECT_EQ(TestLake::Push(*process, {1}, "key")->received_ms, first->received_ms);
  process = lake.Restart(std::move(process));
  EXPECT_EQ(TestLake::Push(*process, {1}, "key")->received_ms, first->received_ms);
}

TEST(PushLog, TheFirstReasonsWhyRowsDoNotFitAreTold) {
  TestLake lake;
  const auto process = lake.Start();
  std::string body = "{\"id\":1}\n";
  for (int i = 0; i < 9; ++i) body += "{\"id\":\"" + std::string(1000, 'x') + "\"}\n";
  const auto answer = TestLake::PushText(*process, body);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->counts.rejected, 9);
  ASSERT_THAT(answer->reasons, SizeIs(kReasonsToldMax));
  EXPECT_EQ(answer->reasons[0].row, 1);
  EXPECT_EQ(answer->reasons[4].row, 5);
  EXPECT_THAT(answer->reasons[0].reason, HasSubstr("id: 'xxx"));
  EXPECT_LT(answer->reasons[0].reason.size(), 600U);
  EXPECT_THAT(TestLake::Push(*process, {1, 2})->reasons, IsEmpty());
}

TEST(PushLog, TheFirstPushAfterAStartSaysWhatToDoWhenTheStoreIsAway) {
  TestLake lake;
  const auto process = lake.Start();
  ASSERT_TRUE(
      lake.store().Inject({.fault = Fault::kFailBefore, .times = FaultRule::kAlways}).has_value());
  const auto refused = TestLake::Push(*process, {1}, "key");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("nothing was taken in"));
  EXPECT_THAT(refused.error().message, HasSubstr("send the same request again"));
  lake.store().Heal();
  EXPECT_FALSE(TestLake::Push(*process, {1}, "key")->replayed);
}

TEST(PushLog, TheSameKeyWithAnotherBodyIsRefused) {
  TestLake lake;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}, "key").has_value());
  process = lake.Restart(std::move(process));
  const auto other = TestLake::Push(*process, {2}, "key");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().kind, ErrorKind::kAlreadyExists);
}

TEST(PushLog, ARefusedPushGivesItsKeyFree) {
  TestLake lake;
  const auto process = lake.Start();
  process->log->Close();
  EXPECT_EQ(TestLake::Push(*process, {1}, "key").error().kind, ErrorKind::kUnavailable);
  const auto again = lake.Restart(nullptr);
  EXPECT_FALSE(TestLake::Push(*again, {1}, "key")->replayed);
}

TEST(PushLog, KeysAreInAFileBeforeTheirSegmentGoes) {
  TestLake lake;
  auto process = lake.Start();
  const std::string filler(3000, 'x');
  int pushed = 0;
  // Four bodies fill a segment.
  while (KeyFiles(lake) < 3) {
    const auto text = R"({"id":)" + std::to_string(pushed) + R"(,"name":")" + filler + "\"}";
    ASSERT_TRUE(TestLake::PushText(*process, text, "k" + std::to_string(pushed)).has_value());
    ASSERT_TRUE(process->Flush().has_value());
    ++pushed;
    ASSERT_LT(pushed, 100);
  }
  EXPECT_LE(Segments(lake), 3U);
  process = lake.Restart(std::move(process));
  for (int i = 0; i < pushed; ++i) {
    const auto text = R"({"id":)" + std::to_string(i) + R"(,"name":")" + filler + "\"}";
    const auto repeat = TestLake::PushText(*process, text, "k" + std::to_string(i));
    ASSERT_TRUE(repeat.has_value() && repeat->replayed) << i;
  }
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), SizeIs(static_cast<std::size_t>(pushed)));
}

TEST(PushLog, ASegmentStaysUntilItsRowsAreCommitted) {
  TestLake lake;
  const auto process = lake.Start();
  const std::string filler(3000, 'x');
  for (int i = 0; i < 20; ++i) {
    const auto text = R"({"id":)" + std::to_string(i) + R"(,"name":")" + filler + "\"}";
    ASSERT_TRUE(TestLake::PushText(*process, text).has_value());
  }
  ASSERT_TRUE(process->log->Tidy().has_value());
  EXPECT_GE(Segments(lake), 4U);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_LE(Segments(lake), 2U);
}

TEST(PushLog, ADiskThatCannotTakeTheKeysKeepsTheSegmentAndIsTold) {
  TestLake lake;
  auto process = lake.Start();
  const std::string filler(3000, 'x');
  for (int i = 0; i < 12; ++i) {
    const auto text = R"({"id":)" + std::to_string(i) + R"(,"name":")" + filler + "\"}";
    ASSERT_TRUE(TestLake::PushText(*process, text, "k" + std::to_string(i)).has_value());
  }
  lake.disk->full = true;
  const auto segments = Segments(lake);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_EQ(Segments(lake), segments);
  const auto tidied = process->log->Tidy();
  ASSERT_FALSE(tidied.has_value());
  EXPECT_EQ(tidied.error().kind, ErrorKind::kResourceExhausted);
  lake.disk->full = false;
  ASSERT_TRUE(process->log->Tidy().has_value());
  EXPECT_LT(Segments(lake), segments);
  EXPECT_EQ(KeyFiles(lake), segments - Segments(lake));
}

TEST(PushLog, AFullDiskStopsAcknowledgingAndGoesOnByItself) {
  TestLake lake;
  const auto process = lake.Start();
  const std::string filler(3000, 'x');
  const auto text = R"({"id":1,"name":")" + filler + "\"}";
  lake.disk->full = true;
  int accepted = 0;
  auto answer = TestLake::PushText(*process, text);
  for (; answer.has_value() && accepted < 50; ++accepted) {
    answer = TestLake::PushText(*process, text);
  }
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_THAT(answer.error().message, HasSubstr("full"));
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), SizeIs(static_cast<std::size_t>(accepted)));
  lake.disk->full = false;
  EXPECT_TRUE(TestLake::PushText(*process, text).has_value());
}

TEST(PushLog, AFullLogTurnsPushesAwayUntilRowsAreCommitted) {
  TestLake lake;
  auto options = TestLake::Options{};
  options.push.wal.bytes_max = 48 << 10;
  const auto process = lake.Start(options);
  const auto text = R"({"id":1,"name":")" + std::string(3000, 'x') + "\"}";
  auto answer = TestLake::PushText(*process, text);
  for (int i = 0; answer.has_value() && i < 50; ++i) answer = TestLake::PushText(*process, text);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_THAT(answer.error().message, HasSubstr("the log is full"));
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_EQ(process->budget->bytes(), 0U) << "also that of the one that was turned away";
  EXPECT_TRUE(TestLake::PushText(*process, text).has_value());
}

TEST(PushLog, AnAwayStoreKeepsRowsInTheLogAndGoesOn) {
  TestLake lake;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  ASSERT_TRUE(
      lake.store().Inject({.fault = Fault::kFailBefore, .times = FaultRule::kAlways}).has_value());
  ASSERT_TRUE(TestLake::Push(*process, {2}).has_value());
  const auto failed = process->pipeline().Flush(Deadline::After(std::chrono::milliseconds(50)));
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(process->pipeline().state().rows, 1);
  EXPECT_EQ(process->pipeline().state().failures, 1);
  ASSERT_TRUE(TestLake::Push(*process, {3}).has_value());
  lake.store().Heal();
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_EQ(process->pipeline().state().failures, 0);
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3"));
}

TEST(PushLog, RowsThatWaitTooLongTurnFurtherOnesAway) {
  TestLake lake;
  auto options = TestLake::Options{};
  options.push.lag_max = std::chrono::seconds(10);
  const auto process = lake.Start(options);
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  lake.clock.Advance(std::chrono::seconds(11));
  const auto answer = TestLake::Push(*process, {2});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_THAT(answer.error().message, HasSubstr("lake.events wait for 11 s"));
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_TRUE(TestLake::Push(*process, {2}).has_value());
}

TEST(PushLog, WhatDoesNotFitTheMemoryIsReadFromTheLogAgain) {
  TestLake lake;
  auto options = TestLake::Options{};
  options.pending_bytes_max = 1;
  const auto process = lake.Start(options);
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(TestLake::Push(*process, {2, 3}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(process->budget->bytes(), 0U);
}

/// Holds the log before its writes.
class HeldLog final : public KillSwitch {
 public:
  void Reach(std::string_view point) override {
    if (point != kill_points::kBeforeLogWrite) return;
    reached_ = true;
    held_.wait(true);
  }
  void Hold() {
    reached_ = false;
    held_ = true;
  }
  void Release() {
    held_ = false;
    held_.notify_all();
  }
  bool reached() const { return held_ && reached_; }

 private:
  std::atomic<bool> held_ = false;
  std::atomic<bool> reached_ = false;
};

TEST(PushLog, PushesThatWaitForOneSyncDoNotAllFindTheSameMemory) {
  TestLake lake;
  HeldLog held;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  const auto one = process->budget->bytes();
  TestLake::Options options;
  options.pending_bytes_max = 2 * one;
  options.kills = &held;
  process = lake.Restart(std::move(process), options);
  ASSERT_TRUE(TestLake::Push(*process, {2}).has_value());
  const auto durable = [&] { return process->log->state().wal.durable_lsn; };
  const auto before = durable();
  ASSERT_TRUE(process->Flush().has_value());
  // A note of the flush goes into the log by itself.
  ASSERT_TRUE(Until([&] { return durable() == before + 1; }));
  std::vector<std::future<bool>> pushes;
  // However this ends: the log would wait for ever.
  const std::unique_ptr<HeldLog, void (*)(HeldLog*)> release(&held,
                                                             [](HeldLog* log) { log->Release(); });
  held.Hold();
  const auto push = [&](int id) {
    pushes.push_back(std::async(std::launch::async,
                                [&, id] { return TestLake::Push(*process, {id}).has_value(); }));
  };
  push(3);
  ASSERT_TRUE(Until([&] { return process->log->state().wal.waiting == 0 && held.reached(); }));
  for (int id = 4; id < 10; ++id) push(id);
  ASSERT_TRUE(Until([&] { return process->log->state().wal.waiting == 6; }));
  EXPECT_EQ(process->budget->bytes(), 2 * one);
  held.Release();
  for (auto& each : pushes) EXPECT_TRUE(each.get());
  EXPECT_EQ(process->budget->bytes(), 2 * one);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), SizeIs(9));
  EXPECT_EQ(process->budget->bytes(), 0U);
}

TEST(PushLog, ABodyIsDecodedWhenThereIsRoomForIt) {
  TestLake lake;
  const auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  std::optional<PendingBudget::Turn> other =
      process->budget->AwaitTurn(kDecodingBytesMax, Long()).value();
  const auto refused = process->log->Push({.database = "lake",
                                           .table = "events",
                                           .content_type = "application/json",
                                           .idempotency_key = "key",
                                           .body = R"({"id":2})"},
                                          Deadline::After(Duration{0}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_THAT(refused.error().message, HasSubstr("are being decoded"));
  other.reset();
  EXPECT_FALSE(TestLake::Push(*process, {2}, "key")->replayed);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2"));
}

TEST(PushLog, RowsThatWereReadAgainForAFlushThatFailedDoNotStayInMemory) {
  TestLake lake;
  TestLake::Options options;
  options.pending_bytes_max = 1;
  const auto process = lake.Start(options);
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(TestLake::Push(*process, {2, 3}).has_value());
  lake.DenyCommit();
  ASSERT_FALSE(process->Flush().has_value());
  EXPECT_EQ(process->budget->bytes(), 0U);
  lake.store().Heal();
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3"));
}

TEST(PushLog, AnUnknownTableAndABadBodyAreRefused) {
  TestLake lake;
  const auto process = lake.Start();
  const auto missing = process->log->Push({.database = "lake",
                                           .table = "nothing",
                                           .content_type = "application/json",
                                           .idempotency_key = "",
                                           .body = "{}"},
                                          Long());
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);
  const auto broken = process->log->Push({.database = "lake",
                                          .table = "events",
                                          .content_type = "application/json",
                                          .idempotency_key = "",
                                          .body = "{\"id\": "},
                                         Long());
  EXPECT_EQ(broken.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(process->pipeline().state().rows, 0);
}

TEST(PushLog, RowsOfATableThatLeftTheCatalogWaitUntilItIsBack) {
  TestLake lake;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1, 2}).has_value());
  const auto whole = lake.catalog;
  lake.catalog = std::make_shared<const catalog::CatalogModel>();
  process = lake.Restart(std::move(process));
  EXPECT_EQ(process->log->state().strays.at("lake.events"), 1U);
  ASSERT_TRUE(process->log->Tidy().has_value());
  process->tables->Replace(whole);
  process->log->AdoptStrays();
  EXPECT_THAT(process->log->state().strays, IsEmpty());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2"));
}

TEST(PushLog, TwoNamesOfOneLocationKeepAllRows) {
  TestLake lake;
  lake.AddName("other");
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(TestLake::PushText(*process, "{\"id\":2}", "", "other").has_value());
  auto& other = *(*process->tables->Get("lake.other"))->pipeline;
  ASSERT_TRUE(other.Flush(Long()).has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("2"));
  // What came first, under the other name, is committed last.
  process = lake.Restart(std::move(process));
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2"));
  ASSERT_TRUE((*process->tables->Get("lake.other"))->pipeline->Flush(Long()).has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2"));
}

TEST(PushLog, APositionThatAnEarlierVersionLeftCounts) {
  TestLake lake;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  const auto before = TestFolder::AfterPowerCut(*lake.disk, lake.rng);
  ASSERT_TRUE(process->Flush().has_value());
  const auto table = lake.Open("events");
  const auto snapshot = table->Latest(Long()).value();
  const auto ours = snapshot->transactions();
  ASSERT_THAT(ours, SizeIs(1));
  std::string plain = ours.front().app_id;
  plain.resize(plain.size() - std::string_view("-lake.events").size());
  const auto position = ours.front().version + 2;
  delta::CommitRequest request;
  request.actions = {delta::SetTransaction{.app_id = plain, .version = position}};
  ASSERT_TRUE(table->Commit(snapshot, std::move(request), Long()).has_value());
  ASSERT_TRUE(TestLake::Push(*process, {2}).has_value());
  process.reset();
  lake.disk = before;
  process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {3}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "3"));
}

TEST(PushLog, NumbersNewRecordsAboveWhatTheTableHasSeen) {
  TestLake lake;
  auto process = lake.Start();
  const auto empty = TestFolder::AfterPowerCut(*lake.disk, lake.rng);
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(TestLake::Push(*process, {2}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  process.reset();
  // A disk that lies: what it said was synced is gone.
  lake.disk = empty;
  process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {3}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3"));
}

}  // namespace
}  // namespace neuralake::ingest
