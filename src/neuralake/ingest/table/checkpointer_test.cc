#include "neuralake/ingest/table/checkpointer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/ingest/kafka/test_topic.h"
#include "neuralake/ingest/test_lake.h"

namespace neuralake::ingest {
namespace {

using testing::HasSubstr;

class CheckpointerTest : public testing::Test {
 protected:
  /// Commit to the table `name` and let it be checkpointed.
  void Commit(const std::string& name) {
    auto& table = tables_[name];
    if (table == nullptr) {
      table = delta::Table::Open(lake_.Open(name)->store(), {.checkpoints = false});
      delta::Metadata metadata;
      metadata.schema = columnar::ParseDdl("id long").value();
      metadata.configuration = {{"delta.checkpointInterval", "1"}};
      ASSERT_TRUE(table->Create(std::move(metadata), {}, {}, Long()).has_value());
    }
    delta::CommitRequest request;
    request.actions = {delta::SetTransaction{.app_id = "a", .version = 1, .last_updated = {}}};
    request.info.operation = "TEST";
    const auto made = table->Commit(table->Latest(Long()).value(), std::move(request), Long());
    ASSERT_TRUE(made.has_value());
    checkpointer_->Committed({.name = name, .table = table, .snapshot = made->snapshot});
  }

  /// Wait until the last version of `name` has its checkpoint.
  bool Written(const std::string& name) {
    const auto version = tables_[name]->Cached()->version();
    return Until([&] {
      const auto pointer = lake_.store(name).Read("_delta_log/_last_checkpoint", Long());
      return pointer.value_or("").contains("\"version\":" + std::to_string(version));
    });
  }

  /// What was told until now.
  std::string Told() {
    checkpointer_.reset();
    return testing::internal::GetCapturedStderr();
  }

  TestLake lake_;
  std::map<std::string, std::shared_ptr<delta::Table>> tables_;
  observe::Log log_;
  std::unique_ptr<Checkpointer> checkpointer_ =
      std::make_unique<Checkpointer>(log_, KillSwitch::Off());
};

std::size_t CountOf(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST_F(CheckpointerTest, TellsOnceThatATableGetsNoneWhateverOthersGet) {
  testing::internal::CaptureStderr();
  Commit("broken");
  ASSERT_TRUE(Written("broken"));
  ASSERT_TRUE(lake_.store("broken")
                  .Inject({.fault = storage::Fault::kDeny,
                           .key_part = "checkpoint",
                           .times = storage::FaultRule::kAlways})
                  .has_value());
  for (int i = 0; i < 4; ++i) {
    Commit("broken");
    Commit("well");
    ASSERT_TRUE(Written("well"));
  }
  lake_.store("broken").Heal();
  Commit("broken");
  ASSERT_TRUE(Written("broken"));
  Commit("well");
  ASSERT_TRUE(Written("well"));
  const auto told = Told();
  EXPECT_EQ(CountOf(told, "no checkpoint"), 1U) << told;
  EXPECT_THAT(told, HasSubstr("no checkpoint table=broken reason=\"permission_denied"));
  EXPECT_EQ(CountOf(told, "checkpoints are written again table=broken"), 1U) << told;
}

}  // namespace
}  // namespace neuralake::ingest
