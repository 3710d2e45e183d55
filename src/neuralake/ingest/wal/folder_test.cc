#include "neuralake/ingest/wal/folder.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/ingest/wal/test_folder.h"
#include "neuralake/storage/test_syncs.h"

namespace neuralake::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(LogFolder, BelongsToOneProcess) {
  const std::string path = testing::TempDir() + "/neuralake_log_folder";
  const auto folder = LogFolder::Open(path).value();
  const auto second = LogFolder::Open(path);
  EXPECT_EQ(second.error().kind, ErrorKind::kAlreadyExists);
  EXPECT_THAT(second.error().message, HasSubstr(path));
}

TEST(LogFolder, IsMadeDurablyWithThoseAboveIt) {
  const auto root = std::filesystem::path(testing::TempDir()) / "neuralake_log_folder_made";
  std::filesystem::remove_all(root);
  std::filesystem::create_directory(root);
  const storage::TestSyncs syncs;
  ASSERT_TRUE(LogFolder::Open(root / "a/b/").has_value());
  EXPECT_GE(storage::TestSyncs::Count(root.string()), 1);
  EXPECT_GE(storage::TestSyncs::Count((root / "a").string()), 1);
}

TEST(LogFolder, MakesNamesDurableOnDemand) {
  const auto path = std::filesystem::path(testing::TempDir()) / "neuralake_log_folder_names";
  const auto folder = LogFolder::Open(path).value();
  const storage::TestSyncs syncs;
  ASSERT_TRUE(folder->Sync().has_value());
  EXPECT_EQ(storage::TestSyncs::Count(path.string()), 1);
  storage::TestSyncs::Fail(path.string());
  EXPECT_EQ(folder->Sync().error().kind, ErrorKind::kUnavailable);
}

TEST(LogFolder, LeavesNoFileThatItCouldNotMake) {
  const auto path = std::filesystem::path(testing::TempDir()) / "neuralake_log_folder_failing";
  const auto folder = LogFolder::Open(path).value();
  const storage::TestSyncs syncs;
  for (const auto& failing : {path / "next.tmp", path}) {
    storage::TestSyncs::Fail(failing.string());
    EXPECT_EQ(folder->Create("next.tmp", 3 << 20).error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(folder->List().value(), ElementsAre("lock")) << failing;
    storage::TestSyncs::Heal();
  }
}

TEST(LogFolder, LeavesNothingOfASmallFileThatItCouldNotWrite) {
  const auto disk = std::make_shared<TestFolder::Disk>();
  TestFolder folder(disk);
  disk->write_faults = {ErrorKind::kUnavailable};
  EXPECT_FALSE(folder.Put("small", "text").has_value());
  EXPECT_THAT(folder.List().value(), testing::IsEmpty());
}

TEST(LogFolder, WritesAndReadsOnDisk) {
  const std::string path = testing::TempDir() + "/neuralake_log_folder_io";
  const auto folder = LogFolder::Open(path).value();
  ASSERT_TRUE(folder->Put("small", "text").has_value());
  auto file = folder->Create("large", 3 << 20).value();
  EXPECT_EQ(folder->Size("large").value(), 3U << 20);
  const std::vector<std::string_view> parts(2000, "abc");
  ASSERT_TRUE(file->Write(10, parts).has_value());
  ASSERT_TRUE(file->Sync().has_value());
  EXPECT_EQ(file->Read(10 + 5997, 5).value(), std::string("abc\0\0", 5));
  EXPECT_THAT(folder->List().value(), ElementsAre("large", "lock", "small"));
  ASSERT_TRUE(folder->Rename("large", "small").has_value());
  EXPECT_EQ(folder->OpenFile("large").error().kind, ErrorKind::kNotFound);
  ASSERT_TRUE(folder->Remove("small").has_value());
  ASSERT_TRUE(folder->Remove("small").has_value());
}

}  // namespace
}  // namespace neuralake::ingest
