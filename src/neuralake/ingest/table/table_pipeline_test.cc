#include "neuralake/ingest/table/table_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/ingest/test_lake.h"

namespace neuralake::ingest {
namespace {

using storage::Fault;
using storage::Operation;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A source as a Kafka partition is one: it keeps nothing, and gives again what it is asked for.
class Partition final : public RowSource {
 public:
  Partition(TablePipeline& pipeline, Clock& clock) : pipeline_(pipeline), clock_(clock) {
    pipeline_.Attach(*this);
  }
  Partition(TablePipeline& pipeline, Clock& clock, std::int64_t begin)
      : Partition(pipeline, clock) {
    pipeline_.Begin(*this, begin);
  }
  ~Partition() override { pipeline_.Detach(*this); }

  /// Rows with the offsets from `first` up to, without, `next`.
  void Give(std::int64_t first, std::int64_t next) {
    auto lease = pipeline_.TakeDecoder(Long()).value();
    for (auto offset = first; offset < next; ++offset) {
      const auto text = "{\"id\":" + std::to_string(offset) + "}";
      ASSERT_TRUE(lease.decoder->Add(ContentType::kJson, text, offset).has_value());
    }
    PendingRows rows{
        .first = first, .position = next, .arrived = clock_.Mono(), .counts = {next - first, 0}};
    rows.decoded = pipeline_.Keep(lease.decoder->Finish());
    rows.schema = lease.schema;
    pipeline_.GiveBack(std::move(lease));
    pipeline_.Add(*this, std::move(rows));
  }

  const std::string& app_id() const override { return app_id_; }
  std::string name() const override { return "kafka:topic"; }
  std::string PositionOf(const PendingRows&, const RejectedRow& row) const override {
    return "0:" + std::to_string(row.origin);
  }
  std::int64_t After(const PendingRows&, const RejectedRow& row) const override {
    return row.origin + 1;
  }
  bool gapless() const override { return true; }
  Result<Decoded> Reload(const PendingRows&, Decoder&) override {
    return Fail(ErrorKind::kNotFound, "not kept");
  }
  void Committed(std::int64_t position) override { committed_.push_back(position); }
  void Restart(std::int64_t position) override { restarts_.push_back(position); }

  std::vector<std::int64_t> committed_;
  std::vector<std::int64_t> restarts_;

 private:
  TablePipeline& pipeline_;
  Clock& clock_;
  const std::string app_id_ = "kafka-topic-0";
};

/// Commit `actions` to a table as another writer does.
void CommitAsOther(TestLake& lake, std::vector<delta::Action> actions) {
  const auto table = lake.Open("events");
  const auto latest = table->Latest(Long()).value();
  delta::CommitRequest request;
  request.actions = std::move(actions);
  request.info.operation = "TEST";
  const auto outcome = table->Commit(latest, std::move(request), Long());
  ASSERT_TRUE(outcome.has_value()) << Describe(outcome.error());
}

TEST(TablePipeline, IsDueByTimeSinceTheOldestRow) {
  TestLake lake;
  TestLake::Options options;
  options.flush.interval = std::chrono::seconds(2);
  const auto process = lake.Start(options);
  EXPECT_FALSE(process->pipeline().Due().has_value());
  const auto began = lake.clock.Mono();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  EXPECT_EQ(process->woken, 1);
  lake.clock.Advance(std::chrono::seconds(1));
  ASSERT_TRUE(TestLake::Push(*process, {2}).has_value());
  EXPECT_EQ(process->woken, 1);
  EXPECT_EQ(process->pipeline().Due(), began + std::chrono::seconds(2));
  EXPECT_EQ(process->pipeline().state().lag, std::chrono::seconds(1));
}

TEST(TablePipeline, IsDueAtOnceByRows) {
  TestLake lake;
  TestLake::Options options;
  options.flush.rows = 3;
  const auto process = lake.Start(options);
  ASSERT_TRUE(TestLake::Push(*process, {1, 2}).has_value());
  EXPECT_GT(process->pipeline().Due(), lake.clock.Mono());
  ASSERT_TRUE(TestLake::Push(*process, {3}).has_value());
  EXPECT_LE(process->pipeline().Due(), lake.clock.Mono());
  EXPECT_EQ(process->woken, 2);
}

TEST(TablePipeline, IsDueAtOnceByBytes) {
  TestLake lake;
  TestLake::Options options;
  options.flush.bytes = 100;
  const auto process = lake.Start(options);
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  EXPECT_GT(process->pipeline().Due(), lake.clock.Mono());
  ASSERT_TRUE(TestLake::Push(*process, {2, 3, 4, 5}).has_value());
  EXPECT_LE(process->pipeline().Due(), lake.clock.Mono());
}

TEST(TablePipeline, AFlushTakesNoMoreThanItsRowsAndLeavesTheRestDue) {
  TestLake lake;
  TestLake::Options options;
  options.flush.rows = 2;
  const auto process = lake.Start(options);
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(TestLake::Push(*process, {i}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2"));
  EXPECT_LE(process->pipeline().Due(), lake.clock.Mono());
  ASSERT_TRUE(process->Flush().has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), SizeIs(5));
  EXPECT_FALSE(process->pipeline().Due().has_value());
}

TEST(TablePipeline, AFlushTakesNoMoreThanItsDecodedBytesAlsoOfRowsReadAgainFromTheLog) {
  for (const std::uint64_t pending_bytes_max : {1 << 20, 0}) {
    TestLake lake;
    TestLake::Options options;
    options.flush.decoded_bytes_max = 1;
    options.pending_bytes_max = pending_bytes_max;
    const auto process = lake.Start(options);
    for (const int i : {1, 2, 3}) ASSERT_TRUE(TestLake::Push(*process, {i}).has_value());
    ASSERT_TRUE(process->Flush().has_value());
    EXPECT_THAT(lake.Ids(), ElementsAre("1"));
    ASSERT_TRUE(process->Flush().has_value());
    ASSERT_TRUE(process->Flush().has_value());
    EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3"));
    EXPECT_FALSE(process->pipeline().Due().has_value());
  }
}

TEST(TablePipeline, AFlushWhoseCommitIsRefusedLeavesNoFiles) {
  TestLake lake;
  const auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(lake.store()
                  .Inject({.operation = Operation::kPutIfAbsent,
                           .fault = Fault::kDeny,
                           .key_part = "_delta_log"})
                  .has_value());
  ASSERT_FALSE(process->Flush().has_value());
  EXPECT_GT(lake.store().counts().of(Operation::kDelete), 0U);
  const auto objects = storage::ListAll(lake.store(), {}, Long()).value();
  for (const auto& object : objects) {
    EXPECT_THAT(object.key, testing::StartsWith("_delta_log/"));
  }
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1"));
}

TEST(TablePipeline, WaitsLongerAfterEachFailedFlush) {
  TestLake lake;
  const auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  lake.clock.Advance(std::chrono::seconds(5));
  ASSERT_TRUE(lake.store()
                  .Inject({.fault = Fault::kDeny, .times = storage::FaultRule::kAlways})
                  .has_value());
  auto wait = kFlushRetryFirst;
  for (int i = 0; i < 9; ++i) {
    ASSERT_FALSE(process->Flush().has_value());
    EXPECT_EQ(process->pipeline().Due(), lake.clock.Mono() + wait) << i;
    wait = std::min(kFlushRetryMost, wait * 2);
  }
  EXPECT_THAT(process->pipeline().state().error, HasSubstr("permission_denied"));
  lake.store().Heal();
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1"));
}

TEST(TablePipeline, RowsThatDoNotFitBecomeDeadLettersAndTheOthersGoOn) {
  TestLake lake;
  const auto process = lake.Start();
  const auto answer = TestLake::PushText(
      *process, "{\"id\":1}\n{\"id\":\"many\"}\nnonsense\n{\"id\":2,\"more\":1}\n{\"id\":3}\n");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->counts.accepted, 2);
  EXPECT_EQ(answer->counts.rejected, 3);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "3"));
  const std::string letters = "events__dead_letters";
  EXPECT_THAT(lake.Values("position", letters), ElementsAre("1:1", "1:2", "1:3"));
  EXPECT_THAT(lake.Values("source", letters), ElementsAre("push", "push", "push"));
  EXPECT_THAT(lake.Values("table", letters), testing::Each("lake.events"));
  EXPECT_THAT(lake.Values("payload", letters), testing::Contains("nonsense"));
  EXPECT_THAT(lake.Values("reason", letters), testing::Contains(HasSubstr("no column 'more'")));
}

TEST(TablePipeline, DeadLettersAreThereOnceWhenTheirRowsFailedAfterThem) {
  TestLake lake;
  auto process = lake.Start();
  ASSERT_TRUE(TestLake::PushText(*process, "{\"id\":1}\nnonsense\n").has_value());
  lake.DenyCommit();
  ASSERT_FALSE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), IsEmpty());
  EXPECT_THAT(lake.Values("payload", "events__dead_letters"), SizeIs(1));
  process = lake.Restart(std::move(process));
  lake.store().Heal();
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1"));
  EXPECT_THAT(lake.Values("payload", "events__dead_letters"), ElementsAre("nonsense"));
}

TEST(TablePipeline, ARowThatDoesNotFitAnyMoreHasADeadLetterThoughLaterOnesWereThereBefore) {
  for (const bool restart : {false, true}) {
    TestLake lake;
    auto process = lake.Start();
    ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
    ASSERT_TRUE(TestLake::PushText(*process, "{\"id\":2}\nnonsense\n").has_value());
    // The letter of the second body goes in, the table's own commit fails.
    lake.DenyCommit();
    ASSERT_FALSE(process->Flush().has_value());
    ASSERT_THAT(lake.Values("position", "events__dead_letters"), ElementsAre("2:1"));
    lake.store().Heal();
    // Now the first body has a member that the table has no column for.
    auto metadata = lake.Open("events")->Latest(Long()).value()->metadata();
    metadata.schema = columnar::ParseDdl("id long").value();
    metadata.schema_text = columnar::FormatSchemaJson(metadata.schema);
    CommitAsOther(lake, {metadata});
    if (restart) process = lake.Restart(std::move(process));
    ASSERT_TRUE(process->Flush().has_value());
    EXPECT_THAT(lake.Ids(), ElementsAre("2"));
    const auto letters = lake.Values("position", "events__dead_letters");
    if (restart) {
      // Of two rather than of none: nobody knows any more which ones were there.
      EXPECT_THAT(letters, ElementsAre("1:0", "2:1", "2:1"));
    } else {
      EXPECT_THAT(letters, ElementsAre("1:0", "2:1"));
    }
  }
}

TEST(TablePipeline, RowsAreDecodedAgainForASchemaThatChangedMeanwhile) {
  TestLake lake;
  const auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  ASSERT_TRUE(TestLake::Push(*process, {2}).has_value());
  auto metadata = lake.Open("events")->Latest(Long()).value()->metadata();
  metadata.schema = columnar::ParseDdl("id long, name string, more string").value();
  metadata.schema_text = columnar::FormatSchemaJson(metadata.schema);
  CommitAsOther(lake, {metadata});
  ASSERT_TRUE(process->Flush().has_value());
  ASSERT_TRUE(TestLake::PushText(*process, R"({"id":3,"more":"yes"})").has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "2", "3"));
  EXPECT_THAT(lake.Values("more"), testing::Contains("yes"));
}

TEST(TablePipeline, ASourceThatAnotherWriterServedMeanwhileStartsAgainWhereTheTableIs) {
  TestLake lake;
  const auto process = lake.Start();
  Partition partition(process->pipeline(), lake.clock);
  partition.Give(0, 5);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(partition.committed_, ElementsAre(5));
  partition.Give(5, 10);
  CommitAsOther(lake, {delta::SetTransaction{
                          .app_id = partition.app_id(), .version = 7, .last_updated = {}}});
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(partition.restarts_, ElementsAre(7));
  EXPECT_THAT(lake.Ids(), SizeIs(5));
  partition.Give(7, 9);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("0", "1", "2", "3", "4", "7", "8"));
}

TEST(TablePipeline, RowsBehindAGapAreAskedForAgainAndNotCommitted) {
  TestLake lake;
  const auto process = lake.Start();
  Partition partition(process->pipeline(), lake.clock);
  partition.Give(0, 5);
  ASSERT_TRUE(process->Flush().has_value());
  partition.Give(5, 7);
  partition.Give(9, 10);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(partition.restarts_, ElementsAre(5));
  EXPECT_THAT(lake.Ids(), SizeIs(5));
  EXPECT_EQ(process->pipeline().state().rows, 0);
}

TEST(TablePipeline, RowsBehindDroppedOnesAreNotCommittedWhileTheTableHasNoPositionYet) {
  TestLake lake;
  const auto process = lake.Start();
  Partition partition(process->pipeline(), lake.clock, 3);
  partition.Give(3, 5);
  // Decoded for a schema that is no more, and not kept: they are dropped and asked for again.
  auto metadata = lake.Open("events")->Latest(Long()).value()->metadata();
  metadata.schema = columnar::ParseDdl("id long, name string, more string").value();
  metadata.schema_text = columnar::FormatSchemaJson(metadata.schema);
  CommitAsOther(lake, {metadata});
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(partition.restarts_, ElementsAre(3));
  // These were on their way, from before the source heard of it.
  partition.Give(5, 7);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(partition.restarts_, ElementsAre(3, 3));
  EXPECT_THAT(lake.Ids(), IsEmpty());
  partition.Give(3, 7);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("3", "4", "5", "6"));
}

TEST(TablePipeline, ATableThatForgetsPositionsTakesNoRowsOfASourceThatOnlyItKnowsThePositionOf) {
  TestLake lake;
  const auto process = lake.Start();
  Partition partition(process->pipeline(), lake.clock);
  partition.Give(0, 5);
  ASSERT_TRUE(process->Flush().has_value());
  auto metadata = lake.Open("events")->Latest(Long()).value()->metadata();
  const auto unset = metadata;
  metadata.configuration["delta.setTransactionRetentionDuration"] = "interval 7 days";
  CommitAsOther(lake, {metadata});
  partition.Give(5, 7);
  const auto flushed = process->Flush();
  const auto position = process->pipeline().PositionOf(partition, Long());
  ASSERT_FALSE(flushed.has_value() || position.has_value());
  for (const auto& error : {flushed.error(), position.error()}) {
    EXPECT_EQ(error.kind, ErrorKind::kUnsupported);
    EXPECT_THAT(error.message,
                testing::AllOf(HasSubstr("lake.events"),
                               HasSubstr("delta.setTransactionRetentionDuration = interval 7 days"),
                               HasSubstr("unset the property")));
  }
  CommitAsOther(lake, {unset});
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), SizeIs(7));
}

TEST(TablePipeline, ATableThatForgetsPositionsTakesPushedRows) {
  TestLake lake;
  auto model = std::make_shared<catalog::CatalogModel>(*lake.catalog);
  model->databases[0].tables[0].properties = {
      {"delta.setTransactionRetentionDuration", "interval 7 days"}};
  lake.catalog = model;
  const auto process = lake.Start();
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1"));
}

TEST(TablePipeline, AQuietSourceIsNotKeptWaitingByABusyOne) {
  TestLake lake;
  TestLake::Options options;
  options.flush.rows = 5;
  const auto process = lake.Start(options);
  Partition busy(process->pipeline(), lake.clock, 100);
  busy.Give(100, 105);
  lake.clock.Advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  lake.clock.Advance(std::chrono::milliseconds(1));
  busy.Give(105, 110);
  ASSERT_TRUE(process->Flush().has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), testing::Contains("1"));
}

TEST(TablePipeline, RowsThatTheTableHasAlreadyAreDropped) {
  TestLake lake;
  const auto process = lake.Start();
  Partition partition(process->pipeline(), lake.clock);
  partition.Give(0, 5);
  ASSERT_TRUE(process->Flush().has_value());
  partition.Give(0, 5);
  partition.Give(5, 6);
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("0", "1", "2", "3", "4", "5"));
  EXPECT_EQ(process->pipeline().PositionOf(partition, Long()).value(), 6);
}

TEST(TablePipeline, SourcesOfOneTableShareACommit) {
  TestLake lake;
  const auto process = lake.Start();
  Partition partition(process->pipeline(), lake.clock, 100);
  partition.Give(100, 102);
  ASSERT_TRUE(TestLake::Push(*process, {1}).has_value());
  ASSERT_TRUE(process->Flush().has_value());
  EXPECT_THAT(lake.Ids(), ElementsAre("1", "100", "101"));
  EXPECT_EQ(lake.Open("events")->Latest(Long()).value()->version(), 1);
}

TEST(TablePipeline, GivesItsMemoryBackWhenASourceGoes) {
  TestLake lake;
  const auto process = lake.Start();
  {
    Partition partition(process->pipeline(), lake.clock);
    partition.Give(0, 5);
    EXPECT_GT(process->budget->bytes(), 0U);
  }
  EXPECT_EQ(process->budget->bytes(), 0U);
  EXPECT_EQ(process->pipeline().state().rows, 0);
}

TEST(TablePipeline, ATableThatCannotBeMadeSaysWhatItsDefinitionLacks) {
  TestLake lake;
  auto model = std::make_shared<catalog::CatalogModel>(*lake.catalog);
  model->databases[0].tables[0].columns[1].type = std::nullopt;
  lake.catalog = model;
  const auto process = lake.Start();
  const auto answer = TestLake::Push(*process, {1});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(answer.error().message, HasSubstr("column name has no declared type"));
}

}  // namespace
}  // namespace neuralake::ingest
