#include "neuralake/storage/local_store.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "neuralake/storage/limits.h"
#include "neuralake/storage/local_draft.h"
#include "neuralake/storage/test_syncs.h"

namespace neuralake::storage {
namespace {

namespace fs = std::filesystem;

class LocalStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::temp_directory_path() / ("neuralake-local-" + std::to_string(SystemRng::Get().Next()));
    store_ = LocalStore::Open(Uri::Parse(folder_.string()).value()).value();
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::vector<std::string> FilesOnDisk() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(folder_));
    }
    return names;
  }

  fs::path folder_;
  std::shared_ptr<LocalStore> store_;
  Deadline deadline_;
};

using LocalStoreDeathTest = LocalStoreTest;

TEST_F(LocalStoreTest, OpeningMakesNothing) { EXPECT_FALSE(fs::exists(folder_)); }

TEST_F(LocalStoreTest, LeavesOnlyTheObjectsOnDisk) {
  ASSERT_TRUE(store_->Put("a", "1", PutMode::kIfAbsent, deadline_));
  EXPECT_FALSE(store_->Put("a", "2", PutMode::kIfAbsent, deadline_));
  ASSERT_TRUE(store_->Put("a", "3", PutMode::kOverwrite, deadline_));
  {
    auto dropped = store_->StartUpload("b", deadline_).value();
  }
  EXPECT_EQ(FilesOnDisk(), std::vector<std::string>{"a"});
}

TEST_F(LocalStoreTest, APutBesideOthersMakesNoFolder) {
  const auto beside = [&] {
    return store_->Put("a/b/two", "2", PutMode::kIfAbsentInFolder, deadline_);
  };
  EXPECT_EQ(beside().error().kind, ErrorKind::kNotFound);
  EXPECT_FALSE(fs::exists(folder_));
  ASSERT_TRUE(store_->Put("a/b/one", "1", PutMode::kIfAbsent, deadline_));
  EXPECT_TRUE(beside());
  EXPECT_EQ(beside().error().kind, ErrorKind::kAlreadyExists);
}

TEST_F(LocalStoreTest, NamedDraftsKeepTheSamePromises) {
  fs::create_directories(folder_);
  const std::string path = folder_ / "x/object";
  const auto put = [&](std::string_view bytes, PutMode mode) -> Status {
    LocalDraft draft = TRY(LocalDraft::Start(path, {.anonymous = false}, SystemRng::Get()));
    TRY(draft.Write(bytes));
    EXPECT_EQ(FilesOnDisk().size(), fs::exists(path) ? 2U : 1U);
    EXPECT_EQ(ListAll(*store_, {}, deadline_).value().size(), fs::exists(path) ? 1U : 0U);
    return draft.Publish(mode);
  };
  EXPECT_TRUE(put("1", PutMode::kIfAbsent));
  EXPECT_EQ(put("2", PutMode::kIfAbsent).error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(store_->Read("x/object", deadline_).value(), "1");
  EXPECT_TRUE(put("3", PutMode::kOverwrite));
  EXPECT_EQ(store_->Read("x/object", deadline_).value(), "3");
  EXPECT_EQ(FilesOnDisk(), std::vector<std::string>{"x/object"});
}

TEST_F(LocalStoreTest, WhatWasCreatedAndNotSyncedIsReadOnceItIsDurable) {
  ASSERT_TRUE(store_->Put("log/0", "0", PutMode::kIfAbsent, deadline_));
  const TestSyncs syncs;
  const std::string folder = folder_ / "log";
  TestSyncs::Fail(folder);
  EXPECT_EQ(store_->Put("log/1", "1", PutMode::kIfAbsent, deadline_).error().kind,
            ErrorKind::kUnknownOutcome);
  const auto read = store_->Read("log/1", deadline_);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(store_->Head("log/1", deadline_).has_value());
  EXPECT_EQ(store_->Read("log/0", deadline_).value(), "0");
  EXPECT_EQ(store_->Put("log/1", "1", PutMode::kIfAbsent, deadline_).error().kind,
            ErrorKind::kAlreadyExists);
  TestSyncs::Heal();
  EXPECT_EQ(TestSyncs::Count(folder), 0);
  EXPECT_EQ(store_->Read("log/1", deadline_).value(), "1");
  EXPECT_EQ(TestSyncs::Count(folder), 1);
  EXPECT_EQ(store_->Read("log/1", deadline_).value(), "1");
  EXPECT_EQ(TestSyncs::Count(folder), 1);
}

TEST_F(LocalStoreTest, ListsThroughSymbolicLinksAndSkipsBrokenOnes) {
  ASSERT_TRUE(store_->Put("real/file", "1", PutMode::kOverwrite, deadline_));
  fs::create_directory_symlink(folder_ / "real", folder_ / "linked");
  fs::create_symlink(folder_ / "nowhere", folder_ / "broken");
  fs::create_symlink(folder_ / "real/file", folder_ / "alias");
  std::vector<std::string> keys;
  const auto listed = ListAll(*store_, {}, deadline_).value();
  for (const auto& object : listed) keys.push_back(object.key);
  EXPECT_EQ(keys, (std::vector<std::string>{"alias", "linked/file", "real/file"}));
}

TEST_F(LocalStoreTest, AKeyBelowAFileIsRefusedByName) {
  ASSERT_TRUE(store_->Put("a", "1", PutMode::kOverwrite, deadline_));
  const Status put = store_->Put("a/b", "1", PutMode::kOverwrite, deadline_);
  EXPECT_EQ(put.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(put.error().message.find((folder_ / "a").string()), std::string::npos);
}

TEST_F(LocalStoreTest, AKeyThatIsAFolderIsNoObject) {
  ASSERT_TRUE(store_->Put("a/b", "1", PutMode::kOverwrite, deadline_));
  EXPECT_EQ(store_->Put("a", "1", PutMode::kIfAbsent, deadline_).error().kind,
            ErrorKind::kAlreadyExists);
  EXPECT_EQ(store_->Put("a", "1", PutMode::kOverwrite, deadline_).error().kind,
            ErrorKind::kInvalid);
  EXPECT_TRUE(store_->Delete("a", deadline_));
  EXPECT_EQ(store_->Read("a/b", deadline_).value(), "1");
  EXPECT_EQ(FilesOnDisk(), std::vector<std::string>{"a/b"});
}

TEST_F(LocalStoreDeathTest, ListRefusesToSkipAFolderItMayNotRead) {
  ASSERT_TRUE(store_->Put("a/b", "1", PutMode::kOverwrite, deadline_));
  fs::permissions(folder_ / "a", fs::perms::none);
  // Ends at once: what runs at a process's exit, as counters of coverage, may not write either.
  const auto list_as_nobody = [this] {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(2);
    const auto page = store_->List({}, deadline_);
    ::_exit(!page && page.error().kind == ErrorKind::kPermissionDenied ? 0 : 1);
  };
  EXPECT_EXIT(list_as_nobody(), testing::ExitedWithCode(0), "");
  fs::permissions(folder_ / "a", fs::perms::owner_all);
}

TEST_F(LocalStoreDeathTest, AFileThatMayNotGrowIsResourceExhaustedAndNamed) {
  // A limit on file size fails a write as a full disk does; in a process of its own, for the limit
  // stays.
  const auto put_within_limit = [this] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    const Status put = store_->Put("big", std::string(8192, 'x'), PutMode::kOverwrite, deadline_);
    const bool named = !put && put.error().kind == ErrorKind::kResourceExhausted &&
                       put.error().message.find("big") != std::string::npos;
    ::_exit(named && FilesOnDisk().empty() ? 0 : 1);
  };
  EXPECT_EXIT(put_within_limit(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace neuralake::storage
