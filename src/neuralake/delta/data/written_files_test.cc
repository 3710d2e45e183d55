#include "neuralake/delta/data/written_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/base/uri.h"
#include "neuralake/storage/faulty_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::delta {
namespace {

using storage::Fault;
using storage::Operation;
using testing::ElementsAre;

const Deadline kSoon = Deadline::After(std::chrono::seconds(60));

class WrittenFilesTest : public testing::Test {
 protected:
  WrittenFilesTest()
      : store_(std::make_shared<storage::FaultyStore>(
            *storage::MemoryStore::Open(*Uri::Parse("memory://b/t"), registry_))) {
    for (const auto* key : {"day=a%20b/one", "two", "three"}) {
      EXPECT_TRUE(store_->Put(key, "rows", storage::PutMode::kOverwrite, kSoon));
    }
  }

  WrittenFiles OneAndTwo() {
    std::vector<AddFile> files(2);
    files[0].path = "day=a%2520b/one";
    files[1].path = "two";
    return {store_, files};
  }

  std::vector<std::string> Keys() {
    std::vector<std::string> keys;
    const auto listed = storage::ListAll(*store_, {}, kSoon).value();
    for (const auto& object : listed) keys.push_back(object.key);
    return keys;
  }

  storage::MemoryRegistry registry_;
  std::shared_ptr<storage::FaultyStore> store_;
};

TEST_F(WrittenFilesTest, GoWhenTheirCommitDidNotHappen) {
  OneAndTwo().Settle({ErrorKind::kConflict, "another came first", {}});
  EXPECT_THAT(Keys(), ElementsAre("three"));
}

TEST_F(WrittenFilesTest, StayWhenACommitMayNameThem) {
  for (const auto kind :
       {ErrorKind::kUnknownOutcome, ErrorKind::kCorruption, ErrorKind::kInternal}) {
    OneAndTwo().Settle({kind, "", {}});
  }
  EXPECT_THAT(Keys(), ElementsAre("day=a%20b/one", "three", "two"));
}

TEST_F(WrittenFilesTest, AreNotTriedOneByOneOnAStoreThatDeletesNone) {
  ASSERT_TRUE(store_->Inject({.operation = Operation::kDelete,
                              .fault = Fault::kDeny,
                              .times = storage::FaultRule::kAlways}));
  OneAndTwo().Drop();
  EXPECT_EQ(store_->counts().of(Operation::kDelete), 1U);
}

}  // namespace
}  // namespace neuralake::delta
