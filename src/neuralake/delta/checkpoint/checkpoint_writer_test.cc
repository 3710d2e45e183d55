#include "neuralake/delta/checkpoint/checkpoint_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/base/uri.h"
#include "neuralake/delta/log/file_names.h"
#include "neuralake/delta/table.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

AddFile Added(const std::string& path) {
  AddFile add;
  add.path = path;
  add.partition_values = {{"day", path.ends_with('0') ? std::nullopt : std::optional("a b")}};
  add.size = 7;
  add.modification_time = 17;
  add.stats = R"({"numRecords":3,"minValues":{"id":1}})";
  add.tags = {{"k", "v"}};
  return add;
}

class CheckpointWriterTest : public testing::Test {
 protected:
  CheckpointWriterTest()
      : store_(*storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_)),
        table_(Table::Open(store_)) {
    Metadata metadata;
    metadata.name = "flights";
    metadata.description = "all of them";
    metadata.schema = columnar::ParseDdl("id long, day string").value();
    metadata.partition_columns = {"day"};
    metadata.configuration = {{"delta.checkpointInterval", "4"}};
    snapshot_ = table_->Create(std::move(metadata), {}, {}, kSoon)->snapshot;
  }

  void Commit(std::vector<Action> actions) {
    CommitRequest request;
    request.actions = std::move(actions);
    request.info.operation = "WRITE";
    const auto outcome = table_->Commit(snapshot_, std::move(request), kSoon);
    ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
    snapshot_ = outcome->snapshot;
  }

  void CommitFiles(int count) {
    for (int i = 0; i < count; ++i) Commit({Added("file-" + std::to_string(files_++))});
  }

  /// What is read when the commits behind the checkpoint are all that is left.
  SnapshotPtr FromCheckpoint(Version version) {
    for (Version v = 0; v <= version; ++v) EXPECT_TRUE(store_->Delete(CommitKey(v), kSoon));
    const auto read = Table::Open(store_)->Latest(kSoon);
    EXPECT_TRUE(read.has_value()) << read.error().message;
    return read ? *read : nullptr;
  }

  std::string LastCheckpoint() { return store_->Read(kLastCheckpointKey, kSoon).value_or(""); }

  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::ObjectStore> store_;
  std::shared_ptr<Table> table_;
  SnapshotPtr snapshot_;
  int files_ = 0;
};

std::vector<AddFile> Adds(const Snapshot& snapshot) {
  std::vector<AddFile> adds;
  for (std::size_t i = 0; i < snapshot.files().count(); ++i)
    adds.push_back(snapshot.files().Get(i));
  std::ranges::sort(adds, {}, &AddFile::path);
  return adds;
}

TEST_F(CheckpointWriterTest, HoldsAllThatTheLogSaid) {
  RemoveFile removed;
  removed.path = "file-1";
  removed.deletion_timestamp = SystemClock::Get().Now().time_since_epoch().count();
  removed.extended_file_metadata = true;
  removed.partition_values = {{"day", "a b"}};
  removed.size = 7;
  AddFile marked = Added("file-m");
  marked.deletion_vector = DeletionVectorDescriptor{'u', "ab^-aqEH.-t@S}K{vb[*k^", 4, 40, 2};
  CommitFiles(2);
  Commit({removed, marked, SetTransaction{"app \"1\"", 12, 99}});
  ASSERT_TRUE(table_->Checkpoint(*snapshot_, kSoon));
  const auto read = FromCheckpoint(snapshot_->version());
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->version(), snapshot_->version());
  EXPECT_EQ(read->protocol(), snapshot_->protocol());
  EXPECT_EQ(read->metadata().id, snapshot_->metadata().id);
  EXPECT_EQ(read->metadata().name, "flights");
  EXPECT_EQ(read->metadata().description, "all of them");
  EXPECT_EQ(read->metadata().schema_text, snapshot_->metadata().schema_text);
  EXPECT_EQ(read->metadata().configuration, snapshot_->metadata().configuration);
  EXPECT_EQ(read->transaction("app \"1\""), 12);
  ASSERT_EQ(read->tombstones().size(), 1U);
  EXPECT_EQ(read->tombstones()[0].path, "file-1");
  EXPECT_EQ(read->tombstones()[0].partition_values.at("day"), "a b");
  const auto adds = Adds(*read);
  ASSERT_EQ(adds.size(), 2U);
  EXPECT_EQ(adds[0].stats, Added("file-0").stats);
  EXPECT_EQ(adds[0].partition_values, Added("file-0").partition_values);
  EXPECT_EQ(adds[0].tags, Added("file-0").tags);
  EXPECT_EQ(adds[1].deletion_vector, marked.deletion_vector);
  EXPECT_EQ(read->num_records(), 4);
}

TEST_F(CheckpointWriterTest, IsWrittenBehindEveryFourthCommitAsThePropertySays) {
  CommitFiles(5);
  table_.reset();  // which waits for what is due
  EXPECT_TRUE(store_->Head(ClassicCheckpointKey(4), kSoon).has_value());
  EXPECT_FALSE(store_->Head(ClassicCheckpointKey(5), kSoon).has_value());
  EXPECT_THAT(LastCheckpoint(), testing::HasSubstr(R"("version":4,"size":6)"));
  EXPECT_THAT(LastCheckpoint(), testing::HasSubstr(R"("numOfAddFiles":4)"));
  EXPECT_EQ(FromCheckpoint(4)->files().count(), 5U);
}

TEST_F(CheckpointWriterTest, ALaterPointerStays) {
  ASSERT_TRUE(store_->Put(kLastCheckpointKey, R"({"version":100,"size":1})",
                          storage::PutMode::kOverwrite, kSoon));
  CommitFiles(1);
  ASSERT_TRUE(table_->Checkpoint(*snapshot_, kSoon));
  EXPECT_EQ(LastCheckpoint(), R"({"version":100,"size":1})");
}

TEST_F(CheckpointWriterTest, ManyFilesMakeSeveralRowGroups) {
  std::vector<Action> files;
  constexpr int kFiles = 70'000;
  for (int i = 0; i < kFiles; ++i) files.emplace_back(Added("many-" + std::to_string(i)));
  Commit(std::move(files));
  ASSERT_TRUE(table_->Checkpoint(*snapshot_, kSoon));
  EXPECT_EQ(FromCheckpoint(snapshot_->version())->files().count(), std::size_t{kFiles});
}

}  // namespace
}  // namespace neuralake::delta
