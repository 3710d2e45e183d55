#include "neuralake/engine/sql/instance.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/storage/object_store.h"

namespace neuralake::engine {
namespace {

using testing::HasSubstr;

/// A folder `table` with a file, and a file beside the folder.
class InstanceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root_ / "table");
    std::ofstream(root_ / "table" / "rows.csv") << "a,b\n1,2\n";
    std::ofstream(root_ / "secret.csv") << "a,b\n3,4\n";
    auto store = storage::OpenStore(Uri::Parse((root_ / "table").string()).value());
    ASSERT_TRUE(store.has_value()) << store.error().message;
    ASSERT_EQ(lake_->stores()->Add(*std::move(store)), 1U);
    auto opened = Instance::Open({}, lake_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    instance_ = *std::move(opened);
  }

  /// The error of `sql`, which passes no admission here; empty when it has none.
  static std::string ErrorOf(Instance& instance, const std::string& sql) {
    const auto result = instance.Connect()->Query(sql);
    return result->HasError() ? result->GetError() : "";
  }

  const std::filesystem::path root_ = std::filesystem::path(testing::TempDir()) / "instance_test";
  const std::shared_ptr<Lake> lake_ =
      std::make_shared<Lake>(TableOpener(), nullptr, std::chrono::milliseconds(0));
  std::shared_ptr<Instance> instance_;
};

TEST_F(InstanceTest, ReadsNoFileByANameInFrom) {
  EXPECT_EQ(ErrorOf(*instance_, "FROM read_csv('nlstore://1/0/rows.csv')"), "");
  EXPECT_THAT(ErrorOf(*instance_, "FROM 'nlstore://1/0/rows.csv'"), HasSubstr("does not exist"));
  EXPECT_THAT(ErrorOf(*instance_, "FROM main.\"nlstore://1/0/rows.csv\""),
              HasSubstr("does not exist"));
  const auto in_memory = Instance::OpenInMemory({}, [](duckdb::Connection&) {});
  ASSERT_TRUE(in_memory.has_value());
  EXPECT_THAT(ErrorOf(**in_memory, "FROM '/no/such.csv'"), HasSubstr("does not exist"));
}

TEST_F(InstanceTest, OpensNothingBesideATable) {
  for (const char* path : {"nlstore://1/0/../secret.csv", "nlstore://1/0/x/../../secret.csv",
                           "nlstore://1/x/../../secret.csv", "nlstore://1/0//etc/hostname"}) {
    EXPECT_NE(ErrorOf(*instance_, std::string("FROM read_text('") + path + "')"), "") << path;
    EXPECT_NE(ErrorOf(*instance_, std::string("FROM read_csv('") + path + "')"), "") << path;
  }
}

}  // namespace
}  // namespace neuralake::engine
